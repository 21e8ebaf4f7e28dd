use std::collections::HashSet;

use super::{Explanation, Lang, T};
use crate::types::{
    AppRef, ButtonSaid, Cause, Evidence, Failure, Field, Millis, Proof, Repair, Repaired, Sent, Stage, Wanted,
};

/// A record that has every value a text may name.
fn failure(cause: Cause, proof: Proof) -> Failure {
    let evidence = Evidence {
        wanted: Some(Wanted::Phone),
        errcode: Some(40_029),
        data_chars: Some(170),
        data_bytes: Some(127),
        iv_chars: Some(24),
        code_chars: Some(32),
        since_login_ms: Some(400_000_000),
        data_age_s: Some(700),
        proof,
        ..Evidence::default()
    };
    Failure {
        id: String::new(),
        at: Millis(0),
        app: AppRef { appid: "wx0000000000000001".into(), name: "Latch Cafe".into() },
        user: None,
        openid: None,
        call: "POST /api/bindPhone".into(),
        stage: Stage::Base64,
        cause,
        healed: false,
        version: None,
        evidence,
        later_success: None,
        request_id: String::new(),
        asked: Vec::new(),
    }
}

fn appid() -> String {
    "wx0000000000000002".into()
}

/// Every story that a proof of its own leads to, and each cause without any proof.
fn records() -> Vec<Failure> {
    let of = |cause, proofs: Vec<Proof>| proofs.into_iter().map(move |proof| failure(cause, proof));
    let mut all: Vec<_> = Cause::ALL.iter().map(|cause| failure(*cause, Proof::default())).collect();
    let repaired = |repair| Proof::Repairs(vec![Repaired { field: Field::Iv, repair, times: 3 }]);
    all.extend(of(Cause::PlusLost, vec![Proof::Repaired, repaired(Repair::BlankForPlus)]));
    all.extend(of(Cause::DoubleEncoded, vec![Proof::SignedWhenDecoded]));
    let sent = |field, sent| Proof::SentInstead { field, sent };
    let instead = [Sent::Word("undefined".into()), Sent::Name("iv".into()), Sent::CloudId, Sent::Json, Sent::Openid];
    all.extend(of(Cause::NotBase64, instead.map(|found| sent(Field::EncryptedData, found)).into_iter().collect()));
    all.extend(of(Cause::IvInvalid, vec![Proof::FieldsSwapped, sent(Field::Iv, Sent::Nothing)]));
    let in_part = Proof::OpensInPart { from: 4, to: 5, blocks: 10 };
    all.extend(of(Cause::ChangedInTransit, vec![in_part, Proof::BeginningMissing(9)]));
    all.extend(of(Cause::KeyRotatedElsewhere, vec![Proof::LaterKeyOpens, Proof::NewestKeyInvalid(2)]));
    all.extend(of(Cause::StaleData, vec![Proof::OutsideWindow { age_s: 700, limit_s: 600 }]));
    let first = |opens| Proof::FirstUse { ago_s: 60, request_id: Some("r1".into()), opens };
    all.extend(of(Cause::Replayed, vec![first(true), first(false)]));
    all.extend(of(Cause::LoginCodeInPhoneField, vec![Proof::LoginCodeSpent, Proof::LoginCodeForm]));
    all.extend(of(Cause::UnknownApp, vec![Proof::NoSuchApp(None), Proof::NoSuchApp(Some(appid()))]));
    all.extend(of(
        Cause::Truncated,
        vec![Proof::CutOff(6), Proof::EndMissing, Proof::ImpossibleLength(65), Proof::NoWholeBlocks(127)],
    ));
    all.extend(of(Cause::IvInvalid, vec![Proof::FirstBlockGarbled, Proof::IvBytes(0), Proof::IvBytes(160)]));
    all.extend(of(
        Cause::WrongApp,
        vec![
            Proof::OtherAppInWatermark,
            Proof::OpensElsewhere(appid()),
            Proof::UsedInOtherApp(appid()),
            Proof::NoKeyAndReferer(appid()),
        ],
    ));
    all.extend(of(Cause::StaleData, vec![Proof::MadeAgo(700), Proof::MadeAgo(-700)]));
    all.extend(of(Cause::OtherUsersData, vec![Proof::OtherOpenid, Proof::UsedByAnother, Proof::OpenidRefused(40_003)]));
    all.extend(of(Cause::Replayed, vec![Proof::MadeAgo(700), Proof::UsedBefore]));
    all.extend(of(Cause::WrongKindOfData, vec![Proof::HoldsPhone, Proof::HoldsNoPhone]));
    all.extend(of(Cause::CodeExpired, vec![Proof::CodeUnknown, Proof::CodeTimedOut, Proof::NoCode]));
    all.extend(of(Cause::CodeUsed, vec![Proof::ExchangedHere, Proof::CodeUsed]));
    all.extend(of(Cause::CodeOfOtherApp, vec![Proof::Referer(appid()), Proof::SpentAs(appid())]));
    all.extend(of(Cause::PhoneCodeExpired, vec![Proof::PhoneCodeUnknown, Proof::PhoneCodeUnknownAfterBusy]));
    all.extend(of(
        Cause::ButtonNotPermitted,
        [103, 104, 112, 1025].map(|errno| Proof::Errno(Some(errno))).into_iter().collect(),
    ));
    all.extend(of(
        Cause::AppMisconfigured,
        [40_013, 40_243, 48_001, 50_004, 41_002]
            .map(Proof::Errcode)
            .into_iter()
            .chain([Proof::NotConfigured])
            .collect(),
    ));
    all.extend(of(Cause::QuotaExhausted, vec![Proof::Errcode(45_009), Proof::Errcode(45_011)]));
    all.extend(of(Cause::WechatBusy, vec![Proof::Busy, Proof::UsedAfterBusy]));
    all.extend(of(Cause::WechatUnreachable, vec![Proof::NoAnswer("no connection".into()), Proof::UsedAfterNoAnswer]));
    all.extend(of(Cause::PushSignatureWrong, vec![Proof::PushUnsignedAfter(Millis(0)), Proof::PushNeverSigned]));
    all.extend(of(Cause::PushKeyWrong, vec![Proof::PushWithoutKey, Proof::PushUndecipherable, Proof::PushOfOtherApp]));
    all.extend(of(
        Cause::Unknown,
        vec![Proof::LeftOut(7), Proof::OddFields, Proof::NoKeyOpens(2), Proof::NoWholeBlocks(127)],
    ));
    for said in [ButtonSaid::Network, ButtonSaid::Ok, ButtonSaid::Nothing] {
        all.push(Failure { stage: Stage::Button, ..failure(Cause::Unknown, Proof::Button { errno: None, said }) });
    }
    for stage in [Stage::Button, Stage::Push, Stage::LoginCode] {
        all.push(Failure { stage, ..failure(Cause::Unknown, Proof::Errno(Some(108))) });
    }
    all
}

