//! Causes that are concluded only where they are proved, and what is left unknown otherwise.

use axum::http::{Request, header};
use latchkey_app::{
    port::Support,
    types::{Cause, Failure, Proof, Role, Stage},
};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    databases::{by_hand, on_both},
    erase::erase,
    failures::{bind, newest, records, rotate},
    house::{APP_1, APP_2, House},
};

on_both!(crate::house::House::new =>
    a_key_that_ends_later_proves_nothing,
    an_earlier_yes_stands_against_a_later_no,
    what_has_no_data_is_not_explained_by_a_key,
    two_who_ask_at_once_both_have_their_answer_filed,
    a_no_for_one_hash_is_no_answer,
    only_phone_data_is_unknown_to_wechat,
    when_wechat_made_it_is_told,
    an_openid_that_nobody_has_leads_to_its_failure,
    an_erased_openid_is_emptied_where_nobody_had_it,
    pushes_have_causes_of_their_own,
    a_good_push_tells_that_the_token_is_right,
    a_developer_without_an_account_gets_the_page_as_text,
    a_code_that_failed_elsewhere_is_not_another_apps,
    a_phone_code_of_another_app_alarms_nobody,
    a_code_that_was_spent_while_wechat_was_busy_is_not_the_clients_fault,
    forged_versions_are_not_counted,
    healed_user_info_is_told_and_remembered,
    keys_that_a_reset_took_are_not_called_old,
    older_words_are_shown_as_they_are,
);

const FORGED: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const IV: &str = "AAAAAAAAAAAAAAAAAAAAAA==";

async fn support(house: &House) -> std::sync::Arc<dyn Support> {
    house.console("support").await.support().await.unwrap()
}

async fn record(house: &House) -> Failure {
    records(house).await.remove(0)
}

/// Data of somebody else, which no key of u1 opens and which nothing explains.
async fn foreign(house: &House, token: &str) -> Failure {
    house.token("u2").await;
    let tap = house.tap("u2", "encrypted").await;
    bind(house, token, tap).await.refused(422, "decrypt_failed", "relogin");
    record(house).await
}

async fn new_key_elsewhere(house: &House) {
    rotate(house, "u1").await;
    house.code("u1", APP_1).await;
}

async fn a_key_that_ends_later_proves_nothing(house: House) {
    let token = house.token("u1").await;
    // WeChat cannot be asked at once.
    house.sim("faults", json!({ "status": 502, "path": "checksession" })).await;
    let failure = foreign(&house, &token).await;
    assert_eq!(failure.asked[0].key_valid, None);
    house.clock.advance(130);
    new_key_elsewhere(&house).await;
    support(&house).await.ask_wechat(&failure.id).await.unwrap();
    house.clock.advance(61);
    house.server.accounts.conclude_waiting().await.unwrap();
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked[1].key_valid), (Cause::Unknown, Some(false)));
}

async fn an_earlier_yes_stands_against_a_later_no(house: House) {
    let token = house.token("u1").await;
    let failure = foreign(&house, &token).await;
    assert_eq!(failure.asked[0].key_valid, Some(true));
    new_key_elsewhere(&house).await;
    support(&house).await.ask_wechat(&failure.id).await.unwrap();
    house.clock.advance(61);
    house.server.accounts.conclude_waiting().await.unwrap();
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked[1].key_valid), (Cause::Unknown, Some(false)));
}

async fn what_has_no_data_is_not_explained_by_a_key(house: House) {
    let token = house.token("u1").await;
    bind(&house, &token, json!({ "errMsg": "getPhoneNumber:fail something new" })).await;
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.stage), (Cause::Unknown, Stage::Button));
    new_key_elsewhere(&house).await;
    support(&house).await.ask_wechat(&failure.id).await.unwrap();
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked[0].key_valid), (Cause::Unknown, Some(false)));
}

async fn forged(house: &House, token: &str) -> Failure {
    bind(house, token, json!({ "encryptedData": FORGED, "iv": IV })).await.refused(422, "decrypt_failed", "relogin");
    record(house).await
}

