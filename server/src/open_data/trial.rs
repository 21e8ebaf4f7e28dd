//! The checks of decryption one by one, for somebody who looks at data that does not open.

use latchkey_app::types::{Repair, Stage};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Damage, Encrypted, SessionKey,
    decrypt::{BLOCK, Checks, Watermark},
    diagnosis::peel,
    transport,
};

/// A check, whether it was passed (`None`: not reached), and what was seen: counts and times, never the plaintext.
type Step = (Stage, Option<bool>, String);

const AFTER_IV: [Stage; 5] = [Stage::Key, Stage::Padding, Stage::Utf8, Stage::Json, Stage::Watermark];

/// Every check in its order. Without a key only what can be seen without one.
pub fn steps(encrypted: &Encrypted, key: Option<&SessionKey>, checks: &Checks<'_>) -> Vec<Step> {
    let data = transport::decode(&encrypted.data);
    let iv = transport::decode(&encrypted.iv).and_then(|(iv, _)| <[u8; BLOCK]>::try_from(iv).ok());
    let bytes = data.as_ref().map_or(0, |(data, _)| data.len());
    let whole = bytes > 0 && bytes.is_multiple_of(BLOCK);
    let mut steps = vec![
        (Stage::Base64, Some(data.is_some()), data.as_ref().map_or_else(String::new, |(_, damage)| repairs(*damage))),
        (
            Stage::Length,
            data.as_ref().map(|_| whole),
            data.as_ref().map_or_else(String::new, |_| format!("{bytes} bytes")),
        ),
        (Stage::Iv, Some(iv.is_some()), String::new()),
    ];
    match (data.filter(|_| whole), iv, key) {
        (Some((data, _)), Some(iv), Some(key)) => steps.extend(under(key, &data, iv, checks)),
        _ => steps.extend(AFTER_IV.map(|stage| (stage, None, String::new()))),
    }
    steps
}

fn under(key: &SessionKey, data: &[u8], iv: [u8; BLOCK], checks: &Checks<'_>) -> Vec<Step> {
    let (reached, json) = peel(key, data, iv);
    let mut steps = vec![(Stage::Key, Some(true), "16 bytes".to_owned())];
    for stage in [Stage::Padding, Stage::Utf8, Stage::Json] {
        let passed = if reached > stage { Some(true) } else { (reached == stage).then_some(false) };
        let fields = json.as_ref().filter(|_| stage == Stage::Json).map(|json| format!("{} fields", json.len()));
        steps.push((stage, passed, fields.unwrap_or_default()));
    }
    steps.push(json.map_or((Stage::Watermark, None, String::new()), |json| watermark(&json, checks)));
    steps
}

fn watermark(json: &Map<String, Value>, checks: &Checks<'_>) -> Step {
    let Some(watermark) = json.get("watermark").and_then(|value| Watermark::deserialize(value).ok()) else {
        return (Stage::Watermark, Some(false), "none".to_owned());
    };
    let age = checks.now.seconds().saturating_sub(watermark.timestamp);
    let fresh = checks.window.limit_passed(age).is_none();
    let detail = format!("{}, {age} s", watermark.appid);
    (Stage::Watermark, Some(fresh && watermark.appid == checks.appid), detail)
}

fn repairs(damage: Damage) -> String {
    let name = |repair| match repair {
        Repair::PercentEncoding => "percent-encoding",
        Repair::BlankForPlus => "+ → blank",
        Repair::UrlSafe => "-_",
        Repair::LineBreaks => "line breaks",
        Repair::BlanksBetweenLines => "blanks between lines",
        Repair::Padding => "=",
    };
    let named: Vec<String> = damage.repairs().map(|(repair, times)| format!("{} × {times}", name(repair))).collect();
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_is_shown_as_far_as_it_goes() {
        let checks = Checks { appid: "wx1", now: crate::clock::Millis(0), window: crate::open_data::Window::default() };
        let encrypted = |data: &str, iv: &str| Encrypted { data: data.into(), iv: iv.into() };
        let passed = |encrypted: &Encrypted, key: Option<&SessionKey>| {
            steps(encrypted, key, &checks).into_iter().map(|(_, passed, _)| passed).collect::<Vec<_>>()
        };
        let iv = "AAAAAAAAAAAAAAAAAAAAAA==";
        let key = SessionKey::new("tiihtNczf5v6AKRyjwEUhQ==");
        let none = None;
        assert_eq!(passed(&encrypted("!", "!"), none), [Some(false), None, Some(false), None, None, None, None, None]);
        assert_eq!(passed(&encrypted("AAAA", iv), none)[..3], [Some(true), Some(false), Some(true)]);
        let wrong = passed(&encrypted(iv, iv), key.as_ref());
        assert_eq!(wrong[..5], [Some(true), Some(true), Some(true), Some(true), Some(false)]);
    }
}
