use std::time::Duration;

use uuid::Uuid;

use super::{Accounts, Failure, failure::NEXT_MINUTE_S};
use crate::{
    arrival::Arrival,
    sealed::sha256,
    store::{
        StoreError, Tx,
        login_codes::{self, Claim, LoginCodeRow},
    },
    wechat::{Refusal, WeChatError, WeChatSession},
};

/// What `wx.login` gives in the developer tools of a project without an appid (protocol §8).
pub const MOCK_CODE: &str = "the code is a mock one";
/// How often a caller who waits looks for the outcome.
const LOOK: Duration = Duration::from_millis(20);
/// A caller shares an outcome that it has not waited for only if it came at most this long before its first look.
const MOST_WAITED_MS: i64 = 1000;
/// An exchange asks WeChat twice at most, for the login and for a phone; after this much more, its node has died.
const SLACK: Duration = Duration::from_secs(1);

/// The ledger's name for an exchange that WeChat gave no answer to.
const UNAVAILABLE: &str = "wechat_unavailable";
/// The reason for those who waited for such an exchange.
const NO_ANSWER_EITHER: &str = "another call that exchanged this code got no answer";
const BUSY: i64 = -1;
/// The ledger's name for an exchange whose outcome could not be kept.
const NOT_KEPT: &str = "unavailable";

/// A login code as the ledger knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeHash([u8; 32]);

impl CodeHash {
    pub(super) fn new(appid: &str, code: &str) -> Self {
        Self(sha256(&[b"login code/", appid.as_bytes(), b"/", code.as_bytes()]))
    }

    pub(super) fn bytes(self) -> [u8; 32] {
        self.0
    }
}

/// The outcome of a code's one exchange.
pub(super) enum Exchange {
    /// This caller did it, and must keep what came of it with [`spend`].
    Mine(WeChatSession),
    /// Somebody else did it while this caller was waiting.
    Shared { binding: Uuid, is_new: bool },
}

/// A code that was not exchanged.
pub(super) enum NotExchanged {
    /// The ledger knows that it was exchanged before, and perhaps by whom; or it is the mock one.
    Here {
        spent_by: Option<Uuid>,
    },
    ByWeChat {
        answer: WeChatError,
        unanswered_before: bool,
    },
}

/// Marks the code as spent, in the transaction that keeps what came of it.
pub(super) async fn spend(
    tx: &mut Tx,
    code: CodeHash,
    binding: Uuid,
    is_new: bool,
    now: crate::clock::Millis,
) -> Result<(), Failure> {
    Ok(login_codes::spend(tx, code.0, binding, is_new, now).await?)
}

impl Accounts {
    /// Exchanges a login code at WeChat: once, however many callers come with it at the same time and on however
    /// many nodes. The caller that inserts the code's row asks WeChat; the others look at the row until it has an outcome,
    /// and share it. A caller that comes after a successful exchange gets [`Failure::LoginCodeUsed`]; one that comes after
    /// a failed exchange asks WeChat again, because WeChat may have been busy. An exchange whose node has died is taken
    /// over after a while, and WeChat says whether it had spent the code.
    pub(super) async fn exchange_code(
        &self,
        appid: &str,
        code: &str,
        hash: CodeHash,
        arrival: Arrival,
    ) -> Result<Exchange, Failure> {
        if code == MOCK_CODE {
            self.report_login_code(arrival, appid, code, NotExchanged::Here { spent_by: None });
            return Err(Failure::LoginCodeInvalid);
        }
        let mut waited = Duration::ZERO;
        let mut was_waiting = false;
        let mut free = true;
        loop {
            if free && self.claim(appid, hash, arrival).await? {
                return self.exchange_claimed(appid, code, hash, arrival).await;
            }
            // Taken before the look, so that the look cannot make it longer.
            let waited_ms = self.waited_ms(arrival);
            let row = login_codes::find(&mut self.db.read().await?, hash.0).await?;
            let row = row.ok_or(Failure::LoginCodeInvalid)?;
            let was_there = was_waiting || (0..waited_ms).contains(&row.age_ms);
            match (row.state.as_str(), row.binding_id) {
                ("spent", Some(binding)) if was_there => return Ok(Exchange::Shared { binding, is_new: row.is_new }),
                ("spent", binding) => {
                    self.report_login_code(arrival, appid, code, NotExchanged::Here { spent_by: binding });
                    return Err(Failure::LoginCodeUsed);
                }
                ("failed", _) if was_there => {
                    return Err(self.failed_with_another(arrival, appid, code, row.error.as_deref()));
                }
                // Failed between this caller's claim and its look: free for the taking.
                ("failed", _) => continue,
                _ => (was_waiting, free) = (true, self.given_up(&row)),
            }
            if waited > 2 * self.lease() {
                return Err(self.failed_with_another(arrival, appid, code, Some(UNAVAILABLE)));
            }
            tokio::time::sleep(LOOK).await;
            waited += LOOK;
        }
    }

    /// The failure of the call that exchanged the code, for one that waited for it: each request has its own record.
    fn failed_with_another(&self, arrival: Arrival, appid: &str, code: &str, kept: Option<&str>) -> Failure {
        let (failure, answer) = outcome(kept.unwrap_or_default());
        if let Some(answer) = answer {
            let refused = NotExchanged::ByWeChat { answer, unanswered_before: false };
            self.report_login_code(arrival, appid, code, refused);
        }
        failure
    }

