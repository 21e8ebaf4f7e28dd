//! The hours of a small shop: what was counted in thirty days besides the people of the sample, so that the dashboard has a
//! rhythm to show. More at noon and in the evening, more at the weekend, a little more every week.

use latchkey_app::types::{Metric, Millis};

use super::{Outcome, SPAN_S};
use crate::store::{
    Db,
    rollups::{self, HOUR_MS, Key},
};

/// Logins in each hour of an ordinary day in Beijing.
const DAY: [i64; 24] = [3, 2, 1, 1, 1, 2, 5, 9, 12, 10, 9, 12, 16, 11, 8, 8, 9, 13, 18, 20, 17, 13, 8, 5];
const BEIJING_HOURS: i64 = 8;
/// In hundredths of an ordinary day, from Monday on.
const WEEK: [i64; 7] = [92, 88, 94, 97, 112, 138, 131];
/// 1970 began on a Thursday.
const FIRST_WEEKDAY: i64 = 3;
/// The mini programs' shares, in hundredths.
const APPS: [(&str, i64); 2] = [("wx0000000000000001", 68), ("wx0000000000000002", 32)];
/// The first one's: in use for these last hours (see `mishaps`), and before.
const VERSIONS: [&str; 2] = ["12", "11"];
const NEWEST_HOURS: i64 = 72;
/// Shares of the logins, in thousandths.
const SHARES: [(Metric, i64); 5] = [
    (Metric::Logins, 1000),
    (Metric::LoginsWithUnionid, 975),
    (Metric::NewUsers, 45),
    (Metric::PhonesBound, 62),
    (Metric::PhonesProven, 240),
];

pub(super) async fn play(db: &Db, now: Millis) -> Outcome {
    let last = now.0.div_euclid(HOUR_MS);
    let mut tx = db.write().await?;
    for hour in last - SPAN_S / 3600..=last {
        let over = ((now.0 - hour * HOUR_MS) * 1000 / HOUR_MS).min(1000);
        let mut numbers = Vec::new();
        for (appid, part) in APPS {
            let logins = logins(hour, last) * part * over;
            for (place, (metric, share)) in SHARES.into_iter().enumerate() {
                // Small shares of few logins come to something in some of the hours.
                let number = (logins * share / 100 + chance(hour, place) * 1000) / 1_000_000;
                let known = appid == APPS[0].0 && Metric::CALLS.contains(&metric);
                let version = if known { VERSIONS[usize::from(last - hour >= NEWEST_HOURS)] } else { "" };
                numbers.push((Key { hour: hour * HOUR_MS, appid, metric: metric.name(), cause: "", version }, number));
            }
        }
        rollups::add(&mut tx, 0, &mut numbers).await?;
    }
    Ok(tx.commit().await?)
}

fn logins(hour: i64, last: i64) -> i64 {
    let local = hour + BEIJING_HOURS;
    let of_day = usize::try_from(local.rem_euclid(24)).map_or(0, |hour| DAY[hour]);
    let weekday = (local.div_euclid(24) + FIRST_WEEKDAY).rem_euclid(7);
    let of_week = usize::try_from(weekday).map_or(100, |day| WEEK[day]);
    let growth = 100 - (last - hour) / 36;
    let luck = 80 + chance(hour, 7) / 25;
    of_day * of_week * growth * luck / 1_000_000
}

/// The same for the same hour, from 0 to 999.
fn chance(hour: i64, salt: usize) -> i64 {
    let salt = i64::try_from(salt).unwrap_or_default();
    ((hour * 7919 + salt * 104_729) % 99_991 * 31).rem_euclid(1000)
}
