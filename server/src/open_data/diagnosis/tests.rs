//! One built case per cause: data as WeChat makes it, and then what happens to it.

#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use aes::Aes128;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use latchkey_app::types::{Repair, Repaired};
use serde_json::json;

use super::*;
use crate::open_data::{Window, open};

const APP: &str = "wx0000000000000001";
const OTHER_APP: &str = "wx0000000000000002";
const OPENID: &str = "o000000000000000000000000001";
const NOW: Millis = Millis(1_700_000_000_000);
const IV: [u8; 16] = [7; 16];
const CHECKS: Checks<'_> = Checks { appid: APP, now: NOW, window: Window { max_age_s: 600, max_ahead_s: 300 } };

fn key(number: u8) -> SessionKey {
    SessionKey::new(&STANDARD.encode([number; 16])).unwrap()
}

fn held(number: u8, age_s: i64) -> HeldKey {
    HeldKey { key: key(number), received_at: NOW.plus_seconds(-age_s) }
}

fn encrypt(number: u8, json: &Value) -> Encrypted {
    let cipher = cbc::Encryptor::<Aes128>::new(&[number; 16].into(), &IV.into());
    let text = json.to_string();
    let mut buffer = [text.as_bytes(), &[0; BLOCK]].concat();
    let data = STANDARD.encode(cipher.encrypt_padded::<Pkcs7>(&mut buffer, text.len()).unwrap());
    Encrypted { data, iv: STANDARD.encode(IV) }
}

fn phone(appid: &str, age_s: i64) -> Value {
    json!({ "phoneNumber": "13580006666", "purePhoneNumber": "13580006666", "countryCode": "86",
        "watermark": { "timestamp": NOW.seconds() - age_s, "appid": appid } })
}

fn user_info(openid: &str) -> Value {
    json!({ "openId": openid, "nickName": "小明", "watermark": { "timestamp": NOW.seconds(), "appid": APP } })
}

fn clues(ring: &[HeldKey]) -> Clues<'_> {
    Clues {
        checks: CHECKS,
        openid: Some(OPENID),
        wanted: Wanted::Phone,
        ring,
        has_logged_in: true,
        elsewhere: &[],
        seen: None,
        referer_appid: Some(APP),
    }
}

fn first_use_by(by_same: bool, appid: &str) -> FirstUse {
    let (appid, request_id) = (Some(appid.to_owned()), Some("the first".to_owned()));
    FirstUse { by_same, at: NOW.plus_seconds(-700), appid, request_id }
}

fn cause(encrypted: &Encrypted, clues: &Clues<'_>) -> (Cause, Stage) {
    let finding = diagnose(encrypted, clues);
    assert!(!finding.proof.is_empty() && !format!("{finding:?}").contains("1358000"), "{finding:?}");
    (finding.cause, finding.stage)
}

/// Whole data, with its base64 changed by `change`.
fn carried(change: impl Fn(String) -> String) -> Encrypted {
    let whole = encrypt(1, &phone(APP, 5));
    Encrypted { data: change(whole.data), ..whole }
}

fn cut(bytes: usize) -> Encrypted {
    carried(|data| STANDARD.encode(&STANDARD.decode(data).unwrap()[..bytes]))
}

