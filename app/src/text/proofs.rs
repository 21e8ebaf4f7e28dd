//! What causes were concluded from, in words and numbers.

use super::{Lang, T, zone};
use crate::types::Proof;

impl T {
    /// One line. What an earlier version has written stays in the language that it was written in.
    pub fn proof(self, proof: &Proof) -> String {
        match proof {
            Proof::Words(words) => words.clone(),
            proof => self.found(proof).unwrap_or_else(|| {
                plain(proof).map_or_else(|| self.counted(proof), |(zh, en)| self.pick(zh, en).to_owned())
            }),
        }
    }

    fn counted(self, proof: &Proof) -> String {
        let zh = self.0 == Lang::Zh;
        match proof {
            Proof::OlderKey { number, before_s } => self.older_key(*number, *before_s),
            Proof::ImpossibleLength(chars) if zh => format!("{chars} 个字符：base64 不会有 4n+1 个字符"),
            Proof::ImpossibleLength(chars) => format!("{chars} characters: base64 never has 4n+1"),
            Proof::NoWholeBlocks(bytes) if zh => format!("{bytes} 字节，不是 16 字节分组的整数倍"),
            Proof::NoWholeBlocks(bytes) => format!("{bytes} bytes are no whole number of blocks of 16"),
            Proof::IvBytes(bytes) if zh => format!("iv 是 {bytes} 字节，应为 16 字节"),
            Proof::IvBytes(bytes) => format!("iv has {bytes} bytes in place of 16"),
            Proof::MadeAgo(seconds) => self.made_ago(*seconds),
            Proof::OpensElsewhere(appid) if zh => format!("用该用户在 {appid} 的密钥能解开"),
            Proof::OpensElsewhere(appid) => format!("opens under this user's key in {appid}"),
            Proof::NoKeyAndReferer(appid) if zh => format!("没有密钥能解开，而 Referer 是 {appid}"),
            Proof::NoKeyAndReferer(appid) => format!("no key opens it, and the Referer names {appid}"),
            Proof::NoKeyOpens(keys) => self.no_key_opens(*keys),
            Proof::NewestKeyInvalid(keys) => {
                let then = self.pick(
                    "；微信：保存的最新一把已不是该用户的密钥",
                    "; WeChat: the newest key that is held is not the user's any more",
                );
                self.no_key_opens(*keys) + then
            }
            Proof::UnknownToWechat(keys) => {
                let then = self.pick(
                    "；微信：最近三天没有这样一份手机号密文",
                    "; WeChat: no such phone ciphertext in the last three days",
                );
                self.no_key_opens(*keys) + then
            }
            Proof::SignedByNone(0) => self.pick("没有保存任何 session_key", "no session_key is held").to_owned(),
            Proof::SignedByNone(1) => self
                .pick(
                    "用保存的那把密钥算不出这个签名",
                    "the one kept key does not make this signature over this rawData",
                )
                .to_owned(),
            Proof::SignedByNone(keys) if zh => format!("用保存的 {keys} 把密钥都算不出这个签名"),
            Proof::SignedByNone(keys) => format!("none of the {keys} kept keys makes this signature over this rawData"),
            Proof::SignedWhenDecoded => self
                .pick(
                    "rawData 被百分号编码过，解码后与签名相符",
                    "rawData came percent-encoded; decoded, it is what was signed",
                )
                .to_owned(),
            Proof::Referer(appid) if zh => format!("Referer 是 {appid}"),
            Proof::Referer(appid) => format!("the Referer names {appid}"),
            Proof::SpentAs(appid) if zh => format!("它曾作为 {appid} 的 code 换取过登录"),
            Proof::SpentAs(appid) => format!("it was exchanged as a code of {appid} before"),
            Proof::NoAnswer(reason) if zh => format!("没有收到微信的响应：{}", no_answer_zh(reason)),
            Proof::NoAnswer(reason) => format!("no usable answer of WeChat: {reason}"),
            Proof::PushUnsignedAfter(at) if zh => {
                format!("签名与配置的 Token 对不上；签名正确的推送最近一次在 {}", zone().text(*at))
            }
            Proof::PushUnsignedAfter(at) => format!(
                "the signature does not fit the configured Token; the last push whose signature did came at {}",
                zone().text(*at)
            ),
            Proof::Errcode(errcode) if zh => format!("微信：errcode {errcode}"),
            Proof::Errcode(errcode) => format!("WeChat: errcode {errcode}"),
            Proof::OpenidRefused(errcode) if zh => {
                format!(
                    "微信拒绝了随该用户的 openid 一起发送的手机号 code（errcode {errcode}）：它很可能是另一个用户的"
                )
            }
            Proof::OpenidRefused(errcode) => {
                format!(
                    "WeChat refused the phone code together with this user's openid (errcode {errcode}): likely another user's"
                )
            }
            Proof::LeftOut(times) if zh => format!("同一网络一分钟内失败过多，这 {times} 次只计数，没有逐条记录"),
            Proof::LeftOut(times) => {
                format!("too many failures of one network in a minute: these {times} were only counted")
            }
            Proof::Errno(None) => self.pick("按钮没有给出 errno", "the button gave no errno").to_owned(),
            Proof::Errno(Some(errno)) if zh => format!("按钮的 errno：{errno}"),
            Proof::Errno(Some(errno)) => format!("the button's errno: {errno}"),
            // Every other one has words without a number.
            other => format!("{other:?}"),
        }
    }

