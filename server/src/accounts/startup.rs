use std::sync::Arc;

use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{
    Accounts, Fault, Parts, Rules, app_signs::KeptSigns, audit_chain::SeenChain, reports::Sampler,
    user_quota::UserQuota,
};
use crate::{
    clock::Clock,
    config::Apps,
    metrics::Metrics,
    random::Random,
    sealed::{BlindIndex, Column, Vault},
    store::{Db, Tx, settings},
    wechat::WeChat,
};

const BLIND_INDEX_KEY: &str = "blind_index_key";
const LOG_BEGUN: &[u8] = b"audit log begun";

impl Accounts {
    #[expect(clippy::too_many_arguments, reason = "each is a part of the house, made by `start` alone")]
    /// Makes the installation's blind-index key at the very first start. Fails when the data keys given are not
    /// those that the database was written with.
    pub async fn start(
        db: Db,
        vault: Vault,
        clock: Clock,
        random: Random,
        wechat: WeChat,
        apps: Apps,
        rules: Rules,
        metrics: Metrics,
    ) -> Result<Self, Fault> {
        let (index, logged) = blind_index(&db, &vault, &random).await?;
        let user_quota = UserQuota::new(&clock);
        let (raised, sampler) = (super::alerts::Raised::default(), Sampler::new(clock.clone()));
        let (reports, seen_chain) = (TaskTracker::new(), SeenChain::default());
        let parts = Parts {
            db,
            vault,
            index,
            clock,
            random,
            wechat,
            apps,
            rules,
            metrics,
            raised,
            user_quota,
            sampler,
            reports,
            seen_chain,
            kept_signs: KeptSigns::default(),
        };
        let accounts = Self(Arc::new(parts));
        if !logged {
            accounts.begin_log().await?;
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
            let marked = zeroize::Zeroizing::new([&opened, LOG_BEGUN].concat());
            let sealed = self.vault.seal(Column::BlindIndexKey, Uuid::nil(), &marked)?;
            settings::set(&mut tx, BLIND_INDEX_KEY, &sealed).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Two nodes may start at once: the first to insert wins, and both read what won. With it, whether the audit log was begun.
async fn blind_index(db: &Db, vault: &Vault, random: &Random) -> Result<(BlindIndex, bool), Fault> {
    let mut tx = db.write().await?;
    let sealed = vault.seal(Column::BlindIndexKey, Uuid::nil(), &random.bytes::<32>())?;
    settings::insert(&mut tx, BLIND_INDEX_KEY, &sealed).await?;
    let opened = find_key(&mut tx, vault).await?;
    tx.commit().await?;
    Ok(opened)
}

/// The key, and behind it the mark that the audit log was begun. The two are one sealed value: whoever empties the log
/// cannot take the mark away without the key that every phone is found by.
async fn find_key(tx: &mut Tx, vault: &Vault) -> Result<(BlindIndex, bool), Fault> {
    let sealed = settings::find(tx, BLIND_INDEX_KEY).await?.ok_or(Fault::Missing("the blind-index key"))?;
    let opened = vault.open(Column::BlindIndexKey, Uuid::nil(), &sealed)?;
    let (key, mark) = opened.split_at_checked(32).ok_or(Fault::Missing("a blind-index key of 32 bytes"))?;
    let key = <[u8; 32]>::try_from(key).map_err(|_| Fault::Missing("a blind-index key of 32 bytes"))?;
    Ok((BlindIndex::new(key), mark == LOG_BEGUN))
}
