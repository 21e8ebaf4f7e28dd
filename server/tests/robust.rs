//! Nothing that comes from outside makes the decoder, the repairer, the diagnosis or the push parser panic, and nothing that
//! is made up is ever taken. `PROPTEST_CASES=1000000 cargo test --release --test robust` for a long look.

#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use latchkey::{
    clock::Millis,
    config::App,
    open_data::{
        Checks, Encrypted, SessionKey, Window,
        diagnosis::{Clues, HeldKey, Wanted, diagnose},
        open,
    },
    secret::Secret,
    wechat::{PushError, PushMessage, PushQuery, check_push, open_push},
};
use proptest::prelude::*;

const APP: &str = "wx4f4bc4dec97d474b";
const WHOLE: &str = "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4lGOETKUQz";

/// Base64 as it may arrive: whole, cut, spoilt in a character, encoded, or anything at all.
fn carried() -> impl Strategy<Value = String> {
    let spoilt = (0..WHOLE.len(), any::<char>()).prop_map(|(at, letter)| {
        let mut text = WHOLE.to_owned();
        text.replace_range(at..=at, &letter.to_string());
        text
    });
    prop_oneof![
        any::<String>(),
        "[A-Za-z0-9+/=%_ \r\n-]{0,200}",
        (0..WHOLE.len()).prop_map(|length| WHOLE[..length].to_owned()),
        spoilt,
        proptest::collection::vec(any::<u8>(), 0..120)
            .prop_map(|bytes| { form_urlencoded::byte_serialize(&bytes).collect::<String>() }),
    ]
}

fn app() -> App {
    App {
        push_token: Some(Secret::new("token")),
        push_aes_key: Some(Secret::new("1".repeat(43))),
        push_plain: true,
        ..App::new(APP, Secret::new("unused"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn made_up_data_never_opens(data in carried(), iv in carried(), key in any::<[u8; 16]>()) {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let key = SessionKey::new(&STANDARD.encode(key)).unwrap();
        let ring = [HeldKey { key, received_at: Millis(0) }];
        let encrypted = Encrypted { data, iv };
        let checks = Checks { appid: APP, now: Millis(1_700_000_000_000), window: Window::default() };
        prop_assert!(open(&ring, &checks, &encrypted).is_err());
        let clues = Clues {
            checks,
            openid: Some("o"),
            wanted: Wanted::Phone,
            ring: &ring,
            has_logged_in: true,
            elsewhere: &[],
            seen: None,
            referer_appid: None,
        };
        prop_assert!(!diagnose(&encrypted, &clues).proof.is_empty());
    }

    #[test]
    fn made_up_pushes_are_never_taken(
        body in proptest::collection::vec(any::<u8>(), 0..300),
        signature in "[0-9a-f]{40}",
        nonce in any::<String>(),
        encrypted in any::<bool>(),
    ) {
        let query = query(&nonce, &signature, encrypted.then(|| signature.clone()));
        prop_assert!(take(&query, &body).is_err());
    }

    /// Rightly signed, as by somebody who knows the Token: what is inside is read or refused.
    #[test]
    fn bodies_of_every_kind_are_read_or_refused(text in body()) {
        let plain = query("7", &signature(&["token", TIME, "7"]), None);
        let _ = take(&plain, text.as_bytes());
    }

    /// Rightly signed and made up: nothing that was not encrypted with the key opens.
    #[test]
    fn nothing_opens_that_was_not_sealed(encrypt in carried()) {
        let sealed = query("7", "", Some(signature(&["token", TIME, "7", encrypt.trim()])));
        let body = serde_json::json!({ "Encrypt": encrypt }).to_string();
        prop_assert!(take(&sealed, body.as_bytes()).is_err());
    }
}

fn take(query: &PushQuery, body: &[u8]) -> Result<PushMessage, PushError> {
    open_push(&app(), query, &check_push(&app(), query, body, NOW)?, body)
}

const NOW: Millis = Millis(1_700_000_000_000);
const TIME: &str = "1700000000";

fn body() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\{\"[A-Za-z]{1,8}\":(\"[^\"]{0,20}\"|[0-9]{1,20}|null|\\[\\]|\\{\\})\\}",
        "<xml>(<[A-Za-z]{1,8}>(<!\\[CDATA\\[)?[^<&]{0,20}(\\]\\]>)?</[A-Za-z]{1,8}>){0,3}</xml>",
    ]
}

/// Protocol §6.1.
fn signature(parts: &[&str]) -> String {
    use sha1::{Digest, Sha1};
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    hex::encode(Sha1::digest(sorted.concat()))
}

fn query(nonce: &str, signature: &str, msg_signature: Option<String>) -> PushQuery {
    PushQuery {
        signature: signature.to_owned(),
        timestamp: TIME.to_owned(),
        nonce: nonce.to_owned(),
        echostr: None,
        encrypt_type: msg_signature.as_ref().map(|_| "aes".to_owned()),
        msg_signature,
    }
}
