//! The causes as kinds of failure, for filters and counts.

use super::Both;
use crate::types::Cause;

pub(super) const fn name(cause: Cause) -> Both {
    match cause {
        Cause::LoginAfterPhoneButton => ("手机号按钮之后调用了 wx.login", "wx.login after the phone button"),
        Cause::NoSession => ("这个 openid 没有登录记录", "No login of this openid"),
        Cause::KeyExpired => ("登录过，但密钥已不再保存", "Logged in, but the key is no longer kept"),
        Cause::KeyRotatedElsewhere => {
            ("Latchkey 保存的 session_key 已失效", "The session_key that Latchkey holds is out of date")
        }
        Cause::PlusLost => ("base64 里的「+」变成了空格", "'+' in the base64 became a space"),
        Cause::DoubleEncoded => ("百分号编码多做了一次", "Percent-encoded once too often"),
        Cause::UrlSafeAlphabet => ("base64 被转换成了 URL 安全格式", "base64 turned into its URL-safe form"),
        Cause::PaddingLost => ("base64 末尾的「=」丢失", "'=' at the end of the base64 is missing"),
        Cause::LineBreaks => ("base64 里混入了换行", "Line breaks inside the base64"),
        Cause::NotBase64 => ("收到的不是 base64", "Not base64 at all"),
        Cause::Truncated => ("密文不完整，末尾缺失", "The ciphertext is cut off at the end"),
        Cause::ChangedInTransit => ("密文在途中被改动", "The ciphertext was changed on the way"),
        Cause::IvInvalid => ("iv 与数据不匹配", "iv does not belong to the data"),
        Cause::WrongApp => ("数据属于另一个小程序", "The data is another mini program's"),
        Cause::StaleData => ("数据已过有效时间", "The data is too old"),
        Cause::OtherUsersData => ("数据属于另一个用户", "The data is another user's"),
        Cause::Replayed => ("同一份数据被重复发送", "The same data was sent again"),
        Cause::NotFromWechat => ("数据不是微信生成的", "WeChat did not make this data"),
        Cause::NotKnownToWechat => ("微信不认识这份密文", "WeChat does not know this ciphertext"),
        Cause::WrongKindOfData => ("用户信息和手机号数据用反了", "User info and phone data mixed up"),
        Cause::RawDataChanged => ("rawData 的签名对不上", "The signature of rawData does not hold"),
        Cause::CodeExpired => ("登录 code 无效或已过期", "Login code invalid or expired"),
        Cause::CodeUsed => ("登录 code 被重复使用", "Login code used twice"),
        Cause::CodeOfOtherApp => ("登录 code 属于另一个小程序", "The login code is another mini program's"),
        Cause::MockCodeFromDevtools => ("开发者工具没有设置 AppID", "Developer tools without an AppID"),
        Cause::PhoneCodeInLoginField => ("把手机号 code 当成了登录 code", "Phone code sent as login code"),
        Cause::LoginCodeInPhoneField => ("把登录 code 当成了手机号 code", "Login code sent as phone code"),
        Cause::PhoneCodeExpired => ("手机号 code 无效或已过期", "Phone code invalid or expired"),
        Cause::PhoneCodeOfOtherApp => ("手机号 code 属于另一个小程序", "The phone code is another mini program's"),
        Cause::PhoneQuotaExhausted => ("手机号验证的额度已用完", "The phone number quota is used up"),
        Cause::UserDenied => ("用户拒绝授权", "The user said no"),
        Cause::ButtonNotPermitted => ("手机号按钮不可用：隐私协议或账号权限", "The phone button is not permitted"),
        Cause::IpNotWhitelisted => ("服务器 IP 不在白名单中", "The server's IP is not on the whitelist"),
        Cause::AppSecretWrong => ("AppSecret 不正确", "The AppSecret is wrong"),
        Cause::AppMisconfigured => ("小程序配置有误", "The mini program's settings are wrong"),
        Cause::UnknownApp => ("没有配置这个小程序", "This mini program is not configured"),
        Cause::QuotaExhausted => ("调用微信接口超过限额", "Too many calls to WeChat"),
        Cause::WechatBusy => ("微信系统繁忙", "WeChat was busy"),
        Cause::WechatUnreachable => ("无法连接微信", "WeChat could not be reached"),
        Cause::UserBlockedByWechat => ("用户被微信限制登录", "WeChat keeps this user out"),
        Cause::PushSignatureWrong => ("消息推送的签名不对", "A push with a wrong signature"),
        Cause::PushKeyWrong => ("消息推送无法解密", "A push that cannot be decrypted"),
        Cause::PushNotEncrypted => ("消息推送没有加密", "A push that is not encrypted"),
        Cause::PushStale => ("消息推送的时间相差太多", "A push from another time"),
        Cause::PushReplayed => ("消息推送的签名被再次使用", "A push with a used signature"),
        Cause::Unknown => ("原因未知", "Cause unknown"),
    }
}