#[test]
fn what_is_healed_is_healed_for_a_reason() {
    let ring = [held(2, 3), held(1, 60)];
    let healed = |encrypted: &Encrypted, ring: &[HeldKey]| {
        let opened = open(ring, &CHECKS, encrypted).unwrap();
        healing(&opened, ring).map(|healing| healing.cause)
    };
    assert_eq!(healed(&encrypt(2, &phone(APP, 1)), &ring), None);
    assert_eq!(healed(&encrypt(1, &phone(APP, 5)), &ring), Some(Cause::LoginAfterPhoneButton));
    // An older key, for data made long after the newest came: nobody knows why.
    assert_eq!(healed(&encrypt(1, &phone(APP, 5)), &[held(2, 300), held(1, 900)]), Some(Cause::Unknown));
    assert_eq!(healed(&encrypt(1, &phone(APP, 5)), &[held(2, 30), held(1, 900)]), Some(Cause::Unknown));
    let percent =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let now = [held(1, 60)];
    // Whatever the ciphertext is, it has some of these characters in one of a few tries; this one has them all.
    let whole = carried(|data| data).data;
    assert!(whole.contains('+') && whole.contains('/') && whole.ends_with('='), "{whole}");
    assert_eq!(healed(&carried(|data| data.replace('+', " ")), &now), Some(Cause::PlusLost));
    assert_eq!(healed(&carried(|data| percent(&data)), &now), Some(Cause::DoubleEncoded));
    assert_eq!(healed(&carried(|data| percent(&percent(&data))), &now), Some(Cause::DoubleEncoded));
    assert_eq!(healed(&carried(|data| data.replace('+', "-").replace('/', "_")), &now), Some(Cause::UrlSafeAlphabet));
    assert_eq!(healed(&carried(|data| data.trim_end_matches('=').to_owned()), &now), Some(Cause::PaddingLost));
    assert_eq!(healed(&carried(|data| format!("{}\r\n{}", &data[..76], &data[76..])), &now), Some(Cause::LineBreaks));
    let joined = |width| carried(|data| wrapped(&data, width).join(" "));
    assert_eq!(healed(&joined(64), &now), Some(Cause::LineBreaks));
    assert_eq!(healed(&joined(76), &now), Some(Cause::LineBreaks));
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    text.as_bytes().chunks(width).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect()
}

#[test]
fn each_repair_says_what_it_undid_and_where() {
    let ring = [held(1, 60)];
    let proof = |encrypted: &Encrypted| healing(&open(&ring, &CHECKS, encrypted).unwrap(), &ring).unwrap().proof;
    let one = |field, repair, times| Repaired { field, repair, times };
    let whole = encrypt(1, &phone(APP, 5));
    let plus = i64::try_from(whole.data.matches('+').count()).unwrap();
    let blanks = Encrypted { data: whole.data.replace('+', " "), ..whole.clone() };
    assert_eq!(proof(&blanks), Proof::Repairs(vec![one(Field::EncryptedData, Repair::BlankForPlus, plus)]));
    let of_iv = Encrypted { iv: whole.iv.trim_end_matches('=').to_owned() + "\n", ..whole.clone() };
    let both = vec![one(Field::Iv, Repair::LineBreaks, 1), one(Field::Iv, Repair::Padding, 2)];
    assert_eq!(proof(&of_iv), Proof::Repairs(both));
    let lines = wrapped(&whole.data, 64);
    let joined = Encrypted { data: lines.join(" "), ..whole.clone() };
    let times = i64::try_from(lines.len() - 1).unwrap();
    assert_eq!(proof(&joined), Proof::Repairs(vec![one(Field::EncryptedData, Repair::BlanksBetweenLines, times)]));
}

#[test]
fn what_was_lost_on_the_way_is_seen() {
    let ring = [held(1, 60)];
    let clues = clues(&ring);
    assert_eq!(cause(&carried(|_| "!!!".into()), &clues), (Cause::NotBase64, Stage::Base64));
    assert_eq!(cause(&carried(|data| data[..41].into()), &clues), (Cause::Truncated, Stage::Base64));
    assert_eq!(cause(&carried(|data| data[..40].into()), &clues), (Cause::Truncated, Stage::Length));
    assert_eq!(cause(&carried(|_| String::new()), &clues), (Cause::NotBase64, Stage::Length));
    for bytes in 16..144 {
        let finding = diagnose(&cut(bytes), &clues);
        let proof = Proof::CutOff(i64::try_from(bytes / 16).unwrap());
        assert_eq!((finding.cause, finding.proof), (Cause::Truncated, proof), "{bytes}");
    }
    let short = Encrypted { iv: "AAAA".into(), ..encrypt(1, &phone(APP, 5)) };
    assert_eq!(cause(&short, &clues), (Cause::IvInvalid, Stage::Iv));
    let other = Encrypted { iv: STANDARD.encode([9; 16]), ..encrypt(1, &phone(APP, 5)) };
    assert_eq!(cause(&other, &clues).0, Cause::IvInvalid);
}

