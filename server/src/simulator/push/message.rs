//! What a push carries, as JSON or XML (protocol §6.2, §6.5).

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::simulator::identity;

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(in crate::simulator) enum Format {
    #[default]
    Json,
    Xml,
}

/// Texts and numbers by name, in WeChat's order.
#[derive(Clone)]
pub(in crate::simulator) struct Message(Vec<(&'static str, Value)>);

impl Message {
    /// What every message to this app begins with.
    pub fn to(appid: &str) -> Self {
        Self(vec![("ToUserName", identity::original_id(appid).into())])
    }

    /// The event's own fields are still to be added. It comes from WeChat's push service, not from the user.
    pub fn event(appid: &str, name: impl Into<Value>, created: i64) -> Self {
        let sender = identity::push_sender(appid);
        let message = Self::to(appid).with("FromUserName", sender).with("CreateTime", created);
        message.with("MsgType", "event").with("Event", name)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    pub fn with_some(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub fn render(&self, format: Format) -> String {
        match format {
            // Texts under names that are texts: there is nothing in it that could fail.
            Format::Json => serde_json::to_string(self).unwrap_or_default(),
            Format::Xml => format!("<xml>{}</xml>", self.0.iter().map(element).collect::<String>()),
        }
    }
}

/// By hand, because a map would sort the names.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn element((name, value): &(&str, Value)) -> String {
    match value {
        Value::String(text) => format!("<{name}><![CDATA[{}]]></{name}>", text.replace("]]>", "]]]]><![CDATA[>")),
        number => format!("<{name}>{number}</{name}>"),
    }
}
