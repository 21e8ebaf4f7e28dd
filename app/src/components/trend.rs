use leptos::prelude::*;

use crate::{
    text::{t, zone},
    types::{Bucket, Millis},
};

/// Height of the drawing in its own units; its width is 10 for each bucket. The page stretches it.
const HEIGHT: i64 = 100;

/// One of the numbers that are stacked into a bar.
#[derive(Clone, Copy)]
pub struct Series {
    /// Its colour.
    pub class: &'static str,
    pub name: &'static str,
    pub count: fn(&Bucket) -> i64,
}

impl Series {
    pub fn sum(&self, buckets: &[Bucket]) -> i64 {
        buckets.iter().map(self.count).sum()
    }
}

impl std::fmt::Debug for Series {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Bars without JavaScript, the first of the series at the floor: shapes in SVG, which stretch, and labels in HTML, which
/// must not. The numbers stand in a table below.
pub fn chart(label: &'static str, buckets: &[Bucket], hourly: bool, series: &[Series]) -> impl IntoView + use<> {
    let all = |bucket: &Bucket| series.iter().map(|one| (one.count)(bucket)).sum::<i64>();
    let top = scale(buckets.iter().map(all).max().unwrap_or(0));
    let width = buckets.len() * 10;
    let bars = buckets.iter().enumerate().map(|(index, bucket)| bar(index, bucket, top, hourly, series));
    let bars = bars.collect_view();
    let lines =
        [0, HEIGHT / 2, HEIGHT].map(|y| view! { <line class="rule" x1="0" x2=width y1=y y2=y /> }).collect_view();
    view! {
        <figure class="chart">
            <div class="chart-top" aria-hidden="true">
                <span>{top}</span>
                <span>{top / 2}</span>
                <span>"0"</span>
            </div>
            <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
                {lines}
                {bars}
            </svg>
            <div class="chart-foot" aria-hidden="true">{labels(buckets, hourly)}</div>
            {table(buckets, hourly, series)}
        </figure>
    }
}

/// The least round number that is not below `most` and has a whole half.
fn scale(most: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        if let Some(round) =
            [2_i64, 4, 6, 10].map(|step| step.saturating_mul(unit)).into_iter().find(|round| *round >= most)
        {
            return round;
        }
        unit = unit.saturating_mul(10);
    }
}

fn bar(index: usize, bucket: &Bucket, top: i64, hourly: bool, series: &[Series]) -> impl IntoView + use<> {
    let x = format!("{index}1.5");
    let mut below = 0;
    let parts = series.iter().map(|one| {
        let count = (one.count)(bucket);
        below += count;
        let (y, height) = (format!("{:.2}", 100.0 - share(below, top)), format!("{:.2}", share(count, top)));
        view! { <rect class=one.class x=x.clone() y=y width="7" height=height /> }
    });
    let parts = parts.collect_view();
    let counts: Vec<_> = series.iter().map(|one| (one.name, (one.count)(bucket))).collect();
    view! {
        <g>
            <title>{t().bucket(&name(bucket.at, hourly), &counts)}</title>
            <rect class="backdrop" x=index * 10 y="0" width="10" height=HEIGHT />
            {parts}
        </g>
    }
}

/// `part` of `whole`, in hundredths.
#[expect(clippy::cast_precision_loss, reason = "for the eye; counts stay far below 2^52")]
pub fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// `11-21`, or the hour.
pub(super) fn name(at: Millis, hourly: bool) -> String {
    if hourly { zone().hour(at) } else { month_day(at) }
}

fn month_day(at: Millis) -> String {
    zone().day(at).get(5..).unwrap_or_default().to_owned()
}

/// One cell for each bucket; only as many have text as there is room for.
fn labels(buckets: &[Bucket], hourly: bool) -> impl IntoView + use<> {
    let every = match buckets.len() {
        ..=8 => 1,
        9..=26 => 6,
        _ => 5,
    };
    let cells = buckets.iter().enumerate().map(|(index, bucket)| {
        let room = index + every <= buckets.len();
        let text = (index % every == 0 && room).then(|| name(bucket.at, hourly));
        view! { <span>{text}</span> }
    });
    cells.collect_view()
}

fn table(buckets: &[Bucket], hourly: bool, series: &[Series]) -> impl IntoView + use<> {
    let rows = buckets.iter().rev().map(|bucket| {
        let day = hourly.then(|| format!("{} ", month_day(bucket.at)));
        let cells = series.iter().map(|one| view! { <td>{(one.count)(bucket)}</td> }).collect_view();
        view! {
            <tr>
                <th scope="row">{day} {name(bucket.at, hourly)}</th>
                {cells}
            </tr>
        }
    });
    let heads = series.iter().map(|one| view! { <th scope="col">{one.name}</th> }).collect_view();
    view! {
        <details class="act">
            <summary>{t().as_table()}</summary>
            <table class="numbers">
                <thead>
                    <tr>
                        <th scope="col">{t().time()}</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    }
}

/// The last days at a glance, beside a number that says the same in words.
pub fn spark(values: &[i64]) -> impl IntoView + use<> {
    let (top, last) = (values.iter().copied().max().unwrap_or(0).max(1), values.len().saturating_sub(1));
    let y = |value: i64| 28.0 - share(value, top) * 0.26;
    let points = values.iter().enumerate().map(|(x, value)| format!("{x}0,{:.2}", y(*value)));
    let points = points.collect::<Vec<_>>().join(" ");
    view! {
        <svg class="spark" viewBox=format!("0 0 {last}0 30") preserveAspectRatio="none" aria-hidden="true">
            <polygon points=format!("0,30 {points} {last}0,30") />
            <polyline points=points />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn the_axis_is_round_and_never_too_short() {
        for (most, top) in [(0, 2), (1, 2), (3, 4), (5, 6), (7, 10), (11, 20), (41, 60), (61, 100), (1_001, 2_000)] {
            assert_eq!(scale(most), top, "{most}");
        }
        assert!(scale(i64::MAX) > 0);
    }
}
