//! What fails and what is healed, through the API, and what the operator reads about it afterwards. One case per cause.

use axum::http::{Request, header};
use latchkey_app::types::{Cause, EventKind, Evidence, Failure, FailureQuery, Stage, Zone};
use serde_json::{Value, json};

use crate::{
    databases::on_both,
    house::{APP_1, APP_2, Answer, House},
};

on_both!(crate::house::House::new =>
    the_classic_mistake_is_healed_and_told,
    damage_on_the_way_is_healed_and_told,
    what_does_not_open_is_explained,
    keys_that_are_not_there_are_told_apart,
    a_login_elsewhere_is_proved_by_wechat,
    codes_are_explained,
    wechats_own_troubles_are_told,
    a_phone_code_saves_what_the_data_could_not,
    a_failure_has_its_story,
    the_list_is_filtered_and_counted,
    wechat_is_asked_and_its_answers_are_filed,
    a_request_id_leads_to_the_user,
    an_erased_user_leaves_no_trace_in_the_failures,
);

/// Every record, newest first. What comes next comes in another second: within one, records have no order.
pub async fn records(house: &House) -> Vec<Failure> {
    house.server.accounts.reports_written().await;
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let records = viewer.failures(FailureQuery::default()).await.unwrap().page.items;
    house.clock.advance(1);
    records
}

/// The newest record: cause, stage, healed.
pub async fn newest(house: &House) -> (Cause, Stage, bool) {
    let record = records(house).await.into_iter().next().expect("a record");
    assert!(!record.evidence.proof.is_empty(), "{record:?}");
    (record.cause, record.stage, record.healed)
}

pub async fn bind(house: &House, token: &str, body: Value) -> Answer {
    house.post_as(token, "/api/bindPhone", body).await
}

fn data(tap: &Value, change: impl Fn(&str) -> String) -> Value {
    json!({ "encryptedData": change(tap["encryptedData"].as_str().unwrap()), "iv": tap["iv"] })
}

/// Concludes the records that wait for a newer key.
async fn a_minute_passes(house: &House) {
    house.clock.advance(61);
    house.server.accounts.conclude_waiting().await.unwrap();
}

pub async fn rotate(house: &House, user: &str) {
    house.sim("rotate", json!({ "user": user, "appid": APP_1 })).await;
}

async fn the_classic_mistake_is_healed_and_told(house: House) {
    house.token("u1").await;
    house.clock.advance(30);
    let tap = house.tap("u1", "encrypted").await;
    rotate(&house, "u1").await;
    house.clock.advance(2);
    let token = house.token("u1").await;
    bind(&house, &token, tap).await.data();
    assert_eq!(newest(&house).await, (Cause::LoginAfterPhoneButton, Stage::Done, true));
    let record = &records(&house).await[0];
    assert_eq!((record.call.as_str(), record.app.appid.as_str()), ("POST /api/bindPhone", APP_1));
    assert_eq!(record.evidence.keys.iter().map(|key| key.stage).collect::<Vec<_>>(), [Stage::Padding, Stage::Done]);
    assert_eq!(record.evidence.keys[1].age_ms, 32_000);
    let Evidence { data_chars, data_bytes, iv_chars, .. } = record.evidence;
    assert_eq!((data_bytes.map(|bytes| (bytes + 2) / 3 * 4), iv_chars), (data_chars, Some(24)));
    // Whole data under the newest key is nothing to tell.
    let tap = house.tap("u1", "encrypted").await;
    bind(&house, &token, tap).await.data();
    assert_eq!(records(&house).await.len(), 1);
}

async fn damage_on_the_way_is_healed_and_told(house: House) {
    let token = house.token("u1").await;
    let percent = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    // The random iv makes every ciphertext another; one with a plus and a slash is not long in coming.
    let tap = loop {
        let tap = house.tap("u1", "encrypted").await;
        let text = tap["encryptedData"].as_str().unwrap();
        if text.contains('+') && text.contains('/') && text.ends_with('=') {
            break tap;
        }
    };
    let text = tap["encryptedData"].as_str().unwrap();
    for (damaged, cause) in [
        (text.replace('+', " "), Cause::PlusLost),
        (text.replace('+', "-").replace('/', "_"), Cause::UrlSafeAlphabet),
        (text.trim_end_matches('=').to_owned(), Cause::PaddingLost),
        (format!("{}\n{}", &text[..64], &text[64..]), Cause::LineBreaks),
    ] {
        bind(&house, &token, data(&tap, |_| damaged.clone())).await.data();
        assert_eq!(newest(&house).await, (cause, Stage::Done, true));
    }
    bind(&house, &token, data(&tap, percent)).await.data();
    bind(&house, &token, data(&tap, |text| percent(&percent(text)))).await.data();
    assert_eq!(newest(&house).await, (Cause::DoubleEncoded, Stage::Done, true));
}

