//! session_keys: one that is older, gone or replaced, and the iv that belongs to the data.

use super::{Story, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof, Wanted},
};

/// For so long a session_key is kept, in milliseconds.
const KEPT_MS: i64 = 72 * 3600 * 1000;

pub(super) fn login_after_phone_button(failure: &Failure) -> Story {
    let call = failure.call.as_str();
    let saying = sayings::again(failure);
    if failure.evidence.wanted == Some(Wanted::UserInfo) {
        return Story { saying, ..AFTER_USER_INFO };
    }
    let one_call = ["/api/login", "/user", "/getPhoneNumber"].iter().any(|path| call.ends_with(path));
    let story = if one_call { AFTER_BUTTON_IN_ONE_CALL } else { AFTER_BUTTON };
    Story { saying, ..story }
}

const AFTER_BUTTON: Story = Story {
    headline: ("手机号按钮之后调用了 wx.login", "wx.login after the phone button"),
    happened: (
        "用户点按钮时，微信用当时的 session_key 加密了手机号。数据到达 Latchkey 之前，小程序又调用了 wx.login，微信换了一把新的 session_key，而新密钥解不开之前的数据。",
        "When the user tapped the button, WeChat encrypted the phone under the session_key of that moment. Before the data reached Latchkey the mini program called wx.login again, WeChat issued a new session_key, and the new key does not open the earlier data.",
    ),
    fix: (
        "启动时登录一次并保存 token。bindgetphonenumber 的回调里只发送 e.detail：不要调用 wx.login，也不要经过会自动登录的请求封装。",
        "Log in once when the mini program starts, and keep the token. In the bindgetphonenumber callback send e.detail and nothing else: no wx.login, and no request wrapper that logs in by itself.",
    ),
    snippet: Some(Snippet::LoginInCallback),
    saying: sayings::TAP_AGAIN,
};

const AFTER_BUTTON_IN_ONE_CALL: Story = Story {
    fix: (
        "{call} 同时登录和取手机号，这本身没有错，但它的 code 必须在用户点按钮之前取得。更简单的做法是分成两步：启动时用 POST /api/login 登录一次，回调里只把 e.detail 发给 POST /api/bindPhone。",
        "{call} logs in and takes the phone in one step. That is allowed, but its code has to be obtained before the user taps. Two steps are simpler: log in once at the start with POST /api/login, and in the callback send e.detail alone to POST /api/bindPhone.",
    ),
    ..AFTER_BUTTON
};

const AFTER_USER_INFO: Story = Story {
    headline: ("取得用户信息之后调用了 wx.login", "wx.login after the user info was obtained"),
    happened: (
        "微信用当时的 session_key 处理了用户信息。数据到达 Latchkey 之前，小程序又调用了 wx.login，微信换了一把新的 session_key，新密钥与之前的数据对不上。",
        "WeChat used the session_key of that moment for the user info. Before it reached Latchkey the mini program called wx.login again, WeChat issued a new session_key, and the new key does not fit the earlier data.",
    ),
    fix: (
        "先登录，再取用户信息，取到之后立即发送，中间不要调用 wx.login。",
        "Log in first, then get the user info and send it at once, with no wx.login in between.",
    ),
    snippet: None,
    ..AFTER_BUTTON
};

pub(super) const NO_SESSION: Story = Story {
    headline: ("这个 openid 没有登录记录", "No login of this openid"),
    happened: (
        "请求里的 openid 从未在 Latchkey 登录，或者之后被解绑或删除。因此没有可以用来解密的 session_key。",
        "The openid of the request never logged in to Latchkey, or was unbound or erased since. So there is no session_key to decrypt with.",
    ),
    fix: (
        "先调用 wx.login，把 code 发给 Latchkey，再发送手机号数据。openid 以登录的结果为准，不要长期保存。确实登录过的，检查小程序是否连到了另一个环境（测试或正式），以及 openid 与 appid 是否属于同一个小程序。",
        "Call wx.login and send its code to Latchkey first, then send the phone data. Take the openid from that login and do not keep it for long. If the user did log in, check whether the mini program talks to another environment (test or production), and whether openid and appid belong together.",
    ),
    snippet: Some(Snippet::OpenidFromStorage),
    saying: sayings::OPEN_AGAIN_FOR_PHONE,
};

pub(super) fn key_expired(failure: &Failure) -> Story {
    let recent = failure.evidence.since_login_ms.is_some_and(|ms| ms < KEPT_MS);
    let story = if recent { KEY_TAKEN } else { KEY_TOO_OLD };
    Story { saying: sayings::open_again(failure), ..story }
}

