//! WeChat's message push (protocol §6): what the simulator sends of its own accord, when `POST /sim/push` asks for it.

mod delivery;
mod message;
pub(super) mod seal;

use reqwest::Url;
use serde::Deserialize;

pub(super) use self::{
    delivery::on_this_machine,
    message::{Format, Message},
};

/// What an app's owner has set for it under "message push".
#[derive(Clone)]
pub(super) struct Settings {
    pub token: String,
    /// The EncodingAESKey.
    pub aes_key: String,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mode {
    Plain,
    /// The fields in plain text and Encrypt beside them.
    Compatible,
    #[default]
    Safe,
}

/// Ready to be sent, as often as is needed.
pub(super) struct Push {
    pub url: Url,
    pub token: String,
    /// Of the query; absent: new with every attempt, the nonce too.
    pub timestamp: Option<i64>,
    pub nonce: Option<String>,
    /// Of what a receiver must check: msg_signature where there is one, else signature.
    pub wrong_signature: bool,
    /// Of the query, in place of the one that the mode has.
    pub encrypt_type: Option<String>,
    /// Deliveries, each of up to three attempts.
    pub times: u32,
    /// Absent: the URL verification, which has none.
    pub content: Option<Content>,
}

pub(super) struct Content {
    pub body: String,
    /// Absent: plain mode.
    pub encrypted: Option<Encrypted>,
}

/// What the query says of an encrypted body.
pub(super) struct Encrypted {
    pub text: String,
    pub sender: String,
}