async fn what_does_not_open_is_explained(house: House) {
    let token = house.token("u1").await;
    house.token("u2").await;
    let refused = async |body: Value| {
        let answer = bind(&house, &token, body).await;
        answer.refused(422, "decrypt_failed", "relogin");
        let json = answer.json();
        let shape: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        let told = ["code", "error", "msg", "nextStep", "requestId", "supportCode"];
        assert_eq!(shape, told, "one shape for every cause");
        newest(&house).await
    };
    let tap = house.tap("u1", "encrypted").await;
    let cut = |text: &str| text[..64].to_owned();
    assert_eq!(refused(data(&tap, |_| "!".into())).await, (Cause::NotBase64, Stage::Base64, false));
    assert_eq!(refused(data(&tap, |text| text[..65].into())).await, (Cause::Truncated, Stage::Base64, false));
    assert_eq!(refused(data(&tap, cut)).await.0, Cause::Truncated);
    let mut no_iv = tap.clone();
    no_iv["iv"] = json!("AAAA");
    assert_eq!(refused(no_iv).await, (Cause::IvInvalid, Stage::Iv, false));
    let sim = async |more: Value| {
        let mut body = json!({ "user": "u1", "appid": APP_1, "mode": "encrypted" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        house.sim("phone", body).await
    };
    let other = sim(json!({ "watermarkAppid": APP_2 })).await;
    assert_eq!(refused(other).await, (Cause::WrongApp, Stage::Watermark, false));
    let stale = sim(json!({ "watermarkAgeS": 700 })).await;
    assert_eq!(refused(stale).await, (Cause::StaleData, Stage::Watermark, false));
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let info = json!({ "encryptedData": info["encryptedData"], "iv": info["iv"] });
    assert_eq!(refused(info).await.0, Cause::WrongKindOfData);
    // The same ciphertext again is the same phone for the same user, until its time is over …
    for _ in 0..2 {
        bind(&house, &token, tap.clone()).await.data();
    }
    // … and nobody else's, ever.
    let thief = house.token("u2").await;
    bind(&house, &thief, tap.clone()).await.refused(422, "decrypt_failed", "relogin");
    assert_eq!(newest(&house).await.0, Cause::OtherUsersData);
    house.clock.advance(601);
    assert_eq!(refused(tap).await, (Cause::Replayed, Stage::Watermark, false));
}

async fn keys_that_are_not_there_are_told_apart(house: House) {
    let two_calls = async |openid: &str, tap: &Value| {
        let body = json!({ "appid": APP_1, "openid": openid, "encryptedData": tap["encryptedData"], "iv": tap["iv"] });
        house.post("/getWXUserPhone", body).await.refused(422, "decrypt_failed", "relogin");
        newest(&house).await
    };
    let login = house.log_in("u1").await;
    let tap = house.tap("u1", "encrypted").await;
    assert_eq!(two_calls("o-nobody", &tap).await, (Cause::NoSession, Stage::Key, false));
    house.clock.advance(72 * 3600 + 1);
    let openid = login["userInfo"]["openId"].as_str().unwrap();
    assert_eq!(two_calls(openid, &tap).await, (Cause::KeyExpired, Stage::Key, false));
}

async fn a_login_elsewhere_is_proved_by_wechat(house: House) {
    let token = house.token("u1").await;
    // wx.login, and its code goes nowhere.
    rotate(&house, "u1").await;
    house.code("u1", APP_1).await;
    let tap = house.tap("u1", "encrypted").await;
    bind(&house, &token, tap).await.refused(422, "decrypt_failed", "relogin");
    assert_eq!(newest(&house).await.0, Cause::Unknown, "a newer key may be on its way");
    a_minute_passes(&house).await;
    assert_eq!(newest(&house).await, (Cause::KeyRotatedElsewhere, Stage::Padding, false));
    let record = &records(&house).await[0];
    assert_eq!((record.asked.len(), record.asked[0].key_valid, record.asked[0].by.is_none()), (1, Some(false), true));
}

async fn codes_are_explained(house: House) {
    let login = async |code: &str, appid: &str, referer: Option<&str>| {
        let body = json!({ "code": code, "appid": appid }).to_string();
        let mut request = Request::post("/api/login").header(header::USER_AGENT, "MicroMessenger/8.0.50 Android");
        if let Some(referer) = referer {
            request =
                request.header(header::REFERER, format!("https://servicewechat.com/{referer}/12/page-frame.html"));
        }
        house.send(request.body(body.into()).unwrap()).await;
        let record = records(&house).await.remove(0);
        (record.cause, record.evidence.errcode, record.version)
    };
    let version = |text: &str| Some(text.to_owned());
    assert_eq!(login("the code is a mock one", APP_1, None).await.0, Cause::MockCodeFromDevtools);
    let unknown = login(&"0".repeat(32), APP_1, Some(APP_1)).await;
    assert_eq!(unknown, (Cause::CodeExpired, Some(40029), version("12")));
    assert_eq!(login(&"0".repeat(32), APP_1, Some(APP_2)).await.0, Cause::CodeOfOtherApp);
    assert_eq!(login(&"a".repeat(64), APP_1, None).await.0, Cause::PhoneCodeInLoginField);
    let code = house.code("u1", APP_1).await;
    house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await.data();
    house.clock.advance(1);
    assert_eq!(login(&code, APP_1, None).await, (Cause::CodeUsed, None, None));
    assert!(records(&house).await[0].user.is_some(), "the ledger knows whose it was");
    let code = house.code("u1", APP_1).await;
    house
        .wechat(&format!(
            "/sns/jscode2session?appid={APP_1}&secret={}&js_code={code}&grant_type=authorization_code",
            "1".repeat(32)
        ))
        .await;
    assert_eq!(login(&code, APP_1, None).await, (Cause::CodeUsed, Some(40163), None));
    house.sim("users", json!({})).await;
    let risky = house.sim("users", json!({ "risk": true })).await["user"].as_str().unwrap().to_owned();
    let code = house.code(&risky, APP_1).await;
    assert_eq!(login(&code, APP_1, None).await, (Cause::UserBlockedByWechat, Some(40226), None));

    let token = house.token("u1").await;
    let phone = async |body: Value| {
        bind(&house, &token, body).await;
        let record = records(&house).await.remove(0);
        (record.cause, record.stage)
    };
    assert_eq!(phone(json!({ "code": "0".repeat(64) })).await, (Cause::PhoneCodeExpired, Stage::PhoneCode));
    let login_code = house.code("u1", APP_1).await;
    assert_eq!(phone(json!({ "code": login_code })).await, (Cause::LoginCodeInPhoneField, Stage::PhoneCode));
    let quota = json!({ "errMsg": "getPhoneNumber:fail", "errno": 1_400_001 });
    assert_eq!(phone(quota).await, (Cause::PhoneQuotaExhausted, Stage::Button));
    assert_eq!(phone(json!({ "errMsg": "getPhoneNumber:fail user deny" })).await, (Cause::UserDenied, Stage::Button));
    let forbidden = json!({ "errMsg": "getPhoneNumber:fail no permission" });
    assert_eq!(phone(forbidden).await, (Cause::ButtonNotPermitted, Stage::Button));
    let tap = house.sim("phone", json!({ "user": "u1", "appid": APP_2, "mode": "code" })).await;
    assert_eq!(phone(json!({ "code": tap["code"] })).await, (Cause::PhoneCodeOfOtherApp, Stage::PhoneCode));

    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let body = json!({ "rawData": info["rawData"], "signature": "0".repeat(40) });
    house.post_as(&token, "/api/profile", body).await.refused(422, "signature_mismatch", "relogin");
    assert_eq!(newest(&house).await, (Cause::RawDataChanged, Stage::Signature, false));
}

async fn wechats_own_troubles_are_told(house: House) {
    for (fault, cause) in [
        (json!({ "busy": true, "times": 2 }), Cause::WechatBusy),
        (json!({ "status": 502 }), Cause::WechatUnreachable),
        (json!({ "garbage": "html" }), Cause::WechatUnreachable),
        (json!({ "errcode": 40164, "times": 1 }), Cause::IpNotWhitelisted),
        (json!({ "errcode": 40125, "times": 1 }), Cause::AppSecretWrong),
        (json!({ "errcode": 40243, "times": 1 }), Cause::AppMisconfigured),
        (json!({ "errcode": 45009, "times": 1 }), Cause::QuotaExhausted),
        (json!({ "errcode": 45011, "times": 1 }), Cause::QuotaExhausted),
        (json!({ "errcode": 61007, "times": 1 }), Cause::Unknown),
    ] {
        house.sim("faults", fault.clone()).await;
        let code = house.code("u1", APP_1).await;
        house.post("/api/login", json!({ "code": code, "appid": APP_1 })).await;
        assert_eq!(newest(&house).await, (cause, Stage::LoginCode, false), "{fault}");
    }
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let push =
        json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_info_modified", "wrongSignature": true });
    house.sim("push", push.clone()).await;
    assert_eq!(newest(&house).await, (Cause::PushSignatureWrong, Stage::Push, false));
    let mut other_key = push;
    other_key["wrongSignature"] = json!(false);
    other_key["aesKey"] = json!("9".repeat(43));
    house.sim("push", other_key).await;
    assert_eq!(newest(&house).await, (Cause::PushKeyWrong, Stage::Push, false));
}

async fn a_phone_code_saves_what_the_data_could_not(house: House) {
    let token = house.token("u1").await;
    rotate(&house, "u1").await;
    house.code("u1", APP_1).await;
    let tap = house.tap("u1", "both").await;
    bind(&house, &token, tap).await.data();
    // The client got its answer; why the data was of no use is proved all the same.
    house.server.accounts.reports_written().await;
    a_minute_passes(&house).await;
    assert_eq!(newest(&house).await, (Cause::KeyRotatedElsewhere, Stage::Padding, true));
}

async fn a_failure_has_its_story(house: House) {
    let token = house.token("u1").await;
    house.clock.advance(60);
    bind(&house, &token, json!({ "code": "0".repeat(64) })).await;
    house.server.accounts.reports_written().await;
    house.clock.advance(5);
    let tap = house.tap("u1", "code").await;
    bind(&house, &token, tap).await.data();
    let record = records(&house).await.remove(0);
    let overcome = house.clock.now().plus_seconds(-1);
    assert_eq!(record.later_success, Some(overcome), "a later attempt succeeded");
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let story = viewer.failure(&record.id).await.unwrap();
    let kinds: Vec<_> = story.events.iter().map(|event| &event.kind).collect();
    assert!(kinds.contains(&&EventKind::FirstLogin) && kinds.contains(&&EventKind::KeyReceived), "{kinds:?}");
    let failure =
        EventKind::Failure { id: record.id.clone(), cause: Cause::PhoneCodeExpired, healed: false, likely: false };
    assert!(kinds.contains(&&failure), "{kinds:?}");
    let phone = kinds.iter().find_map(|kind| if let EventKind::Phone { new, .. } = kind { new.clone() } else { None });
    assert!(phone.unwrap().contains('*'));
    assert!(story.events.is_sorted_by_key(|event| event.at));
    assert_eq!(story.similar, 0);
    bind(&house, &token, json!({ "code": "1".repeat(64) })).await;
    records(&house).await;
    assert_eq!(viewer.failure(&record.id).await.unwrap().similar, 1);
    assert!(viewer.failure("nonsense").await.is_err());
    let user = record.user.as_ref().unwrap().id.clone();
    let life = viewer.user(&user).await.unwrap().events;
    assert!(life.iter().any(|event| event.kind == failure), "{life:?}");
}

async fn the_list_is_filtered_and_counted(house: House) {
    let token = house.token("u1").await;
    for number in 0..60 {
        bind(&house, &token, json!({ "code": format!("{number:064}") })).await;
        house.clock.advance(3);
    }
    house.post("/api/login", json!({ "code": "0".repeat(32), "appid": APP_1 })).await;
    house.server.accounts.reports_written().await;
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    let all = viewer.failures(FailureQuery::default()).await.unwrap();
    assert_eq!(all.page.items.len(), 50);
    let counts: Vec<_> = all.causes.iter().map(|count| (count.cause, count.failed, count.healed)).collect();
    assert_eq!(counts, [(Cause::PhoneCodeExpired, 60, 0), (Cause::CodeExpired, 1, 0)]);
    let next = viewer.failures(FailureQuery { cursor: all.page.next, ..FailureQuery::default() }).await.unwrap();
    assert_eq!((next.page.items.len(), next.page.next.is_none()), (11, true));
    let matching = async |query: FailureQuery| viewer.failures(query).await.unwrap().page.items.len();
    let none = FailureQuery::default;
    assert_eq!(matching(FailureQuery { cause: Some(Cause::CodeExpired), ..none() }).await, 1);
    assert_eq!(matching(FailureQuery { stage: Some(Stage::LoginCode), ..none() }).await, 1);
    assert_eq!(matching(FailureQuery { appid: Some(APP_2.into()), ..none() }).await, 0);
    assert_eq!(matching(FailureQuery { healed: Some(true), ..none() }).await, 0);
    let beijing = Zone::default();
    let (from, to) = (beijing.from("2026-11-21"), beijing.to("2026-11-21"));
    assert_eq!(matching(FailureQuery { from, to, ..none() }).await, 50);
    assert_eq!(matching(FailureQuery { to: beijing.to("2026-11-20"), ..none() }).await, 0);
}

async fn wechat_is_asked_and_its_answers_are_filed(house: House) {
    let token = house.token("u1").await;
    house.token("u2").await;
    let support = house.console("support").await.support().await.unwrap();
    assert!(house.console("viewer").await.support().await.is_err());
    // Another user's data, which was never opened here: nothing proves whose it is.
    let tap = house.tap("u2", "encrypted").await;
    bind(&house, &token, tap).await.refused(422, "decrypt_failed", "relogin");
    let record = records(&house).await.remove(0);
    assert_eq!((record.cause, record.asked[0].key_valid), (Cause::Unknown, Some(true)));
    support.ask_wechat(&record.id).await.unwrap();
    let record = records(&house).await.remove(0);
    let last = record.asked.last().unwrap();
    assert_eq!((record.cause, last.made_by_wechat, last.by.as_deref()), (Cause::Unknown, Some(true), Some("support")));
    assert_eq!(last.made_at, Some(record.at.0 / 1000), "WeChat says when");
    // Made up by somebody: WeChat does not know it.
    let forged = json!({ "encryptedData": "A".repeat(64), "iv": "AAAAAAAAAAAAAAAAAAAAAA==" });
    bind(&house, &token, forged).await.refused(422, "decrypt_failed", "relogin");
    let record = records(&house).await.remove(0);
    support.ask_wechat(&record.id).await.unwrap();
    assert_eq!(newest(&house).await.0, Cause::NotKnownToWechat);
    assert!(house.server.accounts.verify_audit().await.unwrap().is_ok());
    assert_eq!(house.count("audit WHERE action = 'ask_wechat'").await, 2);
}

async fn a_request_id_leads_to_the_user(house: House) {
    let login = house.log_in("u1").await;
    let answer = bind(&house, login["token"].as_str().unwrap(), json!({ "code": "0".repeat(64) })).await;
    let record = records(&house).await.remove(0);
    let viewer = house.console("viewer").await.viewer().await.unwrap();
    for trace in [answer.header("x-request-id"), record.evidence.rid.as_deref().unwrap()] {
        let query = latchkey_app::types::UserQuery { q: trace.to_owned(), ..Default::default() };
        let users = viewer.users(query).await.unwrap().page.items;
        assert_eq!(
            users.iter().map(|user| user.summary.id.as_str()).collect::<Vec<_>>(),
            [login["userInfo"]["userId"].as_str().unwrap()]
        );
    }
}

async fn an_erased_user_leaves_no_trace_in_the_failures(house: House) {
    let token = house.token("u1").await;
    bind(&house, &token, house.tap("u1", "encrypted").await).await.data();
    bind(&house, &token, json!({ "code": "0".repeat(64) })).await;
    house.server.accounts.reports_written().await;
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    house
        .sim("push", json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_authorization_cancellation" }))
        .await;
    assert_eq!((house.count("failures").await, house.count("failures WHERE user_id IS NOT NULL").await), (1, 0));
    assert_eq!(house.count("ciphertexts").await, 0);
}
