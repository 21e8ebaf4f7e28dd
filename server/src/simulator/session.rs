use super::{open_data::Key, quota::Quota, state::App};
use crate::{clock::Millis, random::Random};

/// Several wx.login calls within this time keep the key. WeChat has such a period and does not say how long it is
/// (protocol §2).
const ROTATES_AFTER_MS: i64 = 60_000;
/// A key dies this long after the user last did something. The only figure ever named by WeChat (protocol §2).
const LIFE_S: i64 = 3 * 86_400;

/// The one session_key that a user has in an app.
pub(super) struct Session {
    pub key: Key,
    created: Millis,
    expires: Millis,
    /// Code exchanges.
    pub exchanges: Quota,
    /// Resets through resetusersessionkey.
    pub resets: Quota,
}

impl App {
    /// What wx.login does to the key, before any server hears of the code: an old one is replaced *now*, and data
    /// encrypted with it can no longer be read by whoever fetches the key (protocol §2, §9.2).
    pub fn session_at_login(&mut self, openid: &str, now: Millis, random: &Random) {
        let session = self.session(openid, now, random);
        if !session.is_live(now) || now.since(session.created) >= ROTATES_AFTER_MS {
            session.rotate(now, random);
        }
        session.touch(now);
    }

    /// The user's session, made when this is the first.
    pub fn session(&mut self, openid: &str, now: Millis, random: &Random) -> &mut Session {
        self.sessions.entry(openid.to_owned()).or_insert_with(|| Session::new(now, random))
    }

    pub fn live_session(&mut self, openid: &str, now: Millis) -> Option<&mut Session> {
        self.sessions.get_mut(openid).filter(|session| session.is_live(now))
    }
}

impl Session {
    fn new(now: Millis, random: &Random) -> Self {
        Self {
            key: Key::new(random),
            created: now,
            expires: now.plus_seconds(LIFE_S),
            exchanges: Quota::default(),
            resets: Quota::default(),
        }
    }

    fn is_live(&self, now: Millis) -> bool {
        now < self.expires
    }

    /// The old key is dead at once; the new one inherits its end (protocol §2.3).
    pub fn rotate(&mut self, now: Millis, random: &Random) {
        self.key = Key::new(random);
        self.created = now;
    }

    /// The user did something.
    pub fn touch(&mut self, now: Millis) {
        self.expires = now.plus_seconds(LIFE_S);
    }

    pub fn expire(&mut self, now: Millis) {
        self.expires = now;
    }
}
