use super::*;

#[tokio::test]
async fn a_session_is_checked_and_reset_with_its_signature() {
    let simulator = simulator();
    let token = text(&simulator.stable_token(false).await, "access_token").to_owned();
    let session = simulator.exchange(&simulator.login("u1").await).await;
    let openid = text(&session, "openid");
    let uri = |path: &str, key: &str, method: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        let signature = hex::encode(mac.finalize().into_bytes());
        format!("/wxa/{path}?access_token={token}&openid={openid}&signature={signature}&sig_method={method}")
    };
    let call = async |path: &str, key: &str| simulator.get(&uri(path, key, "hmac_sha256")).await;
    assert_eq!(simulator.get(&uri("checksession", "x", "md5")).await["errcode"], 87008);
    assert_eq!(simulator.get(&format!("/wxa/checksession?access_token={token}")).await["errcode"], 40097);
    assert_eq!(call("checksession", "x").await["errcode"], 87009);
    assert_eq!(call("resetusersessionkey", "x").await["errcode"], 87009);

    let old = text(&session, "session_key");
    assert_eq!(call("checksession", old).await, json!({ "errcode": 0, "errmsg": "ok" }));
    simulator.clock().advance(86_400 - 60);
    assert_eq!(call("checksession", old).await["errcode"], 42001, "the token's life, not the key's");
    simulator.clock().advance(60 - 86_400);
    let reset = call("resetusersessionkey", old).await;
    assert_eq!((&reset["errcode"], text(&reset, "openid")), (&json!(0), openid));
    assert_eq!(call("checksession", old).await["errcode"], 87009);
    assert_eq!(call("checksession", text(&reset, "session_key")).await["errcode"], 0);
    simulator.sim("expire", json!({ "user": "u1", "appid": APP_1 })).await;
    assert_eq!(call("checksession", text(&reset, "session_key")).await["errcode"], 87009);
    assert_eq!(call("resetusersessionkey", text(&reset, "session_key")).await["errcode"], 87007);
}