const KEY_TOO_OLD: Story = Story {
    headline: ("登录过，但密钥已不再保存", "Logged in, but the key is no longer kept"),
    happened: (
        "用户上次登录是 {since_login}。Latchkey 只把 session_key 保留 72 小时，所以现在没有密钥可以解密。Latchkey 的 token 比 session_key 活得久，因此请求本身没有被拒绝。",
        "The user last logged in {since_login}. Latchkey keeps a session_key for 72 hours, so there is none left to decrypt with. A token of Latchkey outlives the session_key, which is why the request itself was not refused.",
    ),
    fix: (
        "显示手机号按钮的页面打开时（onLoad）重新登录，登录完成后再显示按钮。e.detail.code（基础库 2.21.2 起）也一并发送：它不需要 session_key。",
        "Log in again when the page with the phone button opens (onLoad), and show the button once that is done. Send e.detail.code along (base library 2.21.2 or later): it needs no session_key.",
    ),
    snippet: Some(Snippet::LoginOfDaysAgo),
    saying: sayings::OPEN_AGAIN_FOR_PHONE,
};

const KEY_TAKEN: Story = Story {
    headline: ("刚登录过，但密钥已被重置删除", "Logged in lately, but a reset has deleted the key"),
    happened: (
        "用户上次登录是 {since_login}，还不到 72 小时，密钥却已经不在。重置微信会话和解绑会删除密钥，撤销解绑也不会恢复它：请看时间线。",
        "The user last logged in {since_login}, less than 72 hours ago, and yet no key is kept. A reset of the WeChat session and an unbinding delete the keys, and undoing an unbinding does not bring them back: see the time line.",
    ),
    fix: (
        "小程序代码不用改：用户重新登录之后就有新的密钥。发送 e.detail.code（基础库 2.21.2 起）则完全不需要 session_key。",
        "The mini program's code needs no change: the next login brings a new key. With e.detail.code (base library 2.21.2 or later) no session_key is needed at all.",
    ),
    snippet: None,
    ..KEY_TOO_OLD
};

pub(super) fn key_rotated_elsewhere(failure: &Failure) -> Story {
    match &failure.evidence.proof {
        Proof::LaterKeyOpens => KEY_CAME_LATER,
        _ => KEY_ROTATED_ELSEWHERE,
    }
}

const KEY_CAME_LATER: Story = Story {
    headline: ("数据比它的登录先到", "The data came before its login"),
    happened: (
        "数据到达时，Latchkey 还没有解开它的密钥；之后一次登录带来的密钥却能解开。也就是说，用户点按钮时 wx.login 已经换了密钥，但那个 code 在数据之后才发来。",
        "When the data came, Latchkey did not have the key that opens it; the key of a later login does. So wx.login had replaced the key before the user tapped, and its code was sent only after the data.",
    ),
    fix: (
        "等登录完成再显示手机号按钮：wx.login 的 code 要先发给 POST /api/login，得到响应之后才允许点按钮。e.detail.code 也一并发送：它不需要 session_key。",
        "Show the phone button once the login is done: the code of wx.login goes to POST /api/login first, and only its answer enables the button. Send e.detail.code along; it needs no session_key.",
    ),
    snippet: Some(Snippet::ButtonAfterLogin),
    ..KEY_ROTATED_ELSEWHERE
};

const KEY_ROTATED_ELSEWHERE: Story = Story {
    headline: ("Latchkey 保存的 session_key 已失效", "The session_key that Latchkey holds is out of date"),
    happened: (
        "数据到达时，Latchkey 保存的最新一把 session_key 已经不是该用户当前的密钥：微信的 checksession 这样回答。微信在签发 code 时就可能更换密钥，最可能的情况是有一次 wx.login（或带 code 的数据预拉取）的 code 没有发给 Latchkey。另一个后端重置了密钥（resetusersessionkey），或者密钥自然过期，表现也一样。",
        "When the data came, the newest session_key that Latchkey holds was no longer the user's: so WeChat's checksession says. WeChat may replace the key whenever it issues a code. Most likely the code of some wx.login, or of a data prefetch, was not sent to Latchkey. Another back end that resets the key (resetusersessionkey), or a key that merely ended, looks the same.",
    ),
    fix: (
        "最稳妥：把 e.detail.code 一并发给 POST /api/bindPhone，它不需要 session_key。再找出没有上报的 code，检查三处：丢弃 code 的 wx.login；带 code 的数据预拉取；另一个也在用这个小程序的 code 的后端。不要用 wx.checkSession 判断：它只检查最后一个 code 的密钥，不知道 Latchkey 有没有收到它。",
        "Surest: send e.detail.code along to POST /api/bindPhone; it needs no session_key. Then find the code that was not sent, in three places: a wx.login whose code is thrown away; data prefetch with a code; another back end that uses codes of this mini program. Do not rely on wx.checkSession: it tests the key of the last code only, and cannot know whether Latchkey has got it.",
    ),
    snippet: Some(Snippet::CodeThrownAway),
    saying: sayings::OPEN_AGAIN_FOR_PHONE,
};

pub(super) fn iv_invalid(failure: &Failure) -> Story {
    let evidence = &failure.evidence;
    let story = match (&evidence.proof, evidence.data_bytes) {
        (Proof::FirstBlockGarbled, _) if evidence.wanted == Some(Wanted::UserInfo) => OTHER_INFOS_IV,
        (Proof::FirstBlockGarbled, _) => OTHER_TAPS_IV,
        (Proof::FieldsSwapped, _) => SWAPPED,
        (Proof::SentInstead { .. }, _) => OTHER_VALUE_AS_IV,
        // Of an earlier version. Only the iv has 16 bytes, and a ciphertext has more.
        (Proof::IvBytes(bytes), Some(16)) if *bytes > 16 => SWAPPED,
        (Proof::IvBytes(_), _) => NO_IV,
        _ => IV_OF_EARLIER_VERSION,
    };
    Story { saying: sayings::again(failure), ..story }
}

