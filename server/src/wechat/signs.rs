use std::sync::{MutexGuard, PoisonError};

use super::{WeChat, WeChatError};
use crate::clock::Millis;

/// What WeChat last said to a mini program's credentials. Holds no token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// It took them, for a login or a token.
    pub proven_at: Option<Millis>,
    /// The newest access_token.
    pub token: Option<TokenTimes>,
    /// An access_token was asked for in vain.
    pub token_refused: Option<TokenRefused>,
}

/// When an access_token came, and from when on the next call asks for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenTimes {
    pub fetched_at: Millis,
    pub renew_at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenRefused {
    pub at: Millis,
    /// `None`: there was no answer.
    pub errcode: Option<i64>,
}

impl Signs {
    /// The newer of each.
    #[must_use]
    pub fn newest(self, other: Self) -> Self {
        let token = |signs: Self| signs.token.map(|token| (token.fetched_at, token));
        let refused = |signs: Self| signs.token_refused.map(|refused| (refused.at, refused));
        Self {
            proven_at: self.proven_at.max(other.proven_at),
            token: newer(token(self), token(other)),
            token_refused: newer(refused(self), refused(other)),
        }
    }
}

fn newer<T>(one: Option<(Millis, T)>, other: Option<(Millis, T)>) -> Option<T> {
    [one, other].into_iter().flatten().max_by_key(|(at, _)| *at).map(|(_, sign)| sign)
}

impl WeChat {
    /// What this node has heard.
    pub fn signs(&self, appid: &str) -> Signs {
        self.heard(appid).map(|signs| *signs).unwrap_or_default()
    }

    pub(super) fn note_proven(&self, appid: &str) {
        if let Some(mut signs) = self.heard(appid) {
            signs.proven_at = Some(self.clock.now());
        }
    }

    pub(super) fn note_token(&self, appid: &str, times: TokenTimes) {
        if let Some(mut signs) = self.heard(appid) {
            signs.proven_at = Some(times.fetched_at);
            signs.token = Some(times);
        }
    }

    pub(super) fn note_token_refused(&self, appid: &str, error: &WeChatError) {
        if let Some(mut signs) = self.heard(appid) {
            let errcode = match error {
                WeChatError::Refused(refusal) => Some(refusal.errcode),
                _ => None,
            };
            signs.token_refused = Some(TokenRefused { at: self.clock.now(), errcode });
        }
    }

    fn heard(&self, appid: &str) -> Option<MutexGuard<'_, Signs>> {
        Some(self.signs.get(appid)?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
