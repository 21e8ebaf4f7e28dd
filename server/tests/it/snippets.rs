//! The code beside a fix, run as a mini program against a real listener: the wrong form leaves just the record that it
//! stands beside, and the right form works.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use latchkey_app::{
    text::{Lang, Snippet, T},
    types::{Cause, Failure},
};
use serde_json::{Value, json};

use crate::{
    databases::on_both,
    failures::records,
    house::{APP_1, APP_2, House},
};

on_both!(super::patient_house => snippets_do_what_they_are_shown_for);

const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/clients/snippet.mjs");

#[test]
fn the_helpers_are_those_of_the_api_guide() {
    let guide = include_str!("../../docs/api.md");
    assert!(guide.contains(&T(Lang::En).snippet_helpers("https://login.example.com")));
}

/// All of them come from one address, within few minutes.
async fn patient_house(database_url: &str) -> House {
    House::with(database_url, |config| {
        config.limits.login_per_minute = 10_000;
        config.limits.failed_per_minute = 10_000;
    })
    .await
}

/// The record that the wrong form leaves, or the one that the page of the right form alone is about.
const fn cause(snippet: Snippet) -> Option<Cause> {
    Some(match snippet {
        Snippet::LoginInCallback => Cause::LoginAfterPhoneButton,
        Snippet::OpenidFromStorage => Cause::NoSession,
        Snippet::LoginOfDaysAgo => Cause::KeyExpired,
        Snippet::CodeThrownAway => Cause::KeyRotatedElsewhere,
        Snippet::KeptIv | Snippet::Swapped => Cause::IvInvalid,
        Snippet::ReadAsForm | Snippet::FormByHand => Cause::PlusLost,
        Snippet::EncodedInJson => Cause::DoubleEncoded,
        Snippet::MadeUrlSafe => Cause::UrlSafeAlphabet,
        Snippet::SplitAtEquals => Cause::PaddingLost,
        Snippet::Wrapped => Cause::LineBreaks,
        Snippet::WholeDetail => Cause::NotBase64,
        Snippet::Shortened => Cause::Truncated,
        Snippet::OtherAppsToken => Cause::WrongApp,
        Snippet::OtherAppsTokenWithCode => Cause::PhoneCodeOfOtherApp,
        Snippet::PreviousUsersToken => Cause::OtherUsersData,
        Snippet::SentLater => Cause::StaleData,
        Snippet::SentAgain => Cause::Replayed,
        Snippet::InfoAsPhone | Snippet::PhoneAsInfo => Cause::WrongKindOfData,
        Snippet::RawDataRebuilt => Cause::RawDataChanged,
        Snippet::CodeKept => Cause::CodeExpired,
        Snippet::SameCodeAgain => Cause::CodeUsed,
        Snippet::FixedAppid => Cause::CodeOfOtherApp,
        Snippet::PhoneCodeToLogin => Cause::PhoneCodeInLoginField,
        Snippet::LoginCodeAsPhoneCode => Cause::LoginCodeInPhoneField,
        Snippet::PhoneCodeKept => Cause::PhoneCodeExpired,
        // The button's refusal is reported by the right form itself.
        Snippet::AnotherWay => Cause::PhoneQuotaExhausted,
        Snippet::ButtonAfterLogin | Snippet::Right => return None,
    })
}

async fn snippets_do_what_they_are_shown_for(house: House) {
    let server = house.listen().await;
    for snippet in Snippet::ALL {
        if let Some((wrong, expected)) = T(Lang::En).wrong(*snippet).zip(cause(*snippet)) {
            let before = records(&house).await.len();
            run(&house, &server, *snippet, wrong).await;
            // A key that is out of date is called so once no newer one has come for a minute.
            house.server.accounts.reports_written().await;
            house.clock.advance(61);
            house.server.accounts.conclude_waiting().await.unwrap();
            let record = newest_of(&house, before, *snippet).await;
            assert_eq!(record.cause, expected, "{snippet:?}: {record:?}");
            let told = T(Lang::Zh).explain(&record);
            assert_eq!(told.snippet, Some(*snippet), "the page of {record:?} shows another one");
        }
        let before = records(&house).await.len();
        let outcome = run(&house, &server, *snippet, T(Lang::Zh).right(*snippet)).await;
        assert_eq!(
            (&outcome["rejected"], &outcome["shown"], &outcome["done"]),
            (&json!([]), &json!([]), &json!(true)),
            "{snippet:?}"
        );
        let after = records(&house).await;
        if *snippet == Snippet::AnotherWay {
            assert_eq!((after.len(), Some(after[0].cause)), (before + 1, cause(*snippet)));
        } else {
            assert_eq!(after.len(), before, "{snippet:?}: {:?}", after[0]);
        }
    }
}

async fn newest_of(house: &House, before: usize, snippet: Snippet) -> Failure {
    let after = records(house).await;
    assert!(after.len() > before, "{snippet:?} left no record");
    after.into_iter().next().unwrap()
}

/// What the program says came of it.
async fn run(house: &House, server: &str, snippet: Snippet, code: String) -> Value {
    let helpers = T(Lang::En).snippet_helpers(server);
    let job = json!({
        "server": server, "simulator": house.wechat, "apps": [APP_1, APP_2],
        "name": snippet.name(), "helpers": helpers, "code": code,
    });
    let node = move || {
        let mut child = Command::new("node").arg(DRIVER).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(job.to_string().as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let output = tokio::task::spawn_blocking(node).await.unwrap();
    assert!(output.status.success(), "{snippet:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
