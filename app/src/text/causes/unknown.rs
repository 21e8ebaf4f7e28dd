//! Records that prove nothing, by what was wanted.

use super::{Saying, Story, button, push, sayings};
use crate::{
    text::Snippet,
    types::{Failure, Proof, Stage, Wanted},
};

pub(super) fn unknown(failure: &Failure) -> Story {
    let evidence = &failure.evidence;
    match (failure.stage, &evidence.proof) {
        (_, Proof::LeftOut(_)) => LEFT_OUT,
        (Stage::Button, _) => button::unknown(failure),
        (Stage::Push, _) => push::UNREADABLE,
        (Stage::LoginCode | Stage::PhoneCode, _) => WECHAT_REFUSED,
        _ if failure.healed && evidence.wanted == Some(Wanted::Phone) => OLDER_KEY_OR_CODE,
        (_, Proof::ImpossibleLength(_) | Proof::NoWholeBlocks(_)) => {
            Story { saying: sayings::broken(failure), ..NO_WHOLE_CIPHERTEXT }
        }
        (_, Proof::OddFields) => Story { saying: sayings::again(failure), ..ODD_FIELDS },
        _ if evidence.wanted == Some(Wanted::Phone) => NO_KEY_OPENS,
        _ => Story { snippet: None, saying: sayings::open_again(failure), ..NO_KEY_OPENS },
    }
}

const NO_KEY_OPENS: Story = Story {
    headline: ("原因未知：保存的密钥都解不开", "Cause unknown: none of the kept keys opens it"),
    happened: (
        "Latchkey 检查了每一种已知的原因，没有一种得到证实。下面是全部证据；我们不猜测。",
        "Latchkey checked every known cause, and none could be proved. All the evidence stands below; we do not guess.",
    ),
    fix: (
        "先看微信的回答（「向微信核实」）。密钥已失效：有一次 wx.login 的 code 没有发给 Latchkey。密钥有效、密文由微信生成：密文没有被改动，只是用另一把密钥加密的，多半是 token 属于另一个用户（切换过微信账号，或后端串号）。微信没有记录：密文在途中被改动，对比小程序里的 e.detail.encryptedData.length 与收到的 {chars} 个字符。排除 token 用错之后，再一并发送 e.detail.code：它不需要 session_key，Latchkey 在解不开时会用它。",
        "Look at WeChat's answers first (\"Ask WeChat\"). Key no longer valid: the code of some wx.login never reached Latchkey. Key valid and ciphertext made by WeChat: the data is intact but was encrypted under another key; most likely the token belongs to another user (a switched account, or a back end that mixes users up). No record at WeChat: it was changed on the way; compare e.detail.encryptedData.length in the mini program with the {chars} characters that came. Once a wrong token is ruled out, send e.detail.code along: it needs no session_key, and Latchkey uses it when decryption fails.",
    ),
    snippet: Some(Snippet::Right),
    saying: Saying {
        support: (
            "请用户退出小程序，重新进入后再点手机号按钮。仍然失败时，把「以文本复制」的内容发给开发人员。",
            "Ask the user to leave the mini program, open it again and tap the phone button. If it still fails, send the developers the text under \"Copy as text\".",
        ),
        user: (
            "请退出小程序，重新进入后再授权手机号。",
            "Please close the mini program, open it again and share your phone number.",
        ),
    },
};

const OLDER_KEY_OR_CODE: Story = Story {
    headline: (
        "数据没有用最新的密钥解开，原因未知",
        "The newest key did not open the data, for a reason that is not known",
    ),
    happened: (
        "用户得到了手机号，但 encryptedData 没有用最新的密钥解开：用的是更早的密钥，或者一并发来的手机号 code。为什么，没有得到证实。",
        "The user got the phone number, but encryptedData did not open under the newest key: an earlier key did, or the phone code that came along was used. Why is not proved.",
    ),
    ..NO_KEY_OPENS
};

const NO_WHOLE_CIPHERTEXT: Story = Story {
    headline: (
        "原因未知：收到 {chars} 个字符，不是完整的密文",
        "Cause unknown: {chars} characters came, which are no whole ciphertext",
    ),
    happened: (
        "{length_wrong}没有任何部分能用保存的密钥解开，所以无法断定它是被截断了，还是本来就不是密文。",
        "{length_wrong} No part of it opens under a kept key, so it is not proved whether it was cut off or never was a ciphertext.",
    ),
    fix: (
        "在小程序里打印 e.detail.encryptedData.length，与 {chars} 对比。不同，就逐段查找在哪里变短；相同，就检查放进 encryptedData 的是不是 e.detail.encryptedData。",
        "Print e.detail.encryptedData.length in the mini program and compare it with {chars}. If they differ, find where it gets shorter; if not, check that it is e.detail.encryptedData that goes into encryptedData.",
    ),
    ..NO_KEY_OPENS
};

const ODD_FIELDS: Story = Story {
    headline: (
        "原因未知：数据完好，字段的写法却不像微信",
        "Cause unknown: the data is whole, but its fields are not as WeChat writes them",
    ),
    happened: (
        "数据解开了，小程序和时间也对，但里面的字段与微信通常的写法不同，所以没有采用。是谁生成的，没有得到证实。",
        "The data opens and mini program and time are right, but its fields are not as WeChat writes them, so it was not used. Who made it is not proved.",
    ),
    fix: (
        "不是自己的测试数据时，请把「以文本复制」的内容发给 Latchkey 的维护者：微信可能改变了格式。",
        "Unless it is test data of your own, send the maintainers of Latchkey the text under \"Copy as text\": WeChat may have changed its format.",
    ),
    snippet: None,
    ..NO_KEY_OPENS
};

const WECHAT_REFUSED: Story = Story {
    headline: (
        "微信拒绝了 code（errcode {errcode}），含义未知",
        "WeChat refused the code with errcode {errcode}, whose meaning is not known",
    ),
    happened: (
        "微信返回 errcode {errcode}，Latchkey 不知道它对这个接口的含义。没有证实任何原因。",
        "WeChat answered errcode {errcode}, and Latchkey does not know what it means for this call. No cause is proved.",
    ),
    fix: (
        "在微信的开发文档里查找 errcode {errcode}；需要时把 rid 提供给微信的客服或开发者社区。",
        "Look up errcode {errcode} in WeChat's documentation, and give the rid to WeChat's support or developer forum if needed.",
    ),
    snippet: None,
    saying: sayings::OPEN_AGAIN,
};

/// One record that stands for many.
const LEFT_OUT: Story = Story {
    headline: ("同一网络失败过多：{count} 次只计数", "Too many failures of one network: {count} were only counted"),
    happened: (
        "同一网络一分钟内的失败太多，其中 {count} 次没有逐条诊断，只有这一条记录。",
        "One network had too many failures within a minute. {count} of them were not looked into one by one, and this record stands for them.",
    ),
    fix: (
        "看同一网络、同一时间的其他记录：它们有各自的原因。来自攻击或测试的，不需要修改代码。",
        "Look at the other records of the same network and time: they have causes of their own. If it was an attack or a test, no code needs to be changed.",
    ),
    snippet: None,
    saying: Saying {
        support: ("请告诉管理员这个网络的情况。", "Tell an administrator about this network."),
        user: sayings::OPEN_AGAIN.user,
    },
};
