//! The parts of proofs in words: what was sent, what was repaired, what the phone button said.

use super::{Lang, T};
use crate::types::{ButtonSaid, Field, Proof, Repair, Repaired, Sent};

impl T {
    /// The proofs that name what was found in the request; `None` for all others.
    pub(super) fn found(self, proof: &Proof) -> Option<String> {
        let words = |(zh, en)| self.pick(zh, en).to_owned();
        plain(proof).map(words).or_else(|| self.of_data(proof)).or_else(|| self.of_request(proof))
    }

    fn of_data(self, proof: &Proof) -> Option<String> {
        let zh = self.0 == Lang::Zh;
        Some(match proof {
            Proof::Repairs(repairs) => self.repairs(repairs),
            Proof::SentInstead { field, sent } => self.sent_instead(*field, sent),
            Proof::CutOff(blocks) if zh => format!("收到的 {blocks} 个完整分组全部能用保存的密钥解开，之后没有了"),
            Proof::CutOff(blocks) => {
                format!("all {blocks} whole blocks that came open under a kept key, and there is no more")
            }
            Proof::BeginningMissing(blocks) if zh => {
                format!("共 {blocks} 个分组，只有第 1 个解不开；其余的不是一份完整数据的后半部分：开头缺失或被改动")
            }
            Proof::BeginningMissing(blocks) => format!(
                "of {blocks} blocks only the first does not open, and the others are not the whole rest of the data: the \
                 beginning is missing or was changed"
            ),
            Proof::OpensInPart { from, to, blocks } if zh && from == to => {
                format!("共 {blocks} 个分组，第 {from} 个解不开，其余都能用保存的密钥解开")
            }
            Proof::OpensInPart { from, to, blocks } if from == to => {
                format!("of {blocks} blocks, number {from} does not open; all others open under a kept key")
            }
            Proof::OpensInPart { from, to, blocks } if zh => {
                format!("共 {blocks} 个分组，第 {from} 到 {to} 个解不开，其余都能用保存的密钥解开")
            }
            Proof::OpensInPart { from, to, blocks } => {
                format!("of {blocks} blocks, {from} to {to} do not open; all others open under a kept key")
            }
            Proof::OutsideWindow { age_s, limit_s } => {
                let limit = self.duration(limit_s.saturating_mul(1000));
                let allowed = if zh { format!("，允许 {limit}") } else { format!("; {limit} are allowed") };
                self.made_ago(*age_s) + &allowed
            }
            _ => return None,
        })
    }

    fn of_request(self, proof: &Proof) -> Option<String> {
        let zh = self.0 == Lang::Zh;
        Some(match proof {
            Proof::FirstUse { ago_s, request_id, opens } => self.first_use(*ago_s, request_id.as_deref(), *opens),
            Proof::UsedInOtherApp(appid) if zh => format!("同一份密文以前在 {appid} 里解开过：它是为那个小程序生成的"),
            Proof::UsedInOtherApp(appid) => {
                format!("the same ciphertext was opened in {appid} before: it was made for that mini program")
            }
            Proof::SignedByOlder(number) if zh => {
                format!("第 {number} 把密钥算出了这个签名：用户信息在最近一次 wx.login 之前取得")
            }
            Proof::SignedByOlder(number) => {
                format!(
                    "key {number} of those kept makes the signature: the user info is from before the last wx.login"
                )
            }
            Proof::Button { errno, said } => self.button_said(*errno, *said),
            Proof::NoSuchApp(Some(appid)) if zh => format!("请求所说的 appid：{appid}"),
            Proof::NoSuchApp(Some(appid)) => format!("the request names {appid}"),
            Proof::NoSuchApp(None) => self
                .pick(
                    "请求没有说明 appid，或者说的不像 appid",
                    "the request names no appid, or none that looks like one",
                )
                .to_owned(),
            _ => return None,
        })
    }

    fn repairs(self, repairs: &[Repaired]) -> String {
        let all: Vec<String> = repairs.iter().map(|repaired| self.repair(*repaired)).collect();
        match self.0 {
            Lang::Zh => format!("{}；之后通过全部校验", all.join("，")),
            Lang::En => format!("{}; then every check holds", all.join(", ")),
        }
    }

    fn first_use(self, ago_s: i64, request_id: Option<&str>, opens: bool) -> String {
        let ago = self.duration(ago_s.saturating_mul(1000));
        let key = if opens { "" } else { self.pick("，当时的密钥已不在", ", under a key that is gone") };
        match self.0 {
            Lang::Zh => {
                let request = request_id.map(|id| format!("，请求编号 {id}")).unwrap_or_default();
                format!("该用户 {ago}前用过同一份密文{request}{key}")
            }
            Lang::En => {
                let request = request_id.map(|id| format!(", by request {id}")).unwrap_or_default();
                format!("this user used the same ciphertext {ago} before{request}{key}")
            }
        }
    }

    fn repair(self, Repaired { field, repair, times }: Repaired) -> String {
        let field = field.name();
        match (self.0, repair) {
            (Lang::Zh, Repair::PercentEncoding) => format!("{field} 多做了 {times} 次百分号编码，已还原"),
            (Lang::Zh, Repair::BlankForPlus) => format!("{field} 有 {times} 处空格，已换回「+」"),
            (Lang::Zh, Repair::UrlSafe) => format!("{field} 有 {times} 个「-」或「_」，已换回「+」或「/」"),
            (Lang::Zh, Repair::LineBreaks) => format!("{field} 有 {times} 个换行符，已去掉"),
            (Lang::Zh, Repair::BlanksBetweenLines) => format!("{field} 的各行之间有 {times} 个空格，已去掉"),
            (Lang::Zh, Repair::Padding) => format!("{field} 末尾缺少或多出 {times} 个「=」，已改正"),
            (Lang::En, Repair::PercentEncoding) => {
                format!("{field} was percent-encoded {times} times too often: decoded")
            }
            (Lang::En, Repair::BlankForPlus) => format!("{field} had {times} spaces: '+' put back"),
            (Lang::En, Repair::UrlSafe) => format!("{field} had {times} '-' or '_': '+' or '/' put back"),
            (Lang::En, Repair::LineBreaks) => format!("{field} had {times} line breaks: taken out"),
            (Lang::En, Repair::BlanksBetweenLines) => {
                format!("{field} had {times} spaces between its lines: taken out")
            }
            (Lang::En, Repair::Padding) => format!("{field} had {times} '=' missing or too many at its end: corrected"),
        }
    }