fn parts(told: &Explanation) -> [&str; 5] {
    [&told.headline, &told.happened, &told.fix, &told.support, &told.user]
}

#[test]
fn every_record_is_told_in_full_in_both_languages() {
    for record in records() {
        for lang in [Lang::Zh, Lang::En] {
            let told = T(lang).explain(&record);
            for part in parts(&told) {
                assert!(!part.trim().is_empty() && !part.contains(['{', '}']), "{:?}: {part}", record.cause);
            }
            assert_eq!(told.headline, T(lang).headline(&record));
            assert!(!told.headline.ends_with(['.', '。']), "{}", told.headline);
            assert!(told.headline.chars().count() <= 90, "too long for a list: {}", told.headline);
        }
    }
}

#[test]
fn nothing_that_is_proved_is_told_as_one_of_several() {
    for record in records().into_iter().filter(|record| !record.evidence.proof.is_empty()) {
        let headline = T(Lang::En).headline(&record);
        assert!(!headline.contains(" or "), "{headline}");
        let headline = T(Lang::Zh).headline(&record);
        assert!(!headline.contains("或者"), "{headline}");
    }
}

#[test]
fn each_kind_has_a_name_of_its_own() {
    for lang in [Lang::Zh, Lang::En] {
        let names: HashSet<_> = Cause::ALL.iter().map(|cause| T(lang).cause_name(*cause)).collect();
        assert_eq!(names.len(), Cause::ALL.len());
        assert!(names.iter().all(|name| name.chars().count() <= 60), "too long for a list");
    }
}

#[test]
fn both_languages_name_the_same_codes() {
    // errcodes and errnos are facts: a change of one language is a change of the other.
    let numbers = |told: &Explanation| {
        let words = parts(told).join(" ");
        let numbers = words.split(|letter: char| !letter.is_ascii_digit()).filter(|number| number.len() >= 4);
        numbers.map(ToOwned::to_owned).collect::<HashSet<_>>()
    };
    for record in records() {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| numbers(&T(lang).explain(&record)));
        assert_eq!(zh, en, "{:?} {:?}", record.cause, record.evidence.proof);
    }
}

#[test]
fn a_likely_cause_says_so_wherever_it_is_named() {
    let record = failure(Cause::WrongApp, Proof::NoKeyAndReferer(appid()));
    assert_eq!(T(Lang::Zh).headline(&record), "很可能：数据属于另一个小程序");
    assert_eq!(T(Lang::En).headline(&record), "Likely: The data is another mini program's");
    assert_eq!(T(Lang::En).cause_of(Cause::WrongApp, true), "Likely: The data is another mini program's");
    assert!(T(Lang::En).failure_as_text(&record, "https://a.example").contains("Likely, not proved: "));
    let record = failure(Cause::WrongApp, Proof::OtherAppInWatermark);
    assert_eq!(T(Lang::En).headline(&record), "The data is another mini program's");
}

#[test]
fn a_healed_failure_asks_nothing_of_anybody() {
    let record = Failure { healed: true, ..failure(Cause::PlusLost, Proof::Repaired) };
    assert_eq!(T(Lang::En).explain(&record).support, "There is nothing to do: the request succeeded.");
}

#[test]
fn the_text_to_copy_says_nothing_about_the_user() {
    let record = Failure {
        openid: Some("oSecret".into()),
        user: Some(crate::types::UserRef { id: "user-id".into(), nickname: Some("Li Na".into()) }),
        ..failure(Cause::PlusLost, Proof::Repaired)
    };
    let text = T(Lang::Zh).failure_as_text(&record, "https://a.example");
    assert!(!text.contains("oSecret") && !text.contains("Li Na") && !text.contains("user-id"), "{text}");
    for part in ["const BASE = 'https://a.example'", "POST /api/bindPhone", "plus_lost", "# 正确"] {
        assert!(text.contains(part), "{text}");
    }
}
