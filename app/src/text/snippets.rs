//! The code beside a fix: the correct form, and the wrong one where seeing both helps.
//!
//! Written once for both languages; of a comment, the half before ` | ` is Chinese and the one after it English.

use super::{Lang, T};
use crate::types::Cause;

impl T {
    /// What the code of a mini program should look like; absent where no code is to blame.
    pub fn snippet(self, cause: Cause) -> Option<String> {
        of(cause).map(|code| in_language(code, self.0))
    }
}

fn in_language(code: &str, lang: Lang) -> String {
    let line = |line: &str| match line.split_once("//").zip(line.split_once(" | ")) {
        Some(((before, _), (_, english))) if lang == Lang::En => format!("{before}// {english}"),
        Some((_, (chinese, _))) => chinese.to_owned(),
        None => line.to_owned(),
    };
    code.lines().map(line).collect::<Vec<_>>().join("\n")
}

const fn of(cause: Cause) -> Option<&'static str> {
    Some(match cause {
        Cause::LoginAfterPhoneButton | Cause::NoSession => LOGIN_FIRST,
        Cause::KeyRotatedElsewhere => EVERY_CODE,
        Cause::KeyExpired | Cause::LoginCodeInPhoneField => PHONE_CODE,
        Cause::PlusLost
        | Cause::UrlSafeAlphabet
        | Cause::PaddingLost
        | Cause::LineBreaks
        | Cause::Truncated
        | Cause::ChangedInTransit => AS_JSON,
        Cause::DoubleEncoded => ENCODED_ONCE,
        Cause::NotBase64 | Cause::UserDenied => WHEN_ALLOWED,
        Cause::IvInvalid | Cause::StaleData | Cause::Replayed | Cause::NotKnownToWechat | Cause::PhoneCodeExpired => {
            AT_ONCE
        }
        Cause::WrongApp | Cause::CodeOfOtherApp | Cause::PhoneCodeOfOtherApp => OWN_APPID,
        Cause::OtherUsersData => OWN_TOKEN,
        Cause::WrongKindOfData => TWO_CALLS,
        Cause::RawDataChanged => RAW_DATA,
        Cause::CodeExpired | Cause::CodeUsed => ONE_LOGIN,
        Cause::MockCodeFromDevtools => PROJECT,
        Cause::PhoneCodeInLoginField => TWO_CODES,
        Cause::PhoneQuotaExhausted => NO_QUOTA,
        Cause::ButtonNotPermitted => PRIVACY,
        Cause::PushSignatureWrong | Cause::PushKeyWrong | Cause::PushNotEncrypted | Cause::PushReplayed => PUSH,
        Cause::NotFromWechat
        | Cause::IpNotWhitelisted
        | Cause::AppSecretWrong
        | Cause::AppMisconfigured
        | Cause::UnknownApp
        | Cause::QuotaExhausted
        | Cause::WechatBusy
        | Cause::WechatUnreachable
        | Cause::UserBlockedByWechat
        | Cause::PushStale
        | Cause::Unknown => return None,
    })
}

const LOGIN_FIRST: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
// app.js：启动时登录一次，保存 token | app.js: log in once, at the start, and keep the token
onLaunch() {
  wx.login({
    success: ({ code }) => post('/api/login', { code })
      .then(({ data }) => { if (data.token) wx.setStorageSync('token', data.token) })
  })
}

// 页面：回调里没有 wx.login | The page: no wx.login in the callback
onPhone(e) {
  const { encryptedData, iv, code } = e.detail
  post('/api/bindPhone', { encryptedData, iv, code })
}";

const EVERY_CODE: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
// 错误：换了密钥，code 却没有发送 | Wrong: a new key, but its code goes nowhere
wx.checkSession({ fail: () => wx.login() })

// 正确：每个 code 都发送 | Right: every code is sent
wx.checkSession({
  fail: () => wx.login({
    success: ({ code }) => post('/api/login', { code })
  })
})";

const PHONE_CODE: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
// 有 code（基础库 2.21.2 起）时不需要 session_key | With a code (base library 2.21.2 or later) no session_key is needed
onPhone(e) {
  const { code, encryptedData, iv } = e.detail
  post('/api/bindPhone', code ? { code } : { encryptedData, iv })
}";

const AS_JSON: &str = "\
wx.request({
  url: HOST + '/api/bindPhone',
  method: 'POST',
  // 对象默认以 JSON 发送，原样传递两个字符串 | An object is sent as JSON; pass both strings as they are
  data: { encryptedData: e.detail.encryptedData, iv: e.detail.iv },
  header: { Authorization: 'Bearer ' + token }
})

// 自己拼接表单时才需要编码，只编码一次 | Only a form that you build yourself needs encoding, and only once
const form = 'encryptedData=' + encodeURIComponent(encryptedData)
  + '&iv=' + encodeURIComponent(iv)";

