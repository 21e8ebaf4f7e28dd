//! Lengths of time, as a person says them.

use super::{Lang, T};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl T {
    /// `3 分 20 秒`, `3 min 20 s`: the two largest units, which is as exact as anybody reads. Without a sign.
    pub fn duration(self, ms: i64) -> String {
        let ms = ms.saturating_abs();
        match ms {
            ..SECOND => self.one(ms, "毫秒", "ms"),
            // Whether a login came 1.2 or 1.9 seconds after a tap can matter.
            SECOND..10_000 => {
                let tenths = ms / 100;
                let unit = self.pick("秒", "s");
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            }
            10_000..MINUTE => self.one(ms / SECOND, "秒", "s"),
            MINUTE..HOUR => self.two(ms / MINUTE, ("分", "min"), ms % MINUTE / SECOND, ("秒", "s")),
            HOUR..DAY => self.two(ms / HOUR, ("小时", "h"), ms % HOUR / MINUTE, ("分", "min")),
            DAY.. => self.two(ms / DAY, ("天", "d"), ms % DAY / HOUR, ("小时", "h")),
        }
    }

    /// How long ago: `3 分 20 秒前`, `3 min 20 s ago`.
    pub fn ago(self, ms: i64) -> String {
        match self.0 {
            _ if ms < SECOND => self.pick("刚刚", "just now").to_owned(),
            Lang::Zh => format!("{}前", self.duration(ms)),
            Lang::En => format!("{} ago", self.duration(ms)),
        }
    }

    /// How long before (or, negative, after) another moment: `3 分 20 秒前`, `3 min 20 s before`.
    pub fn before(self, ms: i64) -> String {
        if ms == 0 {
            return self.pick("同时", "at the same time").to_owned();
        }
        let duration = self.duration(ms);
        match (self.0, ms < 0) {
            (Lang::Zh, false) => format!("{duration}前"),
            (Lang::Zh, true) => format!("{duration}后"),
            (Lang::En, false) => format!("{duration} before"),
            (Lang::En, true) => format!("{duration} after"),
        }
    }

    fn one(self, count: i64, zh: &'static str, en: &'static str) -> String {
        format!("{count} {}", self.pick(zh, en))
    }

    fn two(
        self,
        large: i64,
        of: (&'static str, &'static str),
        small: i64,
        and: (&'static str, &'static str),
    ) -> String {
        let large = self.one(large, of.0, of.1);
        if small == 0 { large } else { format!("{large} {}", self.one(small, and.0, and.1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, T};

    #[test]
    fn a_duration_is_said_in_its_two_largest_units() {
        for (ms, zh, en) in [
            (0, "0 毫秒", "0 ms"),
            (999, "999 毫秒", "999 ms"),
            (1_860, "1.8 秒", "1.8 s"),
            (12_300, "12 秒", "12 s"),
            (200_000, "3 分 20 秒", "3 min 20 s"),
            (3_600_000, "1 小时", "1 h"),
            (18_720_000, "5 小时 12 分", "5 h 12 min"),
            (273_600_000, "3 天 4 小时", "3 d 4 h"),
            (-200_000, "3 分 20 秒", "3 min 20 s"),
        ] {
            assert_eq!((T(Lang::Zh).duration(ms), T(Lang::En).duration(ms)), (zh.to_owned(), en.to_owned()));
        }
        assert!(!T(Lang::En).duration(i64::MIN).is_empty());
    }

    #[test]
    fn before_and_after() {
        assert_eq!(T(Lang::Zh).before(1_500), "1.5 秒前");
        assert_eq!(T(Lang::En).before(-1_500), "1.5 s after");
        assert_eq!((T(Lang::Zh).before(0), T(Lang::En).before(0)), ("同时".to_owned(), "at the same time".to_owned()));
        assert_eq!((T(Lang::Zh).ago(60_000), T(Lang::En).ago(60_000)), ("1 分前".to_owned(), "1 min ago".to_owned()));
        assert_eq!((T(Lang::Zh).ago(0), T(Lang::En).ago(0)), ("刚刚".to_owned(), "just now".to_owned()));
    }
}
