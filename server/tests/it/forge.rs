//! Ciphertexts that somebody makes who has got hold of a session_key, and what happens to them on the way.

use aes::Aes128;
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use serde_json::{Value, json};

use crate::house::{APP_1, House};

const IV: [u8; 16] = [7; 16];

/// The user's session_key in the first mini program, as WeChat gives it to anybody with the AppSecret. Spends a login code.
pub async fn session_key(house: &House, user: &str) -> String {
    let code = house.code(user, APP_1).await;
    let secret = "1".repeat(32);
    let query = format!("appid={APP_1}&secret={secret}&js_code={code}&grant_type=authorization_code");
    house.wechat(&format!("/sns/jscode2session?{query}")).await["session_key"].as_str().unwrap().to_owned()
}

/// encryptedData and iv under a session_key.
pub fn encrypted(session_key: &str, content: &Value) -> Value {
    let key = <[u8; 16]>::try_from(STANDARD.decode(session_key).unwrap()).unwrap();
    let text = content.to_string();
    let mut buffer = [text.as_bytes(), &[0; 16]].concat();
    let cipher = cbc::Encryptor::<Aes128>::new(&key.into(), &IV.into());
    let data = cipher.encrypt_padded::<Pkcs7>(&mut buffer, text.len()).unwrap();
    json!({ "encryptedData": STANDARD.encode(data), "iv": STANDARD.encode(IV) })
}

/// User info as WeChat encrypts it, of whatever openid.
pub fn user_info(house: &House, openid: &str) -> Value {
    let now = house.clock.now().seconds();
    json!({ "openId": openid, "nickName": "小明", "watermark": { "timestamp": now, "appid": APP_1 } })
}