/// Only what opens under a key that is held is called cut off or changed.
#[test]
fn a_length_proves_no_cause() {
    let ring = [held(9, 60)];
    for length in [24, 41, 100, 150] {
        let finding = diagnose(&carried(|data| data[..length].into()), &clues(&ring));
        assert_eq!(finding.cause, Cause::Unknown, "{length}: {finding:?}");
    }
    let beginning = carried(|data| data[..41].into());
    assert_eq!(diagnose(&beginning, &clues(&ring)).proof, Proof::ImpossibleLength(41));
    assert_eq!(cause(&beginning, &clues(&[])).0, Cause::KeyExpired);
}

#[test]
fn what_stands_in_place_of_the_data_is_named() {
    let ring = [held(1, 60)];
    let proof = |encrypted: &Encrypted| {
        let finding = diagnose(encrypted, &clues(&ring));
        (finding.cause, finding.proof)
    };
    let sent = |field, sent| Proof::SentInstead { field, sent };
    for (text, what) in [
        ("undefined", Sent::Word("undefined".into())),
        ("null", Sent::Word("null".into())),
        ("NaN", Sent::Word("NaN".into())),
        ("true", Sent::Word("true".into())),
        ("[object Object]", Sent::Word("[object Object]".into())),
        ("encryptedData", Sent::Name("encryptedData".into())),
        ("38_PMScUUyGmzVbGfYHZKlAQR6bcxyWbXJmgnE7hqGtcAzQy4uv9L", Sent::CloudId),
        (OPENID, Sent::Openid),
        ("043Musxy1eXJCc0FIYyy1dRvxy1Musxw", Sent::LoginCode),
        ("e31968a7f94cc5ee25fafc2aef2773f0bb8c3937b22520eb8ee345274d00c144", Sent::PhoneCode),
        ("75e81ceda165f4ffa64f4068af58c64b8f54b88c", Sent::Signature),
    ] {
        let expected = (Cause::NotBase64, sent(Field::EncryptedData, what));
        assert_eq!(proof(&carried(|_| text.into())), expected, "{text}");
        // The iv is most often wrong in the same way.
        assert_eq!(proof(&Encrypted { data: text.into(), iv: text.into() }), expected, "{text}");
    }
    let whole = encrypt(1, &phone(APP, 5));
    assert_eq!(proof(&Encrypted { data: whole.iv.clone(), ..whole.clone() }).1, sent(Field::EncryptedData, Sent::Iv));
    let swapped = Encrypted { data: whole.iv.clone(), iv: whole.data.clone() };
    assert_eq!(proof(&swapped), (Cause::IvInvalid, Proof::FieldsSwapped));
    let no_iv = Encrypted { iv: "undefined".into(), ..whole };
    assert_eq!(proof(&no_iv), (Cause::IvInvalid, sent(Field::Iv, Sent::Word("undefined".into()))));
}

