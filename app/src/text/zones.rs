//! Time zones by the names that people use.

use super::{Lang, T};
use crate::types::Zone;

/// Those that are offered; a device's own may be any other.
pub const ZONES: [(&str, &str, &str); 14] = [
    (Zone::BEIJING, "北京时间", "Beijing time"),
    ("UTC", "UTC", "UTC"),
    ("Asia/Urumqi", "乌鲁木齐时间", "Urumqi time"),
    ("Asia/Hong_Kong", "香港时间", "Hong Kong time"),
    ("Asia/Taipei", "台北时间", "Taipei time"),
    ("Asia/Singapore", "新加坡时间", "Singapore time"),
    ("Asia/Tokyo", "东京时间", "Tokyo time"),
    ("Asia/Dubai", "迪拜时间", "Dubai time"),
    ("Europe/Berlin", "柏林时间", "Berlin time"),
    ("Europe/London", "伦敦时间", "London time"),
    ("America/New_York", "纽约时间", "New York time"),
    ("America/Toronto", "多伦多时间", "Toronto time"),
    ("America/Los_Angeles", "洛杉矶时间", "Los Angeles time"),
    ("Australia/Sydney", "悉尼时间", "Sydney time"),
];

texts! {
    time_zone: "时区", "Time zone";
    use_zone: "使用", "Use it";
    device_zone: "本设备的时区", "This device's";
}

impl T {
    /// `北京时间`; the name itself where we have no better.
    pub fn zone_name(self, name: &str) -> String {
        let known = ZONES.iter().find(|(known, ..)| *known == name);
        known.map_or_else(|| name.to_owned(), |(_, zh, en)| self.pick(zh, en).to_owned())
    }

    /// Which clock the page's times are of.
    pub fn times_are(self, zone: &Zone) -> String {
        let name = self.zone_name(zone.name());
        match self.0 {
            Lang::Zh => format!("时间均为{}{name}", if name.is_ascii() { " " } else { "" }),
            Lang::En => format!("All times are {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_offered_exists() {
        for (name, zh, _) in ZONES {
            let zone = Zone::from_name(name).unwrap();
            assert_eq!((zone.name(), T(Lang::Zh).zone_name(zone.name()).as_str()), (name, zh));
        }
        assert_eq!(T(Lang::Zh).times_are(&Zone::default()), "时间均为北京时间");
        assert_eq!(T(Lang::En).times_are(&Zone::from_name("Europe/Paris").unwrap()), "All times are Europe/Paris");
    }
}