async fn two_who_ask_at_once_both_have_their_answer_filed(house: House) {
    let token = house.token("u1").await;
    let failure = forged(&house, &token).await;
    let support = support(&house).await;
    house.sim("faults", json!({ "latencyMs": 100, "times": 2, "path": "checksession" })).await;
    let (one, other) = tokio::join!(support.ask_wechat(&failure.id), support.ask_wechat(&failure.id));
    assert!(one.is_ok() && other.is_ok());
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked.len()), (Cause::NotKnownToWechat, 3));
    let total = async |cause: &str| {
        let sum = format!("(SELECT SUM(total) AS n FROM rollups WHERE cause = '{cause}') AS sums WHERE n = ");
        (house.count(&format!("{sum}1")).await, house.count(&format!("{sum}0")).await)
    };
    assert_eq!((total("not_known_to_wechat").await, total("unknown").await), ((1, 0), (0, 1)), "recounted once");
}

async fn a_no_for_one_hash_is_no_answer(house: House) {
    let token = house.token("u1").await;
    let failure = forged(&house, &token).await;
    // As an earlier version kept it.
    let evidence = r#"{"wanted":"phone","keys":[{"age_ms":1,"stage":"Padding"}],"proof":"none of 1 keys opens it"}"#;
    by_hand(&house.server.accounts.db, &format!("UPDATE failures SET evidence = '{evidence}'")).await;
    support(&house).await.ask_wechat(&failure.id).await.unwrap();
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked[1].made_by_wechat), (Cause::Unknown, None));
    // What is healed keeps both hashes, too.
    let tap = house.tap("u1", "encrypted").await;
    let text = tap["encryptedData"].as_str().unwrap();
    let damaged = format!("{}\n{}", &text[..64], &text[64..]);
    bind(&house, &token, json!({ "encryptedData": damaged, "iv": tap["iv"] })).await.data();
    let evidence = record(&house).await.evidence;
    assert!(evidence.base64_sha256.is_some() && evidence.base64_sha256 != evidence.ciphertext_sha256);
}

async fn only_phone_data_is_unknown_to_wechat(house: House) {
    let token = house.token("u1").await;
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    let body = json!({ "rawData": info["rawData"], "signature": info["signature"], "encryptedData": FORGED, "iv": IV });
    house.post_as(&token, "/api/profile", body).await.refused(422, "decrypt_failed", "relogin");
    let failure = record(&house).await;
    support(&house).await.ask_wechat(&failure.id).await.unwrap();
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.asked[1].made_by_wechat), (Cause::Unknown, None));
    assert_eq!(house.calls("/wxa/business/checkencryptedmsg").await, 0);
    // A phone was wanted, and what came is not known: no word of a leak.
    let failure = forged(&house, &token).await;
    support(&house).await.ask_wechat(&failure.id).await.unwrap();
    assert_eq!(newest(&house).await.0, Cause::NotKnownToWechat);
    let page = Browser::of(&house, Role::Viewer).await.page(&format!("/console/failures/{}", failure.id)).await;
    assert!(page.contains("微信不认识这份密文") && !page.contains("泄露"), "{page}");
    assert!(page.contains("保存的那把密钥解不开；微信：最近三天没有这样一份手机号密文"), "{page}");
}

/// wx.login inside the callback, and one call for everything: the key that the phone was encrypted under was never here.
async fn when_wechat_made_it_is_told(house: House) {
    house.code("u1", APP_1).await;
    let tap = house.tap("u1", "encrypted").await;
    rotate(&house, "u1").await;
    house.clock.advance(4);
    let code = house.code("u1", APP_1).await;
    let body = json!({ "appid": APP_1, "code": code, "encryptedData": tap["encryptedData"], "iv": tap["iv"] });
    assert_eq!(house.post("/api/login", body).await.data()["phoneError"]["error"], "decrypt_failed");
    let failure = record(&house).await;
    assert_eq!(failure.cause, Cause::Unknown);
    support(&house).await.ask_wechat(&failure.id).await.unwrap();
    let failure = record(&house).await;
    assert_eq!(failure.asked[1].made_at, Some(failure.at.0 / 1000 - 4));
    let page = Browser::of(&house, Role::Viewer).await.page(&format!("/console/failures/{}", failure.id)).await;
    assert!(page.contains("最早一把密钥到达 4.0 秒前"), "{page}");
}

async fn two_calls(house: &House, openid: &str) {
    let body = json!({ "appid": APP_1, "openid": openid, "encryptedData": FORGED, "iv": IV });
    house.post("/getWXUserPhone", body).await.refused(422, "decrypt_failed", "relogin");
}

