use leptos::prelude::*;

use super::{share, trend::name};
use crate::{
    text::t,
    types::{Bucket, OverTime},
};

/// Failures bar by bar, and healings as outlines on top of them. Beside a number, and with [`bars_table`] below: many of them
/// make one picture, each with a scale of its own. Two paths, because there may be dozens on a page.
pub fn bars(over_time: &OverTime) -> impl IntoView + use<> {
    let OverTime { failed, healed } = over_time;
    let top = failed.iter().zip(healed).map(|(failed, healed)| failed + healed).max().unwrap_or(0);
    let bar = |index: usize, below: i64, count: i64| {
        let (floor, height) = (100.0 - share(below, top), share(count, top));
        (count > 0).then(|| format!("M{index}1 {floor:.1}v-{height:.1}h8v{height:.1}z"))
    };
    let nothing = std::iter::repeat(&0);
    let path = |below: &mut dyn Iterator<Item = &i64>, counts: &[i64]| {
        let bars =
            counts.iter().zip(below).enumerate().filter_map(|(index, (count, below))| bar(index, *below, *count));
        bars.collect::<String>()
    };
    view! {
        <svg class="bars" viewBox=format!("0 0 {}0 100", failed.len()) preserveAspectRatio="none" aria-hidden="true">
            <path class="failed" d=path(&mut nothing.clone(), failed) />
            <path class="healed" d=path(&mut failed.iter(), healed) />
        </svg>
    }
}

/// The numbers of several [`bars`]: a row for each bucket, `failed / healed` in each cell.
pub fn bars_table(
    label: &'static str,
    columns: &[(String, &OverTime)],
    buckets: &[Bucket],
    hourly: bool,
) -> impl IntoView + use<> {
    let heads = columns.iter().map(|(name, _)| view! { <th scope="col">{name.clone()}</th> }).collect_view();
    let rows = buckets.iter().enumerate().rev().map(|(index, bucket)| {
        let of = |counts: &[i64]| counts.get(index).copied().unwrap_or(0);
        let cells = columns.iter().map(|(_, sums)| match (of(&sums.failed), of(&sums.healed)) {
            (0, 0) => view! { <td>"–"</td> },
            (failed, healed) => view! { <td>{format!("{failed} / {healed}")}</td> },
        });
        view! {
            <tr>
                <th scope="row">{name(bucket.at, hourly)}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <details class="act">
            <summary>{t().as_table()}</summary>
            <p class="lead">{t().failed_and_healed()}</p>
            <div class="wide" tabindex="0" role="region" aria-label=label>
                <table class="numbers">
                    <thead>
                        <tr>
                            <th scope="col">{t().time()}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
