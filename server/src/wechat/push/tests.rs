#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use serde_json::{Value, json};

use super::{PushError, PushMessage, PushQuery, check_push, check_verification, crypto, open_push};
use crate::{clock::Millis, config::App, secret::Secret};

fn vector(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../../open_data/vectors.json")).unwrap();
    all["vectors"][name].clone()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn app(vector: &Value) -> App {
    App {
        push_token: Some(Secret::new(text(&vector["token"]))),
        push_aes_key: vector["encoding_aes_key"].as_str().map(Secret::new),
        ..App::new(vector["appid"].as_str().unwrap_or("wx0000000000000001"), Secret::new("unused"))
    }
}

fn open(app: &App, query: &PushQuery, body: &[u8], now: Millis) -> Result<PushMessage, PushError> {
    open_push(app, query, &check_push(app, query, body, now)?, body)
}

fn verified(app: &App, query: &PushQuery, now: Millis) -> Result<Option<String>, PushError> {
    check_verification(app, query, now).map(|_| query.echostr.clone())
}

fn query(fields: &Value) -> (PushQuery, Millis) {
    let query: PushQuery = serde_json::from_value(fields.clone()).unwrap();
    let at = Millis(query.timestamp.parse::<i64>().unwrap() * 1000);
    (query, at)
}

#[test]
fn the_address_is_verified_with_the_official_numbers_and_no_others() {
    let vector = vector("push_url_verification_official");
    let fields = json!({ "signature": vector["expected_signature"], "timestamp": vector["timestamp"],
        "nonce": vector["nonce"], "echostr": vector["echostr"] });
    let (right, now) = query(&fields);
    assert_eq!(verified(&app(&vector), &right, now), Ok(Some(text(&vector["expected_response_body"]))));
    let wrong = PushQuery { nonce: "1514711493".into(), ..right.clone() };
    assert_eq!(verified(&app(&vector), &wrong, now), Err(PushError::Signature));
    for off in [-601, 601] {
        assert_eq!(verified(&app(&vector), &right, now.plus_seconds(off)), Err(PushError::Stale));
    }
    let unset = App { push_token: None, ..app(&vector) };
    assert_eq!(verified(&unset, &right, now), Err(PushError::NotConfigured));
}

#[test]
fn plain_messages_are_read_and_where_a_key_is_configured_only_when_that_is_wanted() {
    let vector = vector("push_plain_json_official");
    let fields = json!({ "signature": vector["expected_signature"], "timestamp": vector["timestamp"], "nonce": vector["nonce"] });
    let (query, now) = query(&fields);
    let body = vector["body"].to_string();
    assert_eq!(open(&app(&vector), &query, body.as_bytes(), now).unwrap().event, "debug_demo");
    // The form at WeChat asks for a key in every mode.
    let strict = App { push_aes_key: Some(Secret::new("A".repeat(43))), ..app(&vector) };
    for encrypt_type in [None, Some("raw"), Some("aes"), Some("")] {
        let query = PushQuery { encrypt_type: encrypt_type.map(str::to_owned), ..query.clone() };
        assert_eq!(
            open(&strict, &query, body.as_bytes(), now).unwrap_err(),
            PushError::NotEncrypted,
            "{encrypt_type:?}"
        );
    }
    let keyed = App { push_plain: true, ..strict };
    assert_eq!(open(&keyed, &query, body.as_bytes(), now).unwrap().event, "debug_demo");
    let wrong = PushQuery { signature: "0".repeat(40), ..query };
    assert_eq!(open(&keyed, &wrong, body.as_bytes(), now).unwrap_err(), PushError::Signature);
}

#[test]
fn every_encrypted_vector_opens_and_only_for_its_app_and_key() {
    for name in [
        "push_safe_json_official",
        "push_safe_xml_easywechat",
        "push_safe_xml_wechatpy",
        "push_revoke_event_json_selfmade",
        "push_revoke_event_xml_selfmade",
    ] {
        let vector = vector(name);
        let encrypt = vector["Encrypt"].as_str().or(vector["body"]["Encrypt"].as_str()).unwrap();
        let (app, key) = (app(&vector), text(&vector["encoding_aes_key"]));
        let message = crypto::decrypt(&key, &app.appid, encrypt).unwrap();
        assert_eq!(String::from_utf8(message).unwrap(), text(&vector["expected_msg"]), "{name}");
        assert_eq!(crypto::decrypt(&key, "wx0000000000000009", encrypt), Err(PushError::WrongApp), "{name}");
        let other = "B".repeat(43);
        assert!(matches!(crypto::decrypt(&other, &app.appid, encrypt), Err(PushError::Undecipherable(_))), "{name}");

        let mut fields = vector["query"].clone();
        fields["encrypt_type"] = json!("aes");
        let (query, now) = query(&fields);
        for body in [
            json!({ "ToUserName": "gh_1", "Encrypt": encrypt }).to_string(),
            format!("<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"),
        ] {
            for encrypt_type in [None, Some("raw"), Some("aes")] {
                let query = PushQuery { encrypt_type: encrypt_type.map(str::to_owned), ..query.clone() };
                assert!(open(&app, &query, body.as_bytes(), now).is_ok(), "{name}: the content decides");
            }
            let unsigned = PushQuery { msg_signature: None, ..query.clone() };
            assert_eq!(open(&app, &unsigned, body.as_bytes(), now).unwrap_err(), PushError::Signature, "{name}");
            let both = Secret::new(format!("{other}, {key}"));
            let rotated = App { push_aes_key: Some(both), ..app.clone() };
            assert!(open(&rotated, &query, body.as_bytes(), now).is_ok(), "{name}: the older key still opens");
        }
    }
}

/// The fields beside `Encrypt` are covered by no signature.
#[test]
fn of_a_compatible_body_only_the_encrypted_message_is_believed() {
    let vector = vector("push_revoke_event_json_selfmade");
    let (query, now) = query(&vector["query"]);
    for plain in [true, false] {
        let app = App { push_plain: plain, ..app(&vector) };
        let made_up = json!({ "MsgType": "event", "Event": "user_authorization_cancellation", "OpenID": "o",
            "Encrypt": vector["Encrypt"] });
        let message = open(&app, &query, made_up.to_string().as_bytes(), now).unwrap();
        assert_eq!(message.event, "user_authorization_revoke");
        // `signature` is right, and covers neither of the two messages.
        let stripped = json!({ "MsgType": "event", "Event": "user_authorization_cancellation", "OpenID": "o" });
        let refused = open(&app, &query, stripped.to_string().as_bytes(), now).unwrap_err();
        assert_eq!(refused, if plain { PushError::Unreadable("no field Encrypt") } else { PushError::NotEncrypted });
    }
}

#[test]
fn a_revocation_says_who_and_what() {
    for name in ["push_revoke_event_json_selfmade", "push_revoke_event_xml_selfmade"] {
        let vector = vector(name);
        let (query, now) = query(&vector["query"]);
        let body = json!({ "Encrypt": vector["Encrypt"] }).to_string();
        let message = open(&app(&vector), &query, body.as_bytes(), now).unwrap();
        assert_eq!((message.event.as_str(), message.revoke_info), ("user_authorization_revoke", vec!["8".to_owned()]));
        assert!(text(&vector["expected_msg"]).contains(&message.openid.unwrap()));
    }
}

#[test]
fn nothing_makes_it_panic() {
    let vector = vector("push_revoke_event_json_selfmade");
    let (key, appid) = (text(&vector["encoding_aes_key"]), text(&vector["appid"]));
    let encrypt = text(&vector["Encrypt"]);
    for length in 0..encrypt.len() {
        assert!(crypto::decrypt(&key, &appid, &encrypt[..length]).is_err());
    }
    assert_eq!(crypto::decrypt("short", &appid, &encrypt), Err(PushError::NoKey));
    for body in ["", "{", "[]", "null", "<xml>", "<", "\u{FEFF}", "<!DOCTYPE a [<!ENTITY b \"c\">]><xml>&b;</xml>"] {
        assert!(super::message::encrypt_field(body.as_bytes()).is_none(), "{body}");
        assert!(PushMessage::read(body.as_bytes()).is_err(), "{body}");
    }
    assert!(PushMessage::read(b"\xFF\xFE").is_err());
    assert_eq!(PushMessage::read(b"{\"Event\":[1]}").unwrap().event, "");
}
