use std::collections::BTreeMap;

use serde_json::Value;

use super::PushError;

/// What WeChat tells about a user (protocol §6.5), or any other message, of which only the fields below matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushMessage {
    /// In lower case; empty for messages that are no events.
    pub event: String,
    /// The user concerned. Was seen to be absent.
    pub openid: Option<String>,
    pub appid: Option<String>,
    /// Seconds.
    pub create_time: i64,
    /// What was revoked, by WeChat's numbers; 8 is the phone.
    pub revoke_info: Vec<String>,
}

impl PushMessage {
    pub(super) fn read(body: &[u8]) -> Result<Self, PushError> {
        let fields = Fields::read(body)?;
        let is_event = fields.text("MsgType").is_some_and(|kind| kind.eq_ignore_ascii_case("event"));
        let revoke_info = fields.text("RevokeInfo").unwrap_or_default();
        let numbers = revoke_info.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty());
        Ok(Self {
            event: fields.text("Event").filter(|_| is_event).unwrap_or_default().to_ascii_lowercase(),
            openid: fields.text("OpenID").map(str::to_owned),
            appid: fields.text("AppID").map(str::to_owned),
            create_time: fields.text("CreateTime").and_then(|time| time.parse().ok()).unwrap_or_default(),
            revoke_info: numbers.map(str::to_owned).collect(),
        })
    }
}

/// The `Encrypt` field of a body in compatible or safe mode; `None` where there is none, or no body that can be read.
/// The other fields of the compatible mode are not read: the signature does not cover them.
pub(super) fn encrypt_field(body: &[u8]) -> Option<String> {
    Fields::read(body).ok()?.text("Encrypt").map(str::to_owned)
}

/// The top level of a message: names and texts. What is nested belongs to messages that do not concern us.
struct Fields(BTreeMap<String, String>);

impl Fields {
    fn read(body: &[u8]) -> Result<Self, PushError> {
        let text = std::str::from_utf8(body).map_err(|_| PushError::Unreadable("not UTF-8"))?;
        let text = text.trim_start_matches('\u{FEFF}').trim();
        match text.as_bytes().first() {
            Some(b'{') => json(text),
            Some(b'<') => xml(text),
            _ => Err(PushError::Unreadable("neither JSON nor XML")),
        }
    }

    /// Trimmed, because WeChat's own sample has a blank in front; `None` when absent or empty.
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

fn json(text: &str) -> Result<Fields, PushError> {
    let object: BTreeMap<String, Value> =
        serde_json::from_str(text).map_err(|_| PushError::Unreadable("no JSON object"))?;
    let texts = object.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Number(number) => Some((name, number.to_string())),
        _ => None,
    });
    Ok(Fields(texts.collect()))
}

/// roxmltree takes no document type, and so no entities that grow.
fn xml(text: &str) -> Result<Fields, PushError> {
    let document = roxmltree::Document::parse(text).map_err(|_| PushError::Unreadable("no XML"))?;
    let elements = document.root_element().children().filter(roxmltree::Node::is_element);
    let texts =
        elements.map(|element| (element.tag_name().name().to_owned(), element.text().unwrap_or_default().to_owned()));
    Ok(Fields(texts.collect()))
}
