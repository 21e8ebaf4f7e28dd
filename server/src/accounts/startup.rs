use std::sync::Arc;

use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::{Accounts, Fault, Parts, Rules, reports::Sampler, user_quota::UserQuota};
use crate::{
    clock::Clock,
    config::Apps,
    metrics::Metrics,
    random::Random,
    sealed::{BlindIndex, Column, Vault},
    store::{Db, settings},
    wechat::WeChat,
};

const BLIND_INDEX_KEY: &str = "blind_index_key";

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
        let index = blind_index(&db, &vault, &random).await?;
        let user_quota = UserQuota::new(&clock);
        let (raised, sampler) = (super::alerts::Raised::default(), Sampler::new(clock.clone()));
        let reports = TaskTracker::new();
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
        };
        Ok(Self(Arc::new(parts)))
    }
}

/// Two nodes may start at once: the first to insert wins, and both read what won.
async fn blind_index(db: &Db, vault: &Vault, random: &Random) -> Result<BlindIndex, Fault> {
    let mut tx = db.write().await?;
    let sealed = vault.seal(Column::BlindIndexKey, Uuid::nil(), &random.bytes::<32>())?;
    settings::insert(&mut tx, BLIND_INDEX_KEY, &sealed).await?;
    let sealed = settings::find(&mut tx, BLIND_INDEX_KEY).await?.ok_or(Fault::Missing("the blind-index key"))?;
    tx.commit().await?;
    let key = vault.open(Column::BlindIndexKey, Uuid::nil(), &sealed)?;
    let key = <[u8; 32]>::try_from(key.as_slice()).map_err(|_| Fault::Missing("a blind-index key of 32 bytes"))?;
    Ok(BlindIndex::new(key))
}