    fn sent_instead(self, field: Field, sent: &Sent) -> String {
        let (field, what) = (field.name(), self.sent(sent));
        match self.0 {
            Lang::Zh => format!("{field} 收到的是{what}"),
            Lang::En => format!("{field} holds {what}"),
        }
    }

    fn sent(self, sent: &Sent) -> String {
        let (zh, en) = match sent {
            Sent::Word(word) => return self.quoted("文字", "the text", word),
            Sent::Name(name) => return self.quoted("字段名", "the name", name),
            Sent::Nothing => ("空文本", "an empty text"),
            Sent::CloudId => (" cloudID", "a cloudID"),
            Sent::Openid => (" openid", "an openid"),
            Sent::Appid => (" appid", "an appid"),
            Sent::LoginCode => (" wx.login 的 code", "a code of wx.login"),
            Sent::PhoneCode => ("手机号 code（64 位十六进制）", "a phone code (64 hexadecimal digits)"),
            Sent::Signature => ("签名（40 位十六进制）", "a signature (40 hexadecimal digits)"),
            Sent::Token => ("令牌", "a token"),
            Sent::Iv => (" iv", "the iv"),
            Sent::Json => (" JSON", "JSON"),
            Sent::Address => ("网址", "an address"),
        };
        self.pick(zh, en).to_owned()
    }

    fn quoted(self, zh: &str, en: &str, text: &str) -> String {
        match self.0 {
            Lang::Zh => format!("{zh}「{text}」"),
            Lang::En => format!("{en} '{text}'"),
        }
    }

    fn button_said(self, errno: Option<i64>, said: ButtonSaid) -> String {
        let said = self.said(said);
        let errno = errno.map(|errno| format!(" (errno {errno})")).unwrap_or_default();
        match self.0 {
            Lang::Zh => format!("按钮返回：{said}{errno}"),
            Lang::En => format!("the button said: {said}{errno}"),
        }
    }

    /// The kind of the button's errMsg.
    pub(super) const fn said(self, said: ButtonSaid) -> &'static str {
        let (zh, en) = match said {
            ButtonSaid::Deny => ("用户拒绝", "the user said no"),
            ButtonSaid::NoPermission => ("没有权限（no permission）", "no permission"),
            ButtonSaid::NotDeclared => {
                ("隐私保护指引没有声明手机号", "the privacy agreement does not declare phone numbers")
            }
            ButtonSaid::PrivacyRefused => ("用户没有同意隐私协议", "the privacy agreement was not accepted"),
            ButtonSaid::Banned => ("隐私接口被封禁", "the privacy interface is banned"),
            ButtonSaid::NoQuota => ("额度不足", "not enough quota"),
            ButtonSaid::TimeOut => ("超时", "it timed out"),
            ButtonSaid::Network => ("网络错误", "a network error"),
            ButtonSaid::Ok => ("成功（ok），却没有数据", "ok, and yet it gave no data"),
            ButtonSaid::Other => ("未知的 errMsg", "an errMsg that is not known"),
            ButtonSaid::Nothing => ("没有 errMsg", "no errMsg"),
        };
        self.pick(zh, en)
    }
}

/// Those that have no number and no name in them.
const fn plain(proof: &Proof) -> Option<(&'static str, &'static str)> {
    Some(match proof {
        Proof::FieldsSwapped => ("encryptedData 和 iv 放反了", "encryptedData and iv stand in each other's place"),
        Proof::LaterKeyOpens => (
            "之后一次登录带来的密钥能解开它：这把密钥在数据生成时就已启用，却还没有发给 Latchkey",
            "it opens under the key of a later login: that key was in use when the data was made, and had not reached Latchkey yet",
        ),
        Proof::LoginCodeSpent => {
            ("Latchkey 曾用它作为登录 code 换取过登录", "Latchkey has exchanged it before, as a login code")
        }
        Proof::LoginCodeForm => (
            "32 个字符的 wx.login code；手机号 code 是 64 位十六进制",
            "the 32 characters of a wx.login code; a phone code has 64 hexadecimal digits",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_said_in_both_languages() {
        let (zh, en) = (T(Lang::Zh), T(Lang::En));
        let repaired = Repaired { field: Field::Iv, repair: Repair::BlankForPlus, times: 3 };
        assert_eq!(zh.repair(repaired), "iv 有 3 处空格，已换回「+」");
        assert_eq!(en.repair(repaired), "iv had 3 spaces: '+' put back");
        let word = Sent::Word("undefined".into());
        assert_eq!(zh.sent_instead(Field::EncryptedData, &word), "encryptedData 收到的是文字「undefined」");
        assert_eq!(en.sent_instead(Field::EncryptedData, &word), "encryptedData holds the text 'undefined'");
        assert_eq!(zh.button_said(Some(103), ButtonSaid::Deny), "按钮返回：用户拒绝 (errno 103)");
        assert_eq!(en.button_said(None, ButtonSaid::Nothing), "the button said: no errMsg");
    }
}