const OTHER_TAPS_IV: Story = Story {
    headline: ("iv 来自另一次点按", "iv is from another tap"),
    happened: (
        "encryptedData 是好的：用保存的密钥解密后，除了开头的 16 字节，其余都完整。这正是 iv 与数据不属于同一次点按时的样子。",
        "encryptedData is sound: decrypted under a kept key, all of it reads but the first 16 bytes. That is what an iv of another tap does.",
    ),
    fix: (
        "encryptedData 和 iv 必须取自同一个 e.detail。不要把 iv 存进 storage、全局变量或 data 里再用，也不要用用户信息的 iv。",
        "Take encryptedData and iv from the same e.detail. Do not keep an iv in storage, a global or data, and do not use the iv of user info.",
    ),
    snippet: Some(Snippet::KeptIv),
    saying: sayings::TAP_AGAIN,
};

const OTHER_INFOS_IV: Story = Story {
    headline: ("iv 来自另一份数据", "iv is from other data"),
    happened: (
        "encryptedData 是好的：用保存的密钥解密后，除了开头的 16 字节，其余都完整。这正是 iv 与数据不属于同一次调用时的样子。",
        "encryptedData is sound: decrypted under a kept key, all of it reads but the first 16 bytes. That is what an iv of another call does.",
    ),
    fix: (
        "encryptedData 和 iv 必须取自同一次 wx.getUserInfo 或 wx.getUserProfile 的结果，不要使用手机号按钮的 iv。",
        "Take encryptedData and iv from the result of one wx.getUserInfo or wx.getUserProfile, and do not use the iv of the phone button.",
    ),
    snippet: None,
    ..OTHER_TAPS_IV
};

const SWAPPED: Story = Story {
    headline: ("iv 与 encryptedData 放反了", "iv and encryptedData are swapped"),
    happened: (
        "encryptedData 字段里是 16 字节，正好是一个 iv 的长度；iv 字段里却是一份密文的长度（{iv_chars} 个字符）。",
        "The field encryptedData has 16 bytes, the length of an iv, and the field iv has the length of a ciphertext ({iv_chars} characters).",
    ),
    fix: (
        "对调两个字段：encryptedData 传 e.detail.encryptedData，iv 传 e.detail.iv。自己封装的函数要检查参数的顺序。",
        "Exchange the two: e.detail.encryptedData goes into encryptedData and e.detail.iv into iv. In a function of your own, check the order of its parameters.",
    ),
    snippet: Some(Snippet::Swapped),
    ..OTHER_TAPS_IV
};

const OTHER_VALUE_AS_IV: Story = Story {
    headline: ("{found}", "{found}"),
    happened: (
        "iv 字段里不是 iv：微信给的 iv 总是 24 个字符，而收到的内容从形式就能看出是别的。",
        "There is no iv in the field iv: WeChat's always has 24 characters, and what came is something else, as its form shows.",
    ),
    fix: (
        "把 e.detail.iv 原样放进 iv 字段；先确认 e.detail.errMsg 是 getPhoneNumber:ok，否则 e.detail 里没有 iv。",
        "Put e.detail.iv into the field iv as it is. Check first that e.detail.errMsg is getPhoneNumber:ok: without that, e.detail holds no iv.",
    ),
    snippet: Some(Snippet::Right),
    ..OTHER_TAPS_IV
};

const NO_IV: Story = Story {
    headline: ("iv 是 {iv_bytes} 字节，应为 16 字节", "iv has {iv_bytes} bytes and should have 16"),
    happened: (
        "微信给的 iv 总是 16 字节，写成 base64 是 24 个字符。收到的 iv 有 {iv_chars} 个字符，所以它不是微信给的那个，或者途中被改动了。",
        "WeChat's iv always has 16 bytes, 24 characters of base64. The iv that came has {iv_chars} characters, so it is not WeChat's, or it was changed on the way.",
    ),
    fix: (
        "把 e.detail.iv 原样放进 iv 字段。在小程序里打印 e.detail.iv.length，应该是 24；不是 24 就检查取值的地方，是 24 就检查途中的后端或网关。",
        "Put e.detail.iv into the field iv as it is. Print e.detail.iv.length in the mini program: it is 24. If it is not, look where the value is taken from; if it is, look at the back end or gateway on the way.",
    ),
    snippet: None,
    ..OTHER_TAPS_IV
};

const IV_OF_EARLIER_VERSION: Story = Story {
    headline: ("iv 与数据不匹配", "iv does not belong to the data"),
    happened: (
        "这条记录由较早的版本写下，具体情况见下方的诊断依据。",
        "An earlier version wrote this record; what it was concluded from stands below.",
    ),
    ..OTHER_TAPS_IV
};
