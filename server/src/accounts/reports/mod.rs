//! Records of every failure and every healing, for the operator. A client is told one of a few words; what happened stands
//! here.
//!
//! Reports are written beside the request, on tasks of their own: they add nothing to its time, whatever the cause, and
//! can make no request fail. Each is one insert.

mod app;
mod ask;
mod button;
mod code;
mod data;
mod push;
mod sampler;
mod signature;
mod waiting;

pub use ask::AskError;
pub use button::ButtonRefusal;
pub(super) use data::{Healed, Refused};
pub(super) use sampler::Sampler;
use sampler::{Kind, LeftOut};
pub(super) use waiting::WaitingList;

use latchkey_app::types::{Cause, Evidence, Proof, Stage};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Accounts, Failure};
use crate::{
    arrival::{Arrival, Client, Word},
    clock::Millis,
    store::{
        StoreError, Tx,
        bindings::BindingRow,
        failures::{self, FailureRow},
        users,
    },
    support_code,
};

/// As long as an openid that WeChat gives may be; a client may claim anything.
const LONGEST_OPENID: usize = 128;

/// Whose call it was, as far as anybody knows.
#[derive(Debug, Clone, Default)]
pub(super) struct Subject {
    user: Option<Uuid>,
    binding: Option<Uuid>,
    openid: Option<String>,
    unionid: Option<String>,
    last_login_at: Option<i64>,
}

impl Subject {
    /// Somebody who says that he is `openid`, whom nobody knows here.
    pub(super) fn unknown(openid: &str) -> Self {
        let openid = openid.chars().filter(char::is_ascii_graphic).take(LONGEST_OPENID).collect();
        Self { openid: Some(openid), ..Self::default() }
    }
}

impl From<&BindingRow> for Subject {
    fn from(binding: &BindingRow) -> Self {
        Self {
            user: Some(binding.user_id),
            binding: Some(binding.id),
            openid: Some(binding.openid.clone()),
            unionid: binding.unionid.clone(),
            last_login_at: Some(binding.last_login_at),
        }
    }
}

/// What is to be kept of one failure or healing.
struct Report {
    arrival: Arrival,
    at: Millis,
    appid: String,
    subject: Subject,
    cause: Cause,
    stage: Stage,
    healed: bool,
    /// Of a request for a phone.
    of_phone: bool,
    ciphertext: Option<[u8; 32]>,
    evidence: Evidence,
}