fn orders(appid: &str) -> Vec<String> {
    let (phone, pure, code) =
        (r#""phoneNumber":"13580006666""#, r#""purePhoneNumber":"13580006666""#, r#""countryCode":"86""#);
    let now = NOW.seconds();
    let mark = format!(r#""watermark":{{"timestamp":{now},"appid":"{appid}"}}"#);
    let turned = format!(r#""watermark":{{"appid":"{appid}","timestamp":{now}}}"#);
    vec![
        format!("{{{phone},{pure},{code},{mark}}}"),
        format!("{{{code},{phone},{pure},{turned}}}"),
        format!("{{{pure},{phone},{code},{mark}}}"),
        format!("{{{mark},{phone},{pure},{code}}}"),
        format!("{{{turned},{code},{phone},{pure}}}"),
    ]
}

fn encrypt_text(text: &str) -> Encrypted {
    let cipher = cbc::Encryptor::<Aes128>::new(&[1; 16].into(), &IV.into());
    let mut buffer = [text.as_bytes(), &[0; BLOCK]].concat();
    let data = STANDARD.encode(cipher.encrypt_padded::<Pkcs7>(&mut buffer, text.len()).unwrap());
    Encrypted { data, iv: STANDARD.encode(IV) }
}

/// Every character in turn, with every field in front.
#[test]
fn a_character_that_changes_is_never_a_wrong_iv_or_a_missing_end() {
    let ring = [held(1, 60)];
    for text in orders(APP) {
        let whole = encrypt_text(&text);
        let letters = whole.data.trim_end_matches('=').len();
        for at in 0..letters {
            let other = if &whole.data[at..=at] == "A" { "Q" } else { "A" };
            let data = format!("{}{other}{}", &whole.data[..at], &whole.data[at + 1..]);
            let changed = Encrypted { data, ..whole.clone() };
            // The last character may say more than the bytes hold.
            if open(&ring, &CHECKS, &changed).is_err() {
                let finding = diagnose(&changed, &clues(&ring));
                assert_eq!(finding.cause, Cause::ChangedInTransit, "{at} of {text}: {finding:?}");
            }
        }
    }
}

#[test]
fn an_iv_of_another_tap_is_told_from_a_beginning_that_is_lost() {
    let ring = [held(1, 60)];
    for text in orders(APP) {
        let whole = encrypt_text(&text);
        let other = Encrypted { iv: STANDARD.encode([9; 16]), ..whole.clone() };
        assert_eq!(diagnose(&other, &clues(&ring)).proof, Proof::FirstBlockGarbled, "{text}");
        let bytes = STANDARD.decode(&whole.data).unwrap();
        for lost in (16..bytes.len() - 32).step_by(16) {
            let rest = Encrypted { data: STANDARD.encode(&bytes[lost..]), ..whole.clone() };
            let finding = diagnose(&rest, &clues(&ring));
            assert_eq!(finding.cause, Cause::ChangedInTransit, "{lost} of {text}: {finding:?}");
        }
    }
    let info = encrypt(1, &user_info(OPENID));
    let other = Encrypted { iv: STANDARD.encode([9; 16]), ..info };
    assert_eq!(diagnose(&other, &clues(&ring)).cause, Cause::IvInvalid);
}

#[test]
fn characters_that_are_lost_in_the_middle_are_no_missing_end() {
    let ring = [held(1, 60)];
    let whole = encrypt(1, &phone(APP, 5)).data;
    for (at, length) in [(30, 1), (70, 4), (90, 10)] {
        let cut = carried(|data| format!("{}{}", &data[..at], &data[at + length..]));
        let finding = diagnose(&cut, &clues(&ring));
        assert_eq!(finding.cause, Cause::ChangedInTransit, "{at} {length}: {finding:?}");
    }
    let longer = carried(|_| STANDARD.encode([STANDARD.decode(&whole).unwrap(), vec![7; 32]].concat()));
    assert_eq!(diagnose(&longer, &clues(&ring)).cause, Cause::ChangedInTransit);
}

#[test]
fn without_keys_it_matters_whether_there_were_any() {
    let data = encrypt(1, &phone(APP, 5));
    assert_eq!(cause(&data, &clues(&[])), (Cause::KeyExpired, Stage::Key));
    assert_eq!(cause(&data, &Clues { has_logged_in: false, ..clues(&[]) }), (Cause::NoSession, Stage::Key));
}

#[test]
fn what_opens_is_judged_by_what_it_says() {
    let ring = [held(1, 60)];
    let at = |json: &Value, seen: Option<&FirstUse>| cause(&encrypt(1, json), &Clues { seen, ..clues(&ring) });
    assert_eq!(at(&phone(OTHER_APP, 5), None), (Cause::WrongApp, Stage::Watermark));
    assert_eq!(at(&phone(APP, 601), None), (Cause::StaleData, Stage::Watermark));
    assert_eq!(at(&phone(APP, -301), None), (Cause::StaleData, Stage::Watermark));
    let (same, other) = (first_use_by(true, APP), first_use_by(false, APP));
    assert_eq!(at(&phone(APP, 601), Some(&same)), (Cause::Replayed, Stage::Watermark));
    assert_eq!(at(&phone(APP, 601), Some(&other)), (Cause::StaleData, Stage::Watermark));
    let replayed = diagnose(&encrypt(1, &phone(APP, 601)), &Clues { seen: Some(&same), ..clues(&ring) });
    let proof = Proof::FirstUse { ago_s: 700, request_id: Some("the first".into()), opens: true };
    assert_eq!(replayed.proof, proof);
    let stale = diagnose(&encrypt(1, &phone(APP, -301)), &clues(&ring));
    assert_eq!(stale.proof, Proof::OutsideWindow { age_s: -301, limit_s: 300 });
    let checks = Checks { window: Window { max_age_s: 3600, max_ahead_s: 0 }, ..CHECKS };
    let wide = |age_s| diagnose(&encrypt(1, &phone(APP, age_s)), &Clues { checks, ..clues(&ring) }).proof;
    assert_eq!(wide(3601), Proof::OutsideWindow { age_s: 3601, limit_s: 3600 });
    assert_eq!(wide(-1), Proof::OutsideWindow { age_s: -1, limit_s: 0 });
    assert_eq!(at(&json!({ "purePhoneNumber": "13580006666" }), None), (Cause::NotFromWechat, Stage::Watermark));
    assert_eq!(at(&user_info(OPENID), None), (Cause::WrongKindOfData, Stage::Json));
    assert_eq!(at(&user_info("o-somebody-else"), None), (Cause::OtherUsersData, Stage::Owner));
    let info = Clues { wanted: Wanted::UserInfo, ..clues(&ring) };
    assert_eq!(cause(&encrypt(1, &phone(APP, 5)), &info), (Cause::WrongKindOfData, Stage::Json));
}

#[test]
fn what_no_key_opens_is_explained_only_by_proof() {
    let ring = [held(1, 60)];
    let foreign = encrypt(9, &phone(APP, 5));
    assert_eq!(cause(&foreign, &clues(&ring)), (Cause::Unknown, Stage::Padding));
    let elsewhere = [(OTHER_APP.to_owned(), key(9))];
    assert_eq!(cause(&foreign, &Clues { elsewhere: &elsewhere, ..clues(&ring) }).0, Cause::WrongApp);
    let seen = |by_same, appid| {
        let seen = first_use_by(by_same, appid);
        cause(&foreign, &Clues { seen: Some(&seen), ..clues(&ring) }).0
    };
    assert_eq!((seen(false, APP), seen(true, APP)), (Cause::OtherUsersData, Cause::Replayed));
    // Opened in another mini program, it was made for that one, whoever it was.
    assert_eq!((seen(false, OTHER_APP), seen(true, OTHER_APP)), (Cause::WrongApp, Cause::WrongApp));
    assert_eq!(cause(&foreign, &Clues { referer_appid: Some(OTHER_APP), ..clues(&ring) }).0, Cause::WrongApp);
    assert_eq!(cause(&foreign, &Clues { referer_appid: None, ..clues(&ring) }).0, Cause::Unknown);
}

#[test]
fn each_key_is_said_to_get_as_far_as_it_gets() {
    let ring = [held(2, 3), held(1, 60)];
    let whole = encrypt(1, &phone(APP, 5));
    assert_eq!(stages(&whole, &ring)[1], Stage::Watermark);
    // By chance, a wrong key's padding holds now and then: then it is not the padding that stopped it.
    let mut further =
        (0..2000_u32).map(|number| encrypt(1, &json!({ "n": number }))).map(|data| stages(&data, &ring)[0]);
    assert!(further.any(|stage| stage > Stage::Padding));
    assert!(stages(&Encrypted { iv: "AAAA".into(), ..whole }, &ring).is_empty());
}

/// Padding alone passes by chance once in 256: of 2,000 foreign ciphertexts some get that far, and none is explained.
#[test]
fn chance_explains_nothing() {
    let ring = [held(1, 60)];
    let mut stages = std::collections::BTreeMap::<Stage, u32>::new();
    for number in 0..2000 {
        let foreign = encrypt(9, &json!({ "n": number, "watermark": { "timestamp": 1, "appid": APP } }));
        let (cause, stage) = cause(&foreign, &clues(&ring));
        assert_eq!(cause, Cause::Unknown, "{number}");
        *stages.entry(stage).or_default() += 1;
    }
    assert!(stages.len() > 1 && stages.keys().all(|stage| *stage <= Stage::Json), "{stages:?}");
}

#[test]
fn nothing_makes_it_panic() {
    let ring = [held(1, 60), held(2, 90)];
    let whole = encrypt(1, &phone(APP, 5));
    for length in 0..whole.data.len() {
        diagnose(&Encrypted { data: whole.data[..length].into(), ..whole.clone() }, &clues(&ring));
        diagnose(&Encrypted { iv: whole.data[..length].into(), ..whole.clone() }, &clues(&ring));
    }
}
