//! Data that opens but is not what the call takes, and data that WeChat does not know.

use super::{Saying, Story, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof},
};

pub(super) const NOT_FROM_WECHAT: Story = Story {
    headline: (
        "数据不是微信生成的：session_key 可能已泄露",
        "WeChat did not make this data: a session_key may have leaked",
    ),
    happened: (
        "数据能用该用户的 session_key 解开，里面却没有水印，而微信的数据总有水印。有人拿到了这把密钥，自己加密了数据。除非是您自己的测试，否则 session_key 已经泄露。",
        "The data opens under the user's session_key but has no watermark, which WeChat's data always has. Somebody has the key and encrypted the data themselves. Unless it was a test of your own, the session_key has leaked.",
    ),
    fix: (
        "找出 session_key 从哪里流出：以前的后端是否把它返回给小程序、写进日志，或存成明文。session_key 绝不能离开服务器。用自己的脚本测试时，请改用 Latchkey 的模拟器生成数据。",
        "Find out where session_keys leave the server: does an earlier back end return them to the mini program, log them, or store them in the clear? A session_key must never leave the server. For tests of your own, use data made by Latchkey's simulator.",
    ),
    snippet: None,
    saying: Saying {
        support: (
            "请告诉管理员。在用户页面「重置微信会话」，泄露的密钥会立即失效。",
            "Tell an administrator. \"Reset the WeChat session\" on the user's page makes the leaked key useless at once.",
        ),
        user: (
            "无法验证您的手机号，请退出小程序，重新进入后再试。",
            "Your phone number could not be verified. Please close the mini program, open it again and retry.",
        ),
    },
};

pub(super) const NOT_KNOWN_TO_WECHAT: Story = Story {
    headline: ("微信不认识这份密文", "WeChat does not know this ciphertext"),
    happened: (
        "保存的密钥都解不开这份数据，而微信说最近三天没有生成过这样一份手机号密文。可能是途中被改动（哪怕一个字节）、不是手机号按钮给的数据、保存了三天以上，或者是随意拼凑的。究竟是哪一种，没有得到证实。",
        "None of the kept keys opens the data, and WeChat says that it made no such phone ciphertext in the last three days. It may have been changed on the way (one byte is enough), be something else than what the phone button gave, be older than three days, or be made up. Which of them is not proved.",
    ),
    fix: (
        "在回调里打印完整的 e.detail.encryptedData，与发到 Latchkey 的请求逐字对比（收到 {chars} 个字符）；只比较首尾看不出中间的改动。不同，就是途中有程序改动了它；完全相同，再检查它是否真的来自 bindgetphonenumber 的 e.detail。",
        "In the callback, print the whole e.detail.encryptedData, and compare it character by character with the request that reaches Latchkey ({chars} characters came); comparing only the ends misses a change in the middle. If they differ, something on the way changes it; only if they are identical, check that it really comes from the e.detail of bindgetphonenumber.",
    ),
    snippet: None,
    saying: Saying {
        support: (
            "请用户再点一次手机号按钮。同一版本反复出现时，把「以文本复制」的内容发给开发人员；只在同一网络大量出现时，请告诉管理员。",
            "Ask the user to tap the phone button once more. If one version keeps doing this, send the developers the text under \"Copy as text\"; if there are many from one network alone, tell an administrator.",
        ),
        user: ("请再点一次按钮授权手机号。", "Please tap the button once more to share your phone number."),
    },
};

pub(super) fn wrong_kind_of_data(failure: &Failure) -> Story {
    let story = match &failure.evidence.proof {
        Proof::HoldsPhone => PHONE_AS_INFO,
        _ => INFO_AS_PHONE,
    };
    Story { saying: sayings::broken(failure), ..story }
}

const INFO_AS_PHONE: Story = Story {
    headline: ("{call} 收到的数据里没有手机号", "{call} got data without a phone number"),
    happened: (
        "数据完好，但里面没有手机号：多半是用户信息（wx.getUserInfo、wx.getUserProfile）的 encryptedData。",
        "The data is sound, but there is no phone number in it: most likely it is the encryptedData of user info (wx.getUserInfo, wx.getUserProfile).",
    ),
    fix: (
        "{call} 只接收 bindgetphonenumber 的 e.detail。用户信息（rawData、signature、encryptedData、iv）发给 POST /api/profile。",
        "{call} takes the e.detail of bindgetphonenumber. User info (rawData, signature, encryptedData, iv) goes to POST /api/profile.",
    ),
    snippet: Some(Snippet::InfoAsPhone),
    saying: sayings::PHONE_BROKEN,
};

const PHONE_AS_INFO: Story = Story {
    headline: ("{call} 收到的是手机号，不是用户信息", "{call} got a phone number in place of user info"),
    happened: (
        "数据完好，但里面是手机号：手机号按钮的 encryptedData 被发到了接收用户信息的接口。",
        "The data is sound, but a phone number is in it: the encryptedData of the phone button was sent to a call for user info.",
    ),
    fix: (
        "bindgetphonenumber 的 e.detail 发给 POST /api/bindPhone；{call} 只接收用户信息（rawData、signature、encryptedData、iv）。",
        "Send the e.detail of bindgetphonenumber to POST /api/bindPhone; {call} takes user info (rawData, signature, encryptedData, iv).",
    ),
    snippet: Some(Snippet::PhoneAsInfo),
    ..INFO_AS_PHONE
};

pub(super) const RAW_DATA_CHANGED: Story = Story {
    headline: ("rawData 的签名对不上", "The signature of rawData does not hold"),
    happened: (
        "用保存的每把密钥计算 SHA1(rawData + session_key)，都与收到的 signature 不同。签名覆盖 rawData 的每个字节，所以多半是 rawData 被改动了；也可能签名时用的 session_key 没有到达 Latchkey。",
        "SHA1(rawData + session_key) differs from the signature that came, with every key that is kept. The signature covers each byte of rawData, so most likely rawData was changed; or it was signed under a session_key that never reached Latchkey.",
    ),
    fix: (
        "把 rawData 作为字符串原样发送：不要用 userInfo 重新拼出它，不要先 JSON.parse 再 JSON.stringify，也不要转义中文或表情。先登录、后取用户信息，中间不要调用 wx.login。",
        "Send rawData as the string it is: do not build it again from userInfo, no JSON.parse and JSON.stringify, no escaping of Chinese or emoji. Log in first, then get the user info, with no wx.login in between.",
    ),
    snippet: Some(Snippet::RawDataRebuilt),
    saying: sayings::PROFILE_BROKEN,
};