impl Accounts {
    /// Starts `work` beside the request, unless this network has filled its minute: then it is only counted.
    fn report<F>(&self, arrival: Arrival, kind: &Kind, work: impl FnOnce(Self) -> F)
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        if self.sampler.admit(arrival, kind) {
            self.beside(work(self.clone()));
        }
    }

    /// Starts `work` on a task of its own.
    pub fn beside(&self, work: impl Future<Output = Result<(), Failure>> + Send + 'static) {
        self.reports.spawn(async move {
            if let Err(error) = work.await {
                tracing::error!(%error, "a failure could not be recorded");
            }
        });
    }

    /// Starts `work` on a task of its own, which the end of the program waits for.
    pub fn tracked<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.reports.spawn(work)
    }

    /// A report with nothing left to find out.
    fn keep_report(&self, report: Report) {
        let Report { stage, healed, of_phone, .. } = report;
        let kind = Kind { appid: report.appid.clone(), stage, healed, of_phone };
        self.report(report.arrival, &kind, |accounts| async move {
            accounts.file(report, 1).await?;
            Ok(())
        });
    }

    /// A failure whose cause is known already and that has no ciphertext.
    fn keep_failure(
        &self,
        arrival: Arrival,
        appid: &str,
        subject: Subject,
        (cause, stage): (Cause, Stage),
        evidence: Evidence,
    ) {
        let (at, appid) = (self.clock.now(), appid.to_owned());
        let (healed, ciphertext) = (false, None);
        let of_phone = stage == Stage::PhoneCode || stage == Stage::Button && cause != Cause::UserDenied;
        let report = Report { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence };
        self.keep_report(report);
    }

    /// Files how many failures were left out in minutes that are over, or in `all`: a record for each kind and network. Nobody
    /// has looked at them, so that they are nobody's and their cause is unknown.
    pub async fn file_left_out(&self, all: bool) -> Result<(), StoreError> {
        while let Some(left_out) = self.sampler.next_left_out(all) {
            if let Err(error) = self.file(Report::from(&left_out), left_out.times).await {
                self.sampler.put_back(left_out);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Waits until every report that was begun is written.
    pub async fn reports_written(&self) {
        self.reports.close();
        self.reports.wait().await;
        self.reports.reopen();
    }

    /// `times`: how many failures the record stands for.
    async fn file(&self, report: Report, times: i64) -> Result<Uuid, StoreError> {
        let id = self.random.id(report.at);
        let row = report.row(id, times);
        let Report { cause, stage, healed, of_phone, .. } = report;
        let mut tx = self.db.write().await?;
        file_row(&mut tx, &row).await?;
        self.count_failure(&mut tx, &row, of_phone).await?;
        tx.commit().await?;
        let support_code = row.support_code.as_deref();
        tracing::info!(
            request_id = row.request_id,
            support_code,
            appid = row.appid,
            ?cause,
            ?stage,
            healed,
            "a failure is recorded"
        );
        self.metrics.failure(self.counted_as(&row.appid), &row.cause, healed, u64::try_from(times).unwrap_or(1));
        Ok(id)
    }
}

/// A report comes after its request: its user may have been erased in between.
async fn file_row(tx: &mut Tx, row: &FailureRow) -> Result<(), StoreError> {
    let Some(user) = row.user_id else { return failures::insert(tx, row).await };
    tx.lock_user(user).await?;
    failures::insert(tx, row).await?;
    let erased = users::find(tx, user).await?.is_some_and(|user| user.erased_at.is_some());
    if erased { failures::erase_of(tx, user).await } else { Ok(()) }
}

impl From<&LeftOut> for Report {
    fn from(left_out: &LeftOut) -> Self {
        let LeftOut { kind, arrival, at, times } = left_out;
        let Kind { appid, stage, healed, of_phone } = kind.clone();
        let evidence = Evidence { proof: Proof::LeftOut(*times), ..Evidence::default() };
        let arrival = Arrival { client: Client { version: None, ..arrival.client }, ..*arrival };
        let (at, subject, cause, ciphertext) = (*at, Subject::default(), Cause::Unknown, None);
        Self { arrival, at, appid, subject, cause, stage, healed, of_phone, ciphertext, evidence }
    }
}

impl Report {
    /// `None` for a record that stands for many requests: it explains none of them.
    fn support_code(&self) -> Option<String> {
        let left_out = matches!(self.evidence.proof, Proof::LeftOut(_));
        (!left_out).then(|| support_code::of_request(&self.arrival.request_id.to_string()))
    }

    fn row(&self, id: Uuid, times: i64) -> FailureRow {
        let Self { arrival, subject, .. } = self;
        let word = |word: Option<Word>| word.map(|word| word.as_str().to_owned());
        let client = arrival.client;
        let mut evidence = self.evidence.clone();
        evidence.since_login_ms = subject.last_login_at.map(|login| (self.at.0 - login).max(0));
        evidence.referer_appid = word(client.appid).filter(|appid| *appid != self.appid);
        evidence.wechat_version = word(client.wechat);
        evidence.sdk_version = word(client.sdk);
        evidence.platform = word(client.platform);
        evidence.network = Some(arrival.network());
        FailureRow {
            id,
            at: self.at.0,
            appid: self.appid.clone(),
            user_id: subject.user,
            binding_id: subject.binding,
            openid: subject.openid.clone(),
            call: client.call.as_str().to_owned(),
            stage: self.stage.name().to_owned(),
            cause: self.cause.name().to_owned(),
            healed: self.healed,
            version: word(client.version),
            errcode: evidence.errcode,
            rid: evidence.rid.clone(),
            ciphertext_hash: self.ciphertext.map(|hash| hash.to_vec()),
            evidence: serde_json::to_string(&evidence).unwrap_or_default(),
            times,
            later_success_at: None,
            asked: "[]".to_owned(),
            support_code: self.support_code(),
            request_id: arrival.request_id.to_string(),
        }
    }
}