    /// For how long the caller has been there, at most [`MOST_WAITED_MS`]. The one reading of a clock that is compared is
    /// this node's own, over a moment.
    fn waited_ms(&self, arrival: Arrival) -> i64 {
        self.clock.now().since(arrival.at).clamp(0, MOST_WAITED_MS)
    }

    /// Within this time, a living node has done with a code.
    fn lease(&self) -> Duration {
        2 * self.wechat.timeout() + SLACK
    }

    fn lease_ms(&self) -> i64 {
        i64::try_from(self.lease().as_millis()).unwrap_or(i64::MAX)
    }

    fn given_up(&self, row: &LoginCodeRow) -> bool {
        !(0..=self.lease_ms()).contains(&row.age_ms)
    }

    async fn claim(&self, appid: &str, hash: CodeHash, arrival: Arrival) -> Result<bool, Failure> {
        let (waited_ms, lease_ms) = (self.waited_ms(arrival), self.lease_ms());
        let claim = Claim { hash: hash.0, appid, now: self.clock.now(), waited_ms, lease_ms };
        let mut tx = self.db.write().await?;
        let mine = login_codes::claim(&mut tx, claim, UNAVAILABLE).await?;
        tx.commit().await?;
        Ok(mine)
    }

    async fn exchange_claimed(
        &self,
        appid: &str,
        code: &str,
        hash: CodeHash,
        arrival: Arrival,
    ) -> Result<Exchange, Failure> {
        match self.wechat.code2session(appid, code).await {
            Ok(session) => Ok(Exchange::Mine(session)),
            Err(error) => {
                self.note_refusal(appid, &error).await;
                // It only explains: that the ledger cannot be read is no reason to leave the code unfinished.
                let unanswered_before = self.was_unanswered(hash).await.unwrap_or_default();
                let refused = NotExchanged::ByWeChat { answer: error.clone(), unanswered_before };
                self.report_login_code(arrival, appid, code, refused);
                let errcode = error.errcode();
                let failure = Failure::of_login_code(error);
                self.give_up(hash, &failure, errcode).await;
                Err(failure)
            }
        }
    }

    /// Whether this code came before, and WeChat gave no answer: it may have spent it all the same.
    async fn was_unanswered(&self, hash: CodeHash) -> Result<bool, Failure> {
        let row = login_codes::find(&mut self.db.read().await?, hash.0).await?;
        Ok(row.and_then(|row| row.error).is_some_and(|error| error.starts_with(UNAVAILABLE)))
    }

    /// Tells those who wait that nothing came of the exchange, with WeChat's errcode if it gave one. When the database is
    /// the reason, they find out by themselves.
    pub(super) async fn give_up(&self, hash: CodeHash, failure: &Failure, errcode: Option<i64>) {
        let outcome = match errcode {
            Some(errcode) => format!("{} {errcode}", name(failure)),
            None => name(failure).to_owned(),
        };
        let told = async {
            let mut tx = self.db.write().await?;
            login_codes::fail(&mut tx, hash.0, &outcome, self.clock.now()).await?;
            tx.commit().await
        };
        if let Err(error) = told.await {
            tracing::error!(%error, "the ledger does not know that an exchange has failed");
        }
    }
}

/// The ledger's name for a failed exchange; WeChat's errcode may follow it. [`outcome`] reads both back for those who waited.
fn name(failure: &Failure) -> &'static str {
    match failure {
        Failure::LoginCodeInvalid => "login_code_invalid",
        Failure::LoginCodeUsed => "login_code_used",
        Failure::UserBlocked => "user_blocked",
        Failure::RateLimited { .. } => "rate_limited",
        Failure::Misconfigured(_) => "misconfigured",
        Failure::WeChatUnavailable(_) => UNAVAILABLE,
        Failure::Unavailable(_) => NOT_KEPT,
        _ => "internal",
    }
}

/// The failure that a name of the ledger stands for, and WeChat's answer behind it, if it was WeChat's.
fn outcome(kept: &str) -> (Failure, Option<WeChatError>) {
    let (name, errcode) = kept.split_once(' ').unwrap_or((kept, ""));
    let errcode = errcode.parse().unwrap_or_default();
    let refusal = Refusal { errcode, ..Refusal::default() };
    let answer = match (name, errcode) {
        ("internal", _) => None,
        (_, BUSY) => Some(WeChatError::Busy(None)),
        (UNAVAILABLE, _) => Some(WeChatError::Unavailable(NO_ANSWER_EITHER)),
        (_, 0) => None,
        _ => Some(WeChatError::Refused(refusal.clone())),
    };
    let failure = match name {
        "login_code_invalid" => Failure::LoginCodeInvalid,
        "login_code_used" => Failure::LoginCodeUsed,
        "user_blocked" => Failure::UserBlocked,
        "rate_limited" => Failure::RateLimited { retry_after_s: NEXT_MINUTE_S },
        UNAVAILABLE => Failure::WeChatUnavailable(NO_ANSWER_EITHER),
        "misconfigured" => Failure::Misconfigured(refusal),
        NOT_KEPT => Failure::Unavailable(StoreError::Elsewhere),
        _ => Failure::Internal(super::Fault::Missing("the outcome of the other call that exchanged this code")),
    };
    (failure, answer)
}