async fn an_openid_that_nobody_has_leads_to_its_failure(house: House) {
    two_calls(&house, "oNobody-has_this1").await;
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.openid.as_deref()), (Cause::NoSession, Some("oNobody-has_this1")));
    let viewer = Browser::of(&house, Role::Viewer).await;
    assert_eq!(viewer.led("search", &[("q", "oNobody-has_this1")]).await, format!("/console/failures/{}", failure.id));
    assert!(viewer.page(&format!("/console/failures/{}", failure.id)).await.contains("oNobody-has_this1"));
    // Whatever a client claims to be: no more than an openid has, and nothing that a database refuses.
    two_calls(&house, &format!("o\u{0}小{}", "x".repeat(4000))).await;
    assert_eq!(record(&house).await.openid, Some(format!("o{}", "x".repeat(127))));
}

async fn an_erased_openid_is_emptied_where_nobody_had_it(house: House) {
    let admin = Browser::of(&house, Role::Admin).await;
    let login = house.log_in("u1").await;
    let openid = login["userInfo"]["openId"].as_str().unwrap();
    erase(&admin, login["userInfo"]["userId"].as_str().unwrap(), "by mail").await;
    two_calls(&house, openid).await;
    two_calls(&house, "o-somebody-else").await;
    records(&house).await;
    assert_eq!(house.count("failures WHERE openid IS NOT NULL").await, 2);
    let again = house.log_in("u1").await;
    assert_eq!(again["userInfo"]["openId"], openid);
    erase(&admin, again["userInfo"]["userId"].as_str().unwrap(), "by mail").await;
    assert_eq!(house.count("failures WHERE openid = 'o-somebody-else'").await, 1);
    assert_eq!(house.count("failures WHERE openid IS NOT NULL").await, 1);
    assert_eq!(house.count("failures WHERE request_id = ''").await, 1);
}

async fn pushes_have_causes_of_their_own(house: House) {
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let push = async |more: Value| {
        let mut body = json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_authorization_revoke" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        // Records of one moment have no order.
        house.clock.advance(1);
        house.sim("push", body).await;
        let failure = record(&house).await;
        assert_eq!(failure.stage, Stage::Push);
        failure.cause
    };
    let now = house.clock.now().seconds();
    assert_eq!(push(json!({ "timestamp": now - 700 })).await, Cause::PushStale);
    assert_eq!(push(json!({ "wrongReceiver": true })).await, Cause::PushKeyWrong);
    assert_eq!(push(json!({ "event": "verify", "wrongSignature": true })).await, Cause::PushSignatureWrong);
    assert_eq!(push(json!({ "event": "verify", "timestamp": now - 700 })).await, Cause::PushStale);
    // The plain signature does not cover what a message says: with another message it is refused.
    let again = |nonce: &str, number: &str| {
        json!({ "mode": "plain", "nonce": nonce, "revokeInfo": number,
        "timestamp": now, "createTime": now })
    };
    house
        .sim("push", {
            let mut body = json!({ "appid": APP_1, "user": "u1", "url": url, "event": "user_authorization_revoke" });
            body.as_object_mut().unwrap().extend(again("n1", "2").as_object().unwrap().clone());
            body
        })
        .await;
    assert_eq!(push(again("n1", "8")).await, Cause::PushReplayed);
    // Nobody's push counts as a version of the mini program.
    let request = Request::post(format!("/wechat/push/{APP_1}"))
        .header(header::REFERER, format!("https://servicewechat.com/{APP_1}/77/page-frame.html"));
    house.send(request.body("{}".into()).unwrap()).await;
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.version), (Cause::PushSignatureWrong, None));
}

async fn a_good_push_tells_that_the_token_is_right(house: House) {
    let viewer = Browser::of(&house, Role::Viewer).await;
    let url = format!("{}/wechat/push/{APP_1}", house.listen().await);
    let push = async |wrong: bool| {
        let event = "user_authorization_revoke";
        let body = json!({ "appid": APP_1, "user": "u1", "url": url, "event": event, "wrongSignature": wrong });
        house.sim("push", body).await;
    };
    push(true).await;
    let failure = record(&house).await;
    assert_eq!((failure.cause, &failure.evidence.proof), (Cause::PushSignatureWrong, &Proof::PushNeverSigned));
    let page = viewer.page(&format!("/console/failures/{}", failure.id)).await;
    assert!(page.contains("消息推送的签名不对，也没有过正确的") && page.contains("核对 Token"), "{page}");

    let at = house.clock.now();
    push(false).await;
    push(true).await;
    let failure = record(&house).await;
    assert_eq!(failure.evidence.proof, Proof::PushUnsignedAfter(at));
    let page = viewer.page(&format!("/console/failures/{}", failure.id)).await;
    assert!(page.contains("签名不对的推送：不是微信发来的") && page.contains("所以 Token 没有问题"), "{page}");
    assert!(page.contains("不需要处理，也不用重启") && !page.contains("核对 Token，与"), "{page}");
}

