use uuid::Uuid;

use super::Part;
use crate::{
    accounts::{Accounts, Failure, Fault},
    sealed::Column,
    store::{
        Tx,
        resets::{self, ResetRow},
    },
};

/// How long what was taken away is kept, to be given back.
pub const KEPT_S: i64 = 30 * 86_400;
/// More resets than this in 30 days no user has.
const MOST_RESETS: i64 = 1000;

impl Accounts {
    /// `None` for nothing.
    pub(super) fn seal_parts(&self, reset: Uuid, parts: &[Part]) -> Result<Option<Vec<u8>>, Failure> {
        if parts.is_empty() {
            return Ok(None);
        }
        let json = serde_json::to_vec(parts).map_err(|_| Fault::Missing("the JSON of what was taken away"))?;
        Ok(Some(self.vault.seal(Column::Reset, reset, &json)?))
    }

    /// What a reset took away, as long as it is kept.
    pub(in crate::accounts) fn open_parts(&self, row: &ResetRow) -> Result<Vec<Part>, Failure> {
        let Some(sealed) = &row.before_sealed else { return Ok(Vec::new()) };
        let json = self.vault.open(Column::Reset, row.id, sealed)?;
        Ok(serde_json::from_slice(&json).map_err(|_| Fault::Missing("what was taken away, in a form that is known"))?)
    }

    /// The user has withdrawn his phone at WeChat: no number of his is kept, whoever took it away.
    pub(in crate::accounts) async fn forget_kept_phones(&self, tx: &mut Tx, user: Uuid) -> Result<(), Failure> {
        let phone = |part: &Part| matches!(part, Part::Phone(_) | Part::HandedPhone(_) | Part::ReplacedPhone(_));
        self.keep_less(tx, user, |part: Part| (!phone(&part)).then_some(part)).await
    }

    /// And so with what he said of himself.
    pub(in crate::accounts) async fn forget_kept_profiles(
        &self,
        tx: &mut Tx,
        user: Uuid,
        nickname: bool,
        avatar: bool,
    ) -> Result<(), Failure> {
        let rest = |part: Part| match part {
            Part::Account(part) => Some(Part::Account(part.without(nickname, avatar))),
            other => Some(other),
        };
        self.keep_less(tx, user, rest).await
    }

    /// The openids that were taken from a user, each with its mini program, as long as they are kept.
    pub(in crate::accounts) async fn kept_openids(
        &self,
        tx: &mut Tx,
        user: Uuid,
    ) -> Result<Vec<(String, String)>, Failure> {
        let mut openids = Vec::new();
        for row in resets::of_user(tx, user, MOST_RESETS).await?.iter().filter(|row| row.user_id == user) {
            openids.extend(self.open_parts(row)?.into_iter().filter_map(|part| match part {
                Part::Binding(part) | Part::MovedBinding(part) => Some((part.appid, part.openid)),
                _ => None,
            }));
        }
        Ok(openids)
    }

    async fn keep_less(&self, tx: &mut Tx, user: Uuid, rest: impl Fn(Part) -> Option<Part>) -> Result<(), Failure> {
        for row in resets::of_user(tx, user, MOST_RESETS).await? {
            let kept = self.open_parts(&row)?;
            if kept.is_empty() {
                continue;
            }
            let rest: Vec<_> = kept.into_iter().filter_map(&rest).collect();
            resets::keep(tx, row.id, self.seal_parts(row.id, &rest)?.as_deref()).await?;
        }
        Ok(())
    }
}
