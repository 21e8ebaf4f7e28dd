use latchkey_app::types::{Millis, Stage, Trial, TrialStep};

use crate::open_data::{Checks, Encrypted, SessionKey, Window, trial};

/// Which check pasted data passes. Nothing of it is kept or logged.
pub(super) fn try_decryption(input: &Trial, now: Millis, window: Window) -> Vec<TrialStep> {
    let key = match input.session_key.trim() {
        "" => None,
        text => Some(SessionKey::new(text)),
    };
    let encrypted = Encrypted { data: input.encrypted_data.clone(), iv: input.iv.clone() };
    let checks = Checks { appid: &input.appid, now, window };
    let mut steps = Vec::new();
    for (stage, passed, detail) in trial::steps(&encrypted, key.clone().flatten().as_ref(), &checks) {
        // A key that is none is the first thing to know.
        let (passed, detail) = match (stage, &key) {
            (Stage::Key, Some(None)) => (Some(false), "16 bytes in base64: 24 characters that end in ==".to_owned()),
            _ => (passed, detail),
        };
        steps.push(TrialStep { stage, passed, detail });
    }
    steps
}
