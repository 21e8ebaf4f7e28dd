//! Code for the mini program beside a fix: the form that fails, and the form that works. `server/tests/it/snippets.rs` runs
//! both against the server and the simulated WeChat, and sees the wrong one fail with just the cause it stands for.
//!
//! Written once for both languages: of a comment, the half before ` | ` is Chinese and the one after it English.

mod codes;
mod damage;
mod data;
mod tokens;

use super::{Lang, T};

macro_rules! snippets {
    ($($snippet:ident $name:literal: $wrong:expr, $right:expr;)*) => {
        /// A pair of programs for a mini program.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Snippet { $($snippet),* }

        impl Snippet {
            pub const ALL: &[Self] = &[$(Self::$snippet),*];

            /// The name of its test.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$snippet => $name),* }
            }

            const fn forms(self) -> (Option<&'static str>, &'static str) {
                match self { $(Self::$snippet => ($wrong, $right)),* }
            }
        }
    };
}

snippets! {
    LoginInCallback "login_in_callback": Some(data::LOGIN_IN_CALLBACK), PAGE;
    OpenidFromStorage "openid_from_storage": Some(data::OPENID_FROM_STORAGE), PAGE;
    LoginOfDaysAgo "login_of_days_ago": Some(data::LOGIN_OF_DAYS_AGO), data::LOGIN_ON_LOAD;
    CodeThrownAway "code_thrown_away": Some(data::CODE_THROWN_AWAY), data::EVERY_CODE_SENT;
    ButtonAfterLogin "button_after_login": None, data::LOGIN_ON_LOAD;
    KeptIv "kept_iv": Some(damage::KEPT_IV), PAGE;
    Swapped "swapped": Some(damage::SWAPPED), PAGE;
    ReadAsForm "read_as_form": Some(damage::READ_AS_FORM), PAGE;
    FormByHand "form_by_hand": Some(damage::FORM_BY_HAND), damage::FORM_BY_WX;
    EncodedInJson "encoded_in_json": Some(damage::ENCODED_IN_JSON), PAGE;
    MadeUrlSafe "made_url_safe": Some(damage::MADE_URL_SAFE), PAGE;
    SplitAtEquals "split_at_equals": Some(damage::SPLIT_AT_EQUALS), PAGE;
    Wrapped "wrapped": Some(damage::WRAPPED), PAGE;
    WholeDetail "whole_detail": Some(damage::WHOLE_DETAIL), PAGE;
    Shortened "shortened": Some(damage::SHORTENED), PAGE;
    OtherAppsToken "other_apps_token": Some(tokens::OTHER_APPS_TOKEN), PAGE;
    OtherAppsTokenWithCode "other_apps_token_with_code": Some(tokens::OTHER_APPS_TOKEN_WITH_CODE), PAGE;
    PreviousUsersToken "previous_users_token": Some(tokens::PREVIOUS_USERS_TOKEN), PAGE;
    SentLater "sent_later": Some(data::SENT_LATER), PAGE;
    SentAgain "sent_again": Some(data::SENT_AGAIN), PAGE;
    InfoAsPhone "info_as_phone": Some(data::INFO_AS_PHONE), data::INFO;
    PhoneAsInfo "phone_as_info": Some(data::PHONE_AS_INFO), PAGE;
    RawDataRebuilt "raw_data_rebuilt": Some(data::RAW_DATA_REBUILT), data::INFO;
    CodeKept "code_kept": Some(codes::CODE_KEPT), codes::LOGIN;
    SameCodeAgain "same_code_again": Some(codes::SAME_CODE_AGAIN), codes::LOGIN;
    FixedAppid "fixed_appid": Some(codes::FIXED_APPID), codes::OWN_APPID;
    PhoneCodeToLogin "phone_code_to_login": Some(codes::PHONE_CODE_TO_LOGIN), PAGE;
    LoginCodeAsPhoneCode "login_code_as_phone_code": Some(codes::LOGIN_CODE_AS_PHONE_CODE), PAGE;
    PhoneCodeKept "phone_code_kept": Some(codes::PHONE_CODE_KEPT), PAGE;
    AnotherWay "another_way": None, codes::ANOTHER_WAY;
    Right "right": None, PAGE;
}

impl T {
    /// The form that fails, where one can be shown.
    pub fn wrong(self, snippet: Snippet) -> Option<String> {
        snippet.forms().0.map(|code| in_language(code, self.0))
    }

    /// The form that works.
    pub fn right(self, snippet: Snippet) -> String {
        in_language(snippet.forms().1, self.0)
    }

    /// `post` and `logIn`, which every snippet uses. `base` is the address of the server, without a slash at its end.
    pub fn snippet_helpers(self, base: &str) -> String {
        in_language(HELPERS, self.0).replace("{base}", base)
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

const HELPERS: &str = "\
const BASE = '{base}'

// 成功时得到响应的正文：{ code, msg, data, requestId } | Resolves to the reply's body: { code, msg, data, requestId }
const post = (path, data) => new Promise((resolve, reject) => wx.request({
  url: BASE + path,
  method: 'POST',
  data,
  header: { Authorization: 'Bearer ' + wx.getStorageSync('token') },
  success: ({ data: body }) => body.code === 0 ? resolve(body) : reject(body),
  fail: ({ errMsg }) => reject({ msg: errMsg })
}))

// 登录并保存 token；同时到来的调用等待同一次登录 | Logs in and keeps the token; calls that come at once wait for one login
let running = null
const logIn = () => {
  running = running || new Promise((success, fail) => wx.login({ success, fail }))
    .then(({ code }) => post('/api/login', { code }))
    .then(({ data }) => { wx.setStorageSync('token', data.token) })
  const done = () => { running = null }
  running.then(done, done)
  return running
}";

/// The one shape of login and phone that works.
const PAGE: &str = "\
App({
  // 启动时登录一次 | Logs in once, at the start
  onLaunch() { logIn() }
})

Page({
  onPhone({ detail }) {
    // 用户拒绝或按钮报错时没有数据 | No data when the user said no or the button failed
    if (detail.errMsg !== 'getPhoneNumber:ok') return
    // 三个都发送：Latchkey 先解密，解不开才用 code | Send all three: Latchkey decrypts first, and uses code only if that fails
    const { code, encryptedData, iv } = detail
    post('/api/bindPhone', { code, encryptedData, iv })
      .then(({ data }) => this.setData({ phone: data.purePhoneNumber }))
      .catch(({ msg }) => wx.showToast({ title: msg, icon: 'none' }))
  }
})";

#[cfg(test)]
mod tests {
    use super::{Lang, Snippet, T, in_language};

    #[test]
    fn comments_are_in_the_readers_language_and_code_in_none() {
        let code = "f()  // 中 | one\nlet a = b | c";
        assert_eq!(in_language(code, Lang::Zh), "f()  // 中\nlet a = b | c");
        assert_eq!(in_language(code, Lang::En), "f()  // one\nlet a = b | c");
    }

    #[test]
    fn english_code_has_no_chinese_left() {
        for snippet in Snippet::ALL {
            let forms =
                |t: T| [Some(t.snippet_helpers("https://a.example")), t.wrong(*snippet), Some(t.right(*snippet))];
            for (zh, en) in forms(T(Lang::Zh)).into_iter().flatten().zip(forms(T(Lang::En)).into_iter().flatten()) {
                assert_eq!(zh.lines().count(), en.lines().count(), "{snippet:?}");
                assert!(!en.contains(|letter: char| ('\u{3000}'..='\u{ffef}').contains(&letter)), "{en}");
                assert!(!zh.contains(" | "), "{zh}");
            }
        }
    }
}
