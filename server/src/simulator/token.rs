//! Access tokens of the two kinds, which live side by side and never end each other (protocol §5).

use super::{identity, quota::Quota, reply::Refusal};
use crate::{clock::Millis, random::Random};

const LIFE_S: i64 = 7200;
/// While tokens change, the old one works on; a stable token is renewed when no more than this is left of it.
const OVERLAP_S: i64 = 300;
const NORMAL_PER_DAY: u32 = 2000;
const FORCED_PER_DAY: u32 = 20;
/// A forced refresh so soon after the last one changes nothing.
const FORCE_REST_MS: i64 = 30_000;

struct Token {
    text: String,
    expires: Millis,
    /// When it stops because of a newer one.
    retires: Option<Millis>,
}

impl Token {
    fn new(now: Millis, random: &Random) -> Self {
        Self { text: identity::access_token(random), expires: now.plus_seconds(LIFE_S), retires: None }
    }

    fn seconds_left(&self, now: Millis) -> i64 {
        self.expires.since(now).div_euclid(1000)
    }

    /// Past its life is 42001; superseded is 40001.
    fn accept(&self, now: Millis) -> Result<(), Refusal> {
        if now >= self.expires {
            return Err(Refusal::code(42001));
        }
        if self.retires.is_some_and(|end| now >= end) { Err(Refusal::code(40001)) } else { Ok(()) }
    }
}

/// The newest token and the one before it; any older one is as good as unknown.
#[derive(Default)]
struct Pair {
    current: Option<Token>,
    previous: Option<Token>,
}

impl Pair {
    fn find(&self, text: &str) -> Option<&Token> {
        [&self.current, &self.previous].into_iter().flatten().find(|token| token.text == text)
    }

    fn renew(&mut self, now: Millis, random: &Random) -> &mut Token {
        self.previous = self.current.take();
        self.current.insert(Token::new(now, random))
    }
}

/// A token and the seconds that are left of it, as the token calls answer.
pub(super) type Granted = (String, i64);

/// `/cgi-bin/token`: each call makes a new one and leaves the last one five minutes.
#[derive(Default)]
pub(super) struct NormalTokens {
    pair: Pair,
    today: Quota,
}

impl NormalTokens {
    pub fn grant(&mut self, now: Millis, random: &Random) -> Result<Granted, Refusal> {
        if !self.today.take_of_day(now, NORMAL_PER_DAY) {
            return Err(Refusal::code(45009));
        }
        if let Some(last) = &mut self.pair.current {
            last.retires = Some(now.plus_seconds(OVERLAP_S));
        }
        Ok((self.pair.renew(now, random).text.clone(), LIFE_S))
    }

    /// `None`: not one of these.
    pub fn accept(&self, text: &str, now: Millis) -> Option<Result<(), Refusal>> {
        self.pair.find(text).map(|token| token.accept(now))
    }
}

/// `/cgi-bin/stable_token`: the same one to everybody who asks, until its last five minutes.
#[derive(Default)]
pub(super) struct StableTokens {
    pair: Pair,
    forced: Option<Millis>,
    forced_today: Quota,
}

impl StableTokens {
    pub fn grant(&mut self, now: Millis, random: &Random) -> Granted {
        let last = self.pair.current.as_ref().filter(|token| token.seconds_left(now) >= OVERLAP_S);
        if let Some(token) = last {
            return (token.text.clone(), token.seconds_left(now));
        }
        (self.pair.renew(now, random).text.clone(), LIFE_S)
    }

    /// The old token dies at once; WeChat does not say so, but it is the case that a client must survive.
    pub fn force(&mut self, now: Millis, random: &Random) -> Result<Granted, Refusal> {
        if self.forced.is_some_and(|last| now.since(last) < FORCE_REST_MS) {
            return Ok(self.grant(now, random));
        }
        if !self.forced_today.take_of_day(now, FORCED_PER_DAY) {
            return Err(Refusal::code(45009));
        }
        self.forced = Some(now);
        self.pair = Pair::default();
        Ok((self.pair.renew(now, random).text.clone(), LIFE_S))
    }

    /// `None`: not one of these.
    pub fn accept(&self, text: &str, now: Millis) -> Option<Result<(), Refusal>> {
        self.pair.find(text).map(|token| token.accept(now))
    }
}