const ENCODED_ONCE: &str = "\
// 错误：data 是对象时不需要编码 | Wrong: an object as data needs no encoding
data: { encryptedData: encodeURIComponent(encryptedData), iv: encodeURIComponent(iv) }

// 正确 | Right
data: { encryptedData, iv }";

const WHEN_ALLOWED: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
onPhone(e) {
  // 用户拒绝时没有数据 | No data when the user said no
  if (e.detail.errMsg !== 'getPhoneNumber:ok') return
  const { encryptedData, iv, code } = e.detail
  post('/api/bindPhone', { encryptedData, iv, code })
}";

const AT_ONCE: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
// 错误：保存起来以后再用 | Wrong: kept for later
this.data.phone = e.detail

// 正确：同一个 e.detail，立即发送，只用一次 | Right: one e.detail, sent at once, used once
onPhone(e) {
  const { encryptedData, iv, code } = e.detail
  post('/api/bindPhone', { encryptedData, iv, code })
}";

const OWN_APPID: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
const { appId } = wx.getAccountInfoSync().miniProgram
wx.login({ success: ({ code }) => post('/api/login', { code, appid: appId }) })";

const OWN_TOKEN: &str = "\
// post(path, data)：自己封装的 wx.request | post(path, data): your own wx.request wrapper
// 每次登录都覆盖保存的 token | Every login overwrites the kept token
wx.login({
  success: ({ code }) => post('/api/login', { code })
    .then(({ data }) => { if (data.token) wx.setStorageSync('token', data.token) })
})";

const TWO_CALLS: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
// 手机号按钮 | The phone button
post('/api/bindPhone', { encryptedData: e.detail.encryptedData, iv: e.detail.iv })

// 用户信息 | User info
post('/api/profile', { rawData, signature, encryptedData, iv })";

const RAW_DATA: &str = "\
// 错误：重新序列化之后，字节可能改变 | Wrong: serialised again, the bytes may differ
rawData: JSON.stringify(JSON.parse(res.rawData))

// 正确：原样的字符串 | Right: the string as it is
rawData: res.rawData, signature: res.signature";

const ONE_LOGIN: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
let running = null
function logIn() {
  // 同时到来的调用等待同一次登录 | Calls that come at once wait for one login
  running = running || new Promise((resolve, reject) =>
    wx.login({ success: resolve, fail: reject })
  ).then(({ code }) => post('/api/login', { code }))
  const done = () => { running = null }
  running.then(done, done)
  return running
}";

const PROJECT: &str = "\
// project.config.json
{ \"appid\": \"wx…\" }";

const TWO_CODES: &str = "\
// post(path, data)：自己封装的 wx.request，带 token | post(path, data): your own wx.request wrapper; sends the token
// 登录：code 来自 wx.login，手机号 code 放 phoneCode | Login: code is that of wx.login, phoneCode that of the phone
post('/api/login', { code: loginCode, phoneCode: e.detail.code })

// 已登录：只要手机号 code | Logged in: the phone code alone
post('/api/bindPhone', { code: e.detail.code })";

const NO_QUOTA: &str = "\
onPhone(e) {
  if (e.detail.errno === 1400001) {
    this.setData({ otherWay: true })  // 例如短信验证 | such as a text message
    return
  }
  // …
}";

const PRIVACY: &str = "\
<button open-type=\"getPhoneNumber|agreePrivacyAuthorization\"
        bindgetphonenumber=\"onPhone\"></button>";

const PUSH: &str = "\
# latchkey.toml
[[apps]]
appid = \"wx…\"
push_token = \"…\"
push_aes_key = \"…\"";

#[cfg(test)]
mod tests {
    use super::{Cause, Lang, T, in_language};

    #[test]
    fn comments_are_in_the_readers_language_and_code_in_none() {
        let code = "f()  // 中 | one\nlet a = b | c";
        assert_eq!(in_language(code, Lang::Zh), "f()  // 中\nlet a = b | c");
        assert_eq!(in_language(code, Lang::En), "f()  // one\nlet a = b | c");
    }

    #[test]
    fn english_code_has_no_chinese_left() {
        for cause in Cause::ALL {
            let (zh, en) = (T(Lang::Zh).snippet(*cause), T(Lang::En).snippet(*cause));
            assert_eq!(zh.as_ref().map(|code| code.lines().count()), en.as_ref().map(|code| code.lines().count()));
            let foreign = |letter: char| ('\u{3000}'..='\u{ffef}').contains(&letter);
            assert!(!en.unwrap_or_default().contains(foreign), "{cause:?}");
            assert!(!zh.unwrap_or_default().contains(" | "), "{cause:?}");
        }
    }
}