async fn a_developer_without_an_account_gets_the_page_as_text(house: House) {
    let login = house.log_in("u1").await;
    let tap = house.tap("u1", "encrypted").await;
    let swapped = json!({ "encryptedData": tap["iv"], "iv": tap["encryptedData"] });
    bind(&house, login["token"].as_str().unwrap(), swapped).await.refused(422, "decrypt_failed", "relogin");
    let failure = record(&house).await;
    let page = Browser::of(&house, Role::Viewer).await.page(&format!("/console/failures/{}", failure.id)).await;
    assert!(page.contains("<h1>iv 与 encryptedData 放反了</h1>"), "{page}");
    let (_, text) = page.split_once("class=\"card as-text\"").unwrap();
    let text = text.split_once("</details>").unwrap().0;
    for part in ["iv_invalid", &failure.request_id, "iv 与 encryptedData 放反了", "const post =", "data-copy="] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(login["userInfo"]["openId"].as_str().unwrap()), "{text}");
}

async fn a_code_that_failed_elsewhere_is_not_another_apps(house: House) {
    let log_in =
        async |code: &str, appid: &str| house.post("/api/login", json!({ "code": code, "appid": appid })).await;
    let made_up = "0123456789abcdefghijklmnopqrstuv";
    log_in(made_up, APP_2).await;
    log_in(made_up, APP_1).await.refused(401, "login_code_invalid", "relogin");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.evidence.code_chars), (Cause::CodeExpired, Some(32)));
    // One that was good there is.
    let code = house.code("u1", APP_2).await;
    log_in(&code, APP_2).await.data();
    house.clock.advance(301);
    log_in(&code, APP_1).await.refused(401, "login_code_invalid", "relogin");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.evidence.proof), (Cause::CodeOfOtherApp, Proof::SpentAs(APP_2.into())));
}

async fn a_phone_code_of_another_app_alarms_nobody(house: House) {
    let token = house.token("u1").await;
    let tap = house.sim("phone", json!({ "user": "u1", "appid": APP_2, "mode": "code" })).await;
    bind(&house, &token, json!({ "code": tap["code"] })).await.refused(500, "misconfigured", "stop");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.evidence.errcode), (Cause::PhoneCodeOfOtherApp, Some(40013)));
    assert_eq!(house.count("alerts").await, 0);
    // The same errcode for the access_token is the operator's affair.
    let other = House::with(&crate::databases::sqlite_url(), |_| {}).await;
    let token = other.token("u1").await;
    other.sim("faults", json!({ "errcode": 40013, "path": "stable_token" })).await;
    bind(&other, &token, json!({ "code": "0".repeat(64) })).await.refused(500, "misconfigured", "stop");
    assert_eq!(newest(&other).await.0, Cause::AppMisconfigured);
    assert_eq!(other.count("alerts").await, 1);
}

async fn a_code_that_was_spent_while_wechat_was_busy_is_not_the_clients_fault(house: House) {
    house.sim("faults", json!({ "busy": true })).await;
    house.sim("faults", json!({ "errcode": 40163 })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body).await.refused(401, "login_code_used", "relogin");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.evidence.errcode), (Cause::WechatBusy, Some(40163)));
    // An answer that got lost, and the same request again, as `retry` asks for.
    house.sim("faults", json!({ "dropAfter": true })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body.clone()).await.refused(503, "wechat_unavailable", "retry");
    assert_eq!(newest(&house).await.0, Cause::WechatUnreachable);
    house.post("/api/login", body).await.refused(401, "login_code_used", "relogin");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.evidence.proof), (Cause::WechatUnreachable, Proof::UsedAfterNoAnswer));
    house.sim("faults", json!({ "busy": true, "times": 2 })).await;
    let body = json!({ "code": house.code("u1", APP_1).await, "appid": APP_1 });
    house.post("/api/login", body).await.refused(503, "wechat_unavailable", "retry");
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.evidence.errcode), (Cause::WechatBusy, Some(-1)));
    assert!(failure.evidence.rid.is_some(), "WeChat's support asks for it");
}

