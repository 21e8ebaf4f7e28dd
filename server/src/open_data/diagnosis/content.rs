//! Data that opens: the key is right, and so is the JSON. Something that it says is not.

use latchkey_app::types::{Cause, Proof, Stage};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Clues, Conclusion, Finding, Peeled, Wanted, first_use};
use crate::open_data::decrypt::Watermark;

pub(super) fn about(
    peeled: &Peeled,
    json: &Map<String, Value>,
    clues: &Clues<'_>,
    finding: &mut Finding,
) -> Conclusion {
    let watermark = json.get("watermark").and_then(|value| Watermark::deserialize(value).ok());
    let holds_phone = json.contains_key("purePhoneNumber");
    let owner = json.get("openId").and_then(Value::as_str);
    // A changed iv may spoil nothing but the name of the first field.
    let named = watermark.is_some() && (holds_phone || owner.is_some());
    if !named && peeled.only_first_block_differs(clues) {
        return (Cause::IvInvalid, Stage::Json, Proof::FirstBlockGarbled);
    }
    let Some(watermark) = watermark else {
        return (Cause::NotFromWechat, Stage::Watermark, Proof::NoWatermark);
    };
    let age = clues.checks.now.seconds().saturating_sub(watermark.timestamp);
    finding.data_age_s = Some(age);
    if watermark.appid != clues.checks.appid {
        return (Cause::WrongApp, Stage::Watermark, Proof::OtherAppInWatermark);
    }
    if owner.is_some_and(|owner| clues.openid.is_some_and(|openid| openid != owner)) {
        return (Cause::OtherUsersData, Stage::Owner, Proof::OtherOpenid);
    }
    if let Some(limit_s) = clues.checks.window.limit_passed(age) {
        return match clues.seen.filter(|seen| seen.by_same) {
            Some(seen) => (Cause::Replayed, Stage::Watermark, first_use(seen, clues, true)),
            None => (Cause::StaleData, Stage::Watermark, Proof::OutsideWindow { age_s: age, limit_s }),
        };
    }
    if holds_phone != (clues.wanted == Wanted::Phone) {
        let proof = if holds_phone { Proof::HoldsPhone } else { Proof::HoldsNoPhone };
        return (Cause::WrongKindOfData, Stage::Json, proof);
    }
    (Cause::Unknown, Stage::Json, Proof::OddFields)
}