    fn older_key(self, number: i64, before_s: i64) -> String {
        let when = self.before(before_s.saturating_mul(1000));
        match (self.0, before_s) {
            (Lang::Zh, 0) => format!("第 {number} 把密钥解开了数据，数据与最新密钥到达在同一秒生成"),
            (Lang::Zh, _) => format!("第 {number} 把密钥解开了数据，数据在最新密钥到达的 {when}生成"),
            (Lang::En, 0) => {
                format!(
                    "key {number} of those kept opened it; the data was made in the second in which the newest key came"
                )
            }
            (Lang::En, _) => {
                format!("key {number} of those kept opened it; the data was made {when} the newest key came")
            }
        }
    }

    /// The reason why there was no answer, in the reader's language.
    pub(super) fn no_answer_reason(self, reason: &str) -> String {
        if self.0 == Lang::Zh { no_answer_zh(reason) } else { reason }.to_owned()
    }

    pub(super) fn made_ago(self, seconds: i64) -> String {
        let duration = self.duration(seconds.saturating_mul(1000));
        match (self.0, seconds < 0) {
            (Lang::Zh, false) => format!("水印里的时间在 {duration}之前"),
            (Lang::Zh, true) => format!("水印里的时间比服务器超前 {duration}"),
            (Lang::En, false) => format!("its watermark's time was {duration} ago"),
            (Lang::En, true) => format!("its watermark's time is {duration} ahead of the server's clock"),
        }
    }

    fn no_key_opens(self, keys: i64) -> String {
        match (keys, self.0) {
            (0, Lang::Zh) => "没有保存任何密钥".to_owned(),
            (0, Lang::En) => "no key is kept".to_owned(),
            (1, Lang::Zh) => "保存的那把密钥解不开".to_owned(),
            (1, Lang::En) => "the one kept key does not open it".to_owned(),
            (_, Lang::Zh) => format!("保存的 {keys} 把密钥都解不开"),
            (_, Lang::En) => format!("none of the {keys} kept keys opens it"),
        }
    }
}

/// The few reasons that `latchkey`'s `wechat` room gives.
fn no_answer_zh(reason: &str) -> &str {
    match reason {
        "no answer in time" => "超时",
        "no connection" => "无法建立连接",
        "the connection broke" | "the answer broke off" => "连接中断",
        "an HTTP status other than 200" => "HTTP 状态不是 200",
        "an answer that is no JSON object" => "响应不是 JSON",
        "an answer that does not end" => "响应过长",
        "an errcode that is no number" => "errcode 不是数字",
        "an answer without the promised fields" => "响应缺少应有的字段",
        "another call that exchanged this code got no answer" => "同时用这个 code 的另一个请求也没有收到",
        other => other,
    }
}

