use leptos::prelude::*;

use crate::{
    text::t,
    types::{FailureTrend, Millis, TrendBucket},
};

/// Height of the drawing in its own units; its width is 10 for each bucket. The page stretches it.
const HEIGHT: i64 = 100;
const HOUR_MS: i64 = 3_600_000;

/// Stacked bars without JavaScript: shapes in SVG, which stretch, and labels in HTML, which must not. The numbers stand in a
/// table below.
pub fn chart(trend: &FailureTrend) -> impl IntoView + use<> {
    let top = scale(trend.buckets.iter().map(|bucket| bucket.healed + bucket.failed).max().unwrap_or(0));
    let hourly = trend.step_ms <= HOUR_MS;
    let width = trend.buckets.len() * 10;
    let bars = trend.buckets.iter().enumerate().map(|(index, bucket)| bar(index, *bucket, top, hourly)).collect_view();
    let lines =
        [0, HEIGHT / 2, HEIGHT].map(|y| view! { <line class="rule" x1="0" x2=width y1=y y2=y /> }).collect_view();
    view! {
        <figure class="chart">
            <div class="chart-top" aria-hidden="true">
                <span>{top}</span>
                <span>{top / 2}</span>
                <span>"0"</span>
            </div>
            <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=t().chart_label()>
                {lines}
                {bars}
            </svg>
            <div class="chart-foot" aria-hidden="true">{labels(&trend.buckets, hourly)}</div>
            {table(&trend.buckets, hourly)}
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

fn bar(index: usize, bucket: TrendBucket, top: i64, hourly: bool) -> impl IntoView {
    let height = |count: i64| format!("{:.2}", share(count, top));
    let TrendBucket { at, healed, failed } = bucket;
    let (x, floor) = (format!("{index}1.5"), format!("{:.2}", 100.0 - share(failed, top)));
    let roof = format!("{:.2}", 100.0 - share(failed + healed, top));
    view! {
        <g>
            <title>{t().bucket(&name(at, hourly), failed, healed)}</title>
            <rect class="backdrop" x=index * 10 y="0" width="10" height=HEIGHT />
            <rect class="healed" x=x.clone() y=roof width="7" height=height(healed) />
            <rect class="failed" x=x y=floor width="7" height=height(failed) />
        </g>
    }
}

/// `part` of `whole`, in hundredths.
#[expect(clippy::cast_precision_loss, reason = "for the eye; counts stay far below 2^52")]
pub fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// `11-21`, or the hour.
fn name(at: Millis, hourly: bool) -> String {
    let text = if hourly { at.beijing_clock() } else { at.beijing_day() };
    let part = if hourly { text.get(..5) } else { text.get(5..) };
    part.unwrap_or_default().to_owned()
}

/// One cell for each bucket; only as many have text as there is room for.
fn labels(buckets: &[TrendBucket], hourly: bool) -> impl IntoView + use<> {
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

fn table(buckets: &[TrendBucket], hourly: bool) -> impl IntoView + use<> {
    let rows = buckets.iter().rev().map(|bucket| {
        let day = hourly.then(|| bucket.at.beijing_day().get(5..).map(|day| format!("{day} ")));
        view! {
            <tr>
                <th scope="row">{day} {name(bucket.at, hourly)}</th>
                <td>{bucket.failed}</td>
                <td>{bucket.healed}</td>
            </tr>
        }
    });
    view! {
        <details class="act">
            <summary>{t().as_table()}</summary>
            <table class="numbers">
                <thead>
                    <tr>
                        <th scope="col">{t().time()}</th>
                        <th scope="col">{t().failed_count()}</th>
                        <th scope="col">{t().healed_count()}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
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
