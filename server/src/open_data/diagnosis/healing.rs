//! Data that was opened, though not as it came or not under the newest key.

use latchkey_app::types::{Cause, Field, Proof, Repair, Repaired};

use super::{HeldKey, count};
use crate::open_data::{Damage, Opened};

/// The watermark has whole seconds, and two clocks are never quite the same.
const SLACK_S: i64 = 5;

/// Reports repairs of data that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healing {
    pub cause: Cause,
    pub proof: Proof,
    /// Which key of the ring opened it; 0 is the newest.
    pub key_index: usize,
    /// The watermark's time, in seconds.
    pub made_at: i64,
}

/// `None` when nothing had to be healed.
pub fn healing(opened: &Opened, ring: &[HeldKey]) -> Option<Healing> {
    let (cause, proof) = repaired(opened.damage).or_else(|| older_key(opened, ring))?;
    Some(Healing { cause, proof, key_index: opened.key_index, made_at: opened.made_at })
}

fn older_key(opened: &Opened, ring: &[HeldKey]) -> Option<(Cause, Proof)> {
    if opened.key_index == 0 {
        return None;
    }
    let newest = ring.first()?.received_at.seconds();
    let proof =
        Proof::OlderKey { number: count(opened.key_index + 1), before_s: newest.saturating_sub(opened.made_at) };
    let cause = if opened.made_at <= newest + SLACK_S { Cause::LoginAfterPhoneButton } else { Cause::Unknown };
    Some((cause, proof))
}

/// The repairs of both fields. The cause is the first one that was made: what comes after it may follow from it.
fn repaired([data, iv]: [Damage; 2]) -> Option<(Cause, Proof)> {
    let of = |field, damage: Damage| damage.repairs().map(move |(repair, times)| Repaired { field, repair, times });
    let repairs: Vec<Repaired> = of(Field::EncryptedData, data).chain(of(Field::Iv, iv)).collect();
    let first = repairs.iter().map(|repaired| order(repaired.repair)).min()?;
    Some((CAUSES[first], Proof::Repairs(repairs)))
}

const CAUSES: [Cause; 5] =
    [Cause::DoubleEncoded, Cause::PlusLost, Cause::UrlSafeAlphabet, Cause::LineBreaks, Cause::PaddingLost];

/// Which of [`CAUSES`] a repair stands for.
const fn order(repair: Repair) -> usize {
    match repair {
        Repair::PercentEncoding => 0,
        Repair::BlankForPlus => 1,
        Repair::UrlSafe => 2,
        Repair::LineBreaks | Repair::BlanksBetweenLines => 3,
        Repair::Padding => 4,
    }
}