/// Those that have no number and no name in them.
const fn plain(proof: &Proof) -> Option<(&'static str, &'static str)> {
    Some(match proof {
        Proof::Repaired => (
            "收到的不是合格的 base64，修复之后通过全部校验",
            "not valid base64 as it came; after the repair every check holds",
        ),
        Proof::NoRepair => ("有任何修复都解释不了的字符", "characters that no repair explains"),
        Proof::NoWatermark => {
            ("用该用户自己的密钥能解开，但没有水印", "opens under the user's own key, but has no watermark")
        }
        Proof::OtherAppInWatermark => ("水印里是另一个小程序", "its watermark names another mini program"),
        Proof::OtherOpenid => ("数据里是另一个 openid", "it names another openid"),
        Proof::HoldsPhone => ("数据里是手机号，不是用户信息", "it holds a phone, not user info"),
        Proof::HoldsNoPhone => ("数据里没有手机号", "it holds no phone"),
        Proof::OddFields => (
            "只有最后一项（字段的写法）不符，其余校验全部通过",
            "every check holds but the last: the fields are not as WeChat writes them",
        ),
        Proof::EndMissing => (
            "开头能用保存的密钥解开，结尾不能：缺少了一部分",
            "the beginning opens under a kept key, the end does not: a part is missing",
        ),
        Proof::FirstBlockGarbled => (
            "除了开头 16 字节，其余都能用保存的密钥解开：iv 是另一个",
            "all but the first 16 bytes opens under a kept key: the iv is another one",
        ),
        Proof::UsedByAnother => ("另一个用户曾用过同一份密文", "the same ciphertext was another user's before"),
        Proof::UsedBefore => {
            ("同一份密文以前用过，当时的密钥已不在", "the same ciphertext was used before, under a key that is gone")
        }
        Proof::NoKeyKept => {
            ("该用户有登录记录，但没有保存 session_key", "the user has logged in, and no session_key is kept")
        }
        Proof::NoLogin => ("这个 openid 现在没有登录记录", "no login of this openid is on file"),
        Proof::MockText => ("就是开发者工具的固定文本", "the very text of the developer tools"),
        Proof::ExchangedHere => ("Latchkey 以前已用这个 code 换取过登录", "Latchkey has exchanged it before"),
        Proof::CodeUsed => ("微信：code been used（40163）", "WeChat: code been used (40163)"),
        Proof::UsedAfterBusy => (
            "微信先返回繁忙（-1），重试时返回 code 已用过（40163）",
            "WeChat was busy (-1), and at the retry the code had been used (40163)",
        ),
        Proof::UsedAfterNoAnswer => (
            "这个 code 以前来过，当时微信没有响应；现在微信说它已用过（40163）",
            "this code came before and WeChat gave no answer; now it says that the code has been used (40163)",
        ),
        Proof::CodeTimedOut => ("微信：code 已超时（42003）", "WeChat: the code timed out (42003)"),
        Proof::NoCode => ("微信：没有 code（41008）", "WeChat: no code (41008)"),
        Proof::CodeUnknown => (
            "微信不认识它（40029），也没有迹象表明它属于另一个小程序",
            "WeChat does not know it (40029); nothing says that it is another mini program's",
        ),
        Proof::HexDigits64 => ("64 位十六进制：手机号 code", "64 hexadecimal digits: a phone code"),
        Proof::LoginCodeShape => (
            "它是 wx.login 的 code 的样子，或曾作为登录 code 使用",
            "it has the shape of a wx.login code, or was presented as one",
        ),
        Proof::PhoneCodeUnknown => {
            ("微信不认识它（40029），它也不是登录 code", "WeChat does not know it (40029), and it is no login code")
        }
        Proof::PhoneCodeUnknownAfterBusy => (
            "微信先返回繁忙（-1），重试时返回 code 无效（40029）：也可能是第一次已经用掉了它",
            "WeChat was busy (-1), and at the retry did not know it (40029): the first time may have spent it",
        ),
        Proof::PhoneCodeOfOtherApp => (
            "微信：code 不属于 access_token 的小程序（40013）",
            "WeChat: the access_token's mini program is not the code's (40013)",
        ),
        Proof::NoNumbersLeft => ("微信：手机号额度已用完（1400001）", "WeChat: no phone numbers are left (1400001)"),
        Proof::Busy => ("微信：繁忙（-1），两次", "WeChat: busy (-1), twice"),
        Proof::NotConfigured => ("没有配置这个小程序", "the mini program is not configured"),
        Proof::PushUnsigned => ("签名与配置的 Token 对不上", "the signature does not fit the configured Token"),
        Proof::PushNeverSigned => (
            "签名与配置的 Token 对不上；也没有签名正确的推送记录",
            "the signature does not fit the configured Token, and no push whose signature does is on record",
        ),
        Proof::PushStale => ("时间戳与服务器相差十分钟以上", "the timestamp is more than ten minutes off"),
        Proof::PushReplayed => ("同一个签名以前随另一条消息来过", "the signature came with another message before"),
        Proof::PushWithoutKey => {
            ("消息是加密的，却没有配置 push_aes_key", "the message is encrypted and no push_aes_key is configured")
        }
        Proof::PushNotEncrypted => (
            "消息是明文；配置了 push_aes_key，没有设置 push_plain",
            "the message is not encrypted; push_aes_key is configured and push_plain is not",
        ),
        Proof::PushUndecipherable => {
            ("用配置的 push_aes_key 解不开", "it does not open under the configured push_aes_key")
        }
        Proof::PushOfOtherApp => ("消息里是另一个小程序的 appid", "the message names another mini program"),
        Proof::PushUnreadable => ("签名正确，消息却读不懂", "the signature is right, but the message cannot be read"),
        Proof::Erased => ("用户的数据已删除", "the user's data has been erased"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Lang, Proof, T};

    #[test]
    fn a_time_ahead_is_said_without_a_minus() {
        let (zh, en) = (T(Lang::Zh), T(Lang::En));
        assert_eq!(en.proof(&Proof::MadeAgo(-301)), "its watermark's time is 5 min 1 s ahead of the server's clock");
        assert_eq!(zh.proof(&Proof::MadeAgo(700)), "水印里的时间在 11 分 40 秒之前");
        let older = Proof::OlderKey { number: 2, before_s: 3 };
        assert_eq!(zh.proof(&older), "第 2 把密钥解开了数据，数据在最新密钥到达的 3.0 秒前生成");
        assert_eq!(
            en.proof(&older),
            "key 2 of those kept opened it; the data was made 3.0 s before the newest key came"
        );
    }

    #[test]
    fn no_proof_is_told_by_its_name_in_the_code() {
        let proofs = [
            Proof::NoKeyOpens(2),
            Proof::NewestKeyInvalid(1),
            Proof::UnknownToWechat(1),
            Proof::SignedByNone(0),
            Proof::SignedByNone(3),
            Proof::SignedWhenDecoded,
            Proof::ImpossibleLength(5),
            Proof::NoWholeBlocks(17),
            Proof::IvBytes(3),
            Proof::OpensElsewhere("wx1".into()),
            Proof::NoKeyAndReferer("wx1".into()),
            Proof::Referer("wx1".into()),
            Proof::SpentAs("wx1".into()),
            Proof::NoAnswer("no connection".into()),
            Proof::Errcode(40125),
            Proof::OpenidRefused(40003),
            Proof::LeftOut(4900),
            Proof::Errno(None),
            Proof::Errno(Some(103)),
            Proof::CutOff(3),
            Proof::BeginningMissing(9),
            Proof::OpensInPart { from: 4, to: 5, blocks: 10 },
            Proof::OutsideWindow { age_s: 700, limit_s: 600 },
            Proof::FirstUse { ago_s: 60, request_id: None, opens: true },
            Proof::FirstUse { ago_s: 60, request_id: Some("1".into()), opens: false },
            Proof::UsedInOtherApp("wx1".into()),
            Proof::SignedByOlder(2),
            Proof::NoSuchApp(None),
            Proof::NoSuchApp(Some("wx1".into())),
            Proof::FieldsSwapped,
            Proof::LaterKeyOpens,
            Proof::LoginCodeSpent,
            Proof::LoginCodeForm,
        ];
        for proof in proofs {
            let (zh, en) = (T(Lang::Zh).proof(&proof), T(Lang::En).proof(&proof));
            let name = format!("{proof:?}");
            assert!(!en.starts_with(&name) && en.is_ascii(), "{en}");
            assert!(!zh.starts_with(&name) && !zh.is_ascii(), "{zh}");
        }
    }
}
