use std::sync::Arc;

use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{
    Accounts, Fault, Parts, Rules, UntrustedProxies,
    app_signs::KeptSigns,
    audit_chain::SeenChain,
    reports::{Sampler, WaitingList},
    user_quota::UserQuota,
};
use crate::{
    clock::{Clock, Millis},
    config::Apps,
    metrics::Metrics,
    random::Random,
    sealed::{BlindIndex, Column, SealError, Vault},
    store::{Db, StoreError, Tx, audit, installation, settings, users},
    wechat::WeChat,
};

const BLIND_INDEX_KEY: &str = "blind_index_key";
/// Marks behind the key.
const LOG_BEGUN: &[u8] = b"audit log begun";
const LOG_BEGUN_FIRST: &[u8] = b"audit log begun before the first user";
/// The most that the clocks of two nodes are expected to differ.
const CLOCKS_APART_S: i64 = 3 * 86_400;

/// Why an installation does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartupError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(
        "the database is in use, and the key that phones are found by is missing from its table `settings`: with a new one \
         nobody would be found any more. Put back a copy of the database"
    )]
    NoIndexKey,
    #[error(
        "the audit log begins later than the first user: it was emptied, together with the table `settings`, and begun \
         again. Put back a copy of the database"
    )]
    LogBegunAnew,
}

impl From<StoreError> for StartupError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<SealError> for StartupError {
    fn from(error: SealError) -> Self {
        Self::Fault(error.into())
    }
}

/// The state of the audit log by the mark behind the index key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Log {
    NotBegun,
    Begun,
    /// No user was there yet. An installation of an earlier version has users from before its log.
    BegunFirst,
}

impl Accounts {
    #[expect(clippy::too_many_arguments, reason = "each is a part of the house, made by `start` alone")]
    /// Makes the installation's blind-index key at the very first start. Fails when the data keys given are not
    /// those that the database was written with, and when the key or the beginning of the audit log has been removed.
    pub async fn start(
        db: Db,
        vault: Vault,
        clock: Clock,
        random: Random,
        wechat: WeChat,
        apps: Apps,
        rules: Rules,
        metrics: Metrics,
        untrusted_proxies: UntrustedProxies,
    ) -> Result<Self, StartupError> {
        let (index, log) = blind_index(&db, &vault, &random).await?;
        let user_quota = UserQuota::new(&clock);
        let (raised, sampler) = (super::alerts::Raised::default(), Sampler::new(clock.clone()));
        let (reports, seen_chain) = (TaskTracker::new(), SeenChain::default());
        let parts = Parts {
            console_db: db.for_console(),
            vault,
            index,
            clock,
            random,
            wechat,
            apps,
            rules,
            metrics,
            untrusted_proxies,
            raised,
            user_quota,
            sampler,
            waiting: WaitingList::default(),
            reports,
            seen_chain,
            kept_signs: KeptSigns::default(),
        };
        let accounts = Self { db, parts: Arc::new(parts) };
        match log {
            Log::NotBegun => accounts.begin_log().await?,
            Log::Begun => {}
            Log::BegunFirst => accounts.check_log_is_older_than_users().await?,
        }
        Ok(accounts)
    }

    /// Once in the life of an installation: the audit log's first entry, and the mark that there is one.
    async fn begin_log(&self) -> Result<(), Fault> {
        let mut tx = self.db.write().await?;
        tx.lock("audit").await?;
        let sealed = settings::find(&mut tx, BLIND_INDEX_KEY).await?.ok_or(Fault::Missing("the blind-index key"))?;
        let opened = self.vault.open(Column::BlindIndexKey, Uuid::nil(), &sealed)?;
        // Another node may have been faster.
        if opened.len() == 32 {
            self.begin_audit(&mut tx).await?;
            let mark = if users::any(&mut tx).await? { LOG_BEGUN } else { LOG_BEGUN_FIRST };
            let marked = zeroize::Zeroizing::new([&opened, mark].concat());
            let sealed = self.vault.seal(Column::BlindIndexKey, Uuid::nil(), &marked)?;
            settings::set(&mut tx, BLIND_INDEX_KEY, &sealed).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Fails when a user is older than a log that was begun before the first one. It finds somebody who empties the log and
    /// the settings while the users are elsewhere, and puts the users back afterwards.
    async fn check_log_is_older_than_users(&self) -> Result<(), StartupError> {
        let mut tx = self.db.read().await?;
        let (first, begin) = (installation::first_user(&mut tx).await?, audit::find(&mut tx, 1).await?);
        let first =
            first.and_then(|user| user.get_timestamp()).map(|made| Millis(made.to_unix().0.cast_signed() * 1000));
        let Some((first, begin)) = first.zip(begin) else { return Ok(()) };
        let older = first.plus_seconds(CLOCKS_APART_S) < Millis(begin.at);
        if older { Err(StartupError::LogBegunAnew) } else { Ok(()) }
    }
}

/// Two nodes may start at once: the first to insert wins, and both read what won. With it, the state of the audit log.
async fn blind_index(db: &Db, vault: &Vault, random: &Random) -> Result<(BlindIndex, Log), StartupError> {
    let mut tx = db.write().await?;
    if settings::find(&mut tx, BLIND_INDEX_KEY).await?.is_none() {
        if installation::is_in_use(&mut tx).await? {
            return Err(StartupError::NoIndexKey);
        }
        let sealed = vault.seal(Column::BlindIndexKey, Uuid::nil(), &random.bytes::<32>())?;
        settings::insert(&mut tx, BLIND_INDEX_KEY, &sealed).await?;
    }
    let opened = find_key(&mut tx, vault).await?;
    tx.commit().await?;
    Ok(opened)
}

/// The key, and behind it the mark that the audit log was begun. The two are one sealed value: whoever empties the log
/// cannot take the mark away without the key that every phone is found by.
async fn find_key(tx: &mut Tx, vault: &Vault) -> Result<(BlindIndex, Log), Fault> {
    let sealed = settings::find(tx, BLIND_INDEX_KEY).await?.ok_or(Fault::Missing("the blind-index key"))?;
    let opened = vault.open(Column::BlindIndexKey, Uuid::nil(), &sealed)?;
    let (key, mark) = opened.split_at_checked(32).ok_or(Fault::Missing("a blind-index key of 32 bytes"))?;
    let key = <[u8; 32]>::try_from(key).map_err(|_| Fault::Missing("a blind-index key of 32 bytes"))?;
    let log = match mark {
        LOG_BEGUN => Log::Begun,
        LOG_BEGUN_FIRST => Log::BegunFirst,
        _ => Log::NotBegun,
    };
    Ok((BlindIndex::new(key), log))
}
