use jiff::{
    Timestamp, Zoned,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};

use super::Millis;

/// Where the viewer's days begin. The names are IANA's; their rules come with the program, daylight saving included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// Beijing, where the field's operators sit.
impl Default for Zone {
    fn default() -> Self {
        Self::from_name(Self::BEIJING).unwrap_or_else(|| Self(TimeZone::fixed(Offset::constant(8))))
    }
}

impl Zone {
    pub const COOKIE: &str = "latchkey_zone";
    pub const BEIJING: &str = "Asia/Shanghai";
    /// No name is longer; what comes in a cookie may be.
    const LONGEST: usize = 40;

    /// `None` for a name that is nobody's.
    pub fn from_name(name: &str) -> Option<Self> {
        // The database's own names for "none" and "the machine's" are no zone of a person.
        let fits = name.len() <= Self::LONGEST && !["Etc/Unknown", "Local"].contains(&name);
        TimeZone::get(name).ok().filter(|_| fits).map(Self)
    }

    /// As it stands in the cookie.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or(Self::BEIJING)
    }

    fn local(&self, at: Millis) -> Zoned {
        timestamp(at).to_zoned(self.0.clone())
    }

    /// `2026-11-21 11:40:00`.
    pub fn text(&self, at: Millis) -> String {
        self.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `2026-11-21`.
    pub fn day(&self, at: Millis) -> String {
        self.local(at).strftime("%Y-%m-%d").to_string()
    }

    /// `11:40`.
    pub fn hour(&self, at: Millis) -> String {
        self.local(at).strftime("%H:%M").to_string()
    }

    /// `11:40:00.123`: for events whose order is told by milliseconds.
    pub fn clock(&self, at: Millis) -> String {
        self.local(at).strftime("%H:%M:%S%.3f").to_string()
    }

    /// `2026-11-21T11:40`, as a form's field for date and time has it.
    pub fn minute(&self, at: Millis) -> String {
        self.local(at).strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// The moment that a filter starts from: the beginning of a day `2026-11-21`, a minute `2026-11-21T11:40` of this
    /// zone, or a moment `2026-11-21T03:40:00Z` of any.
    pub fn from(&self, text: &str) -> Option<Millis> {
        match day(text) {
            Some(day) => self.midnight(day),
            None => self.moment(text),
        }
    }

    /// The moment that a filter ends before: a day counts to its end.
    pub fn to(&self, text: &str) -> Option<Millis> {
        match day(text) {
            Some(day) => self.midnight(day.tomorrow().ok()?),
            None => self.moment(text),
        }
    }

    fn moment(&self, text: &str) -> Option<Millis> {
        let at = match text.parse::<Timestamp>() {
            Ok(at) => at,
            Err(_) => text.parse::<DateTime>().ok()?.to_zoned(self.0.clone()).ok()?.timestamp(),
        };
        Some(Millis(at.as_millisecond()))
    }

    /// The first moment of a day, which is another hour than 0 where the clocks change at midnight.
    fn midnight(&self, day: Date) -> Option<Millis> {
        let start = self.0.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible().ok()?.start_of_day().ok()?;
        Some(Millis(start.timestamp().as_millisecond()))
    }

    /// When the last `count` days began, today's last.
    pub fn days(&self, now: Millis, count: i64) -> Vec<Millis> {
        let today = self.local(now).date();
        let start = |ago: i64| self.midnight(today.checked_sub(jiff::Span::new().days(ago)).ok()?);
        (0..count).rev().filter_map(start).collect()
    }

    /// The same time of day, some days before.
    pub fn days_before(&self, at: Millis, days: i64) -> Millis {
        let before = self.local(at).checked_sub(jiff::Span::new().days(days));
        before.map_or(at, |before| Millis(before.timestamp().as_millisecond()))
    }
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == "2026-11-21".len())
}

pub(super) fn timestamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::{Millis, Zone};

    const NOW: Millis = Millis(1_795_232_400_123);

    fn zone(name: &str) -> Zone {
        Zone::from_name(name).unwrap()
    }

    #[test]
    fn every_rendering_names_the_same_moment() {
        let beijing = Zone::default();
        assert_eq!((beijing.name(), beijing.text(NOW)), ("Asia/Shanghai", "2026-11-21 11:40:00".to_owned()));
        assert_eq!((beijing.day(NOW), beijing.clock(NOW)), ("2026-11-21".into(), "11:40:00.123".into()));
        assert_eq!((beijing.hour(NOW), beijing.minute(NOW)), ("11:40".into(), "2026-11-21T11:40".into()));
        assert_eq!(zone("UTC").text(NOW), "2026-11-21 03:40:00");
        assert_eq!(zone("America/New_York").text(NOW), "2026-11-20 22:40:00");
    }

    #[test]
    fn only_zones_that_exist_are_taken() {
        for name in ["", "Nowhere/Else", "../etc/passwd", "<script>", "Asia/Shanghai; Path=/", &"A".repeat(5000)] {
            assert_eq!(Zone::from_name(name), None, "{name}");
        }
        assert_eq!(zone("asia/tokyo").name(), "Asia/Tokyo", "browsers differ in nothing, links may");
    }

    #[test]
    fn a_filter_means_days_minutes_and_moments() {
        let beijing = Zone::default();
        let at = |text: &str| zone("UTC").from(text);
        assert_eq!(beijing.from("2026-11-21"), at("2026-11-20T16:00"));
        assert_eq!(beijing.to("2026-11-21"), at("2026-11-21T16:00"));
        assert_eq!(beijing.from("2026-11-21T11:40"), at("2026-11-21T03:40"));
        assert_eq!(beijing.to("2026-11-21T03:40:00Z"), at("2026-11-21T03:40"));
        for nonsense in ["yesterday", "2026-13-01", "2026-11-21T25:00", ""] {
            assert_eq!((beijing.from(nonsense), beijing.to(nonsense)), (None, None), "{nonsense}");
        }
    }

    #[test]
    fn days_are_as_long_as_they_are() {
        let berlin = zone("Europe/Berlin");
        let after = berlin.from("2026-10-26T12:00").unwrap();
        let days = berlin.days(after, 3);
        let hours: Vec<_> = days.windows(2).map(|pair| pair[1].since(pair[0]) / 3_600_000).collect();
        assert_eq!(hours, [24, 25], "the clocks went back on 25 October");
        assert_eq!(berlin.hour(berlin.days_before(after, 2)), "12:00");
        assert_eq!(after.since(berlin.days_before(after, 2)), 49 * 3_600_000);
        // Where the clocks change at midnight, the day begins at one.
        let cairo = zone("Africa/Cairo");
        assert_eq!(cairo.text(cairo.from("2026-04-24").unwrap()), "2026-04-24 01:00:00");
    }

    #[test]
    fn absurd_moments_do_not_panic() {
        for absurd in [i64::MIN, -1, i64::MAX] {
            assert!(!Zone::default().text(Millis(absurd)).is_empty());
            Zone::default().days(Millis(absurd), 30);
        }
    }
}