async fn forged_versions_are_not_counted(house: House) {
    for version in ["12", "1234567", "x", "0012", "12a", "devtools", "0"] {
        let referer = format!("https://servicewechat.com/{APP_1}/{version}/page-frame.html");
        let body = json!({ "code": "0".repeat(32), "appid": APP_1 }).to_string();
        let request = Request::post("/api/login").header(header::REFERER, referer).body(body.into()).unwrap();
        house.send(request).await;
    }
    records(&house).await;
    assert_eq!(house.count("(SELECT DISTINCT version FROM rollups WHERE version <> '') AS versions").await, 1);
    assert_eq!(house.count("failures WHERE version IN ('12', 'devtools', '0')").await, 3);
}

async fn healed_user_info_is_told_and_remembered(house: House) {
    house.token("u1").await;
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    rotate(&house, "u1").await;
    house.clock.advance(2);
    let token = house.token("u1").await;
    house.post_as(&token, "/api/profile", info.clone()).await.data();
    let failure = record(&house).await;
    let stages: Vec<_> = failure.evidence.keys.iter().map(|key| key.stage).collect();
    assert_eq!((failure.cause, failure.healed, stages.len()), (Cause::LoginAfterPhoneButton, true, 2));
    assert_eq!((failure.call.as_str(), stages[1]), ("POST /api/profile", Stage::Done));
    assert_eq!(house.count("ciphertexts").await, 1);
    assert_eq!(house.count("rollups WHERE metric = 'phones_healed'").await, 0, "no phone was healed");
    // Somebody else comes with it.
    let body = json!({ "appid": APP_1, "code": house.code("u2", APP_1).await, "encryptedData": info["encryptedData"],
        "iv": info["iv"] });
    house.post("/thirdLogin", body).await;
    assert_eq!(newest(&house).await.0, Cause::OtherUsersData);
    // The older call heals and remembers as well.
    let info = house.sim("userinfo", json!({ "user": "u1", "appid": APP_1 })).await;
    rotate(&house, "u1").await;
    let body = json!({ "appid": APP_1, "code": house.code("u1", APP_1).await, "encryptedData": info["encryptedData"],
        "iv": info["iv"] });
    assert_eq!(house.post("/thirdLogin", body).await.status, 200);
    let failure = record(&house).await;
    assert_eq!((failure.cause, failure.call.as_str()), (Cause::LoginAfterPhoneButton, "POST /thirdLogin"));
    assert_eq!(house.count("ciphertexts").await, 2);
}

/// A binding that an undo gives back comes without its keys.
async fn keys_that_a_reset_took_are_not_called_old(house: House) {
    let login = house.log_in("u1").await;
    let openid = login["userInfo"]["openId"].as_str().unwrap();
    by_hand(&house.server.accounts.db, "DELETE FROM session_keys").await;
    two_calls(&house, openid).await;
    let failure = record(&house).await;
    assert_eq!((failure.cause, &failure.evidence.proof), (Cause::KeyExpired, &Proof::NoKeyKept));
    let viewer = Browser::of(&house, Role::Viewer).await.in_english();
    let page = viewer.page(&format!("/console/failures/{}", failure.id)).await;
    assert!(page.contains("the user has logged in, and no session_key is kept"), "{page}");
    assert!(
        page.contains("but a reset has deleted the key") && !page.contains("keeps a session_key for 72 hours"),
        "{page}"
    );
}

async fn older_words_are_shown_as_they_are(house: House) {
    house.post("/api/login", json!({ "code": "0".repeat(32), "appid": APP_1 })).await;
    let id = record(&house).await.id;
    let words = "WeChat does not know it (40029)";
    let sql = format!(r#"UPDATE failures SET evidence = '{{"errcode":40029,"proof":"{words}"}}'"#);
    by_hand(&house.server.accounts.db, &sql).await;
    assert_eq!(record(&house).await.evidence.proof, Proof::Words(words.into()));
    let page = Browser::of(&house, Role::Viewer).await.page(&format!("/console/failures/{id}")).await;
    assert!(page.contains(&format!("<span lang=\"en\">{words}</span>")), "{page}");
}
