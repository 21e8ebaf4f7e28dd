use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    accounts::{Failure, Fault},
    clock::Millis,
    store::{
        Tx,
        users::{self, ProfileChange, UserRow},
    },
};

/// A user who is merged into another one: what he said of himself, and what of it the other one takes.
#[derive(Clone, Serialize, Deserialize)]
#[expect(missing_debug_implementations, reason = "it holds personal data")]
pub struct AccountPart {
    pub own: Kept,
    pub taken: Kept,
    /// When the survivor had last logged in. Absent in what was kept before this was.
    #[serde(default)]
    pub(super) survivor_login: Option<i64>,
}

/// A profile; what is absent was never told.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_debug_implementations, reason = "it holds personal data")]
pub struct Kept {
    pub nickname: Option<String>,
    pub avatar_url: Option<String>,
    gender: Option<i64>,
    province: Option<String>,
    city: Option<String>,
    country: Option<String>,
}

impl Kept {
    fn of(user: &UserRow) -> Self {
        let UserRow { nickname, avatar_url, province, city, country, .. } = user.clone();
        Self { nickname, avatar_url, gender: Some(user.gender).filter(|gender| *gender != 0), province, city, country }
    }

    /// Field by field.
    fn with(&self, other: &Self, choose: Choose) -> Self {
        Self {
            nickname: choose.one(self.nickname.as_ref(), other.nickname.as_ref()),
            avatar_url: choose.one(self.avatar_url.as_ref(), other.avatar_url.as_ref()),
            gender: choose.one(self.gender.as_ref(), other.gender.as_ref()),
            province: choose.one(self.province.as_ref(), other.province.as_ref()),
            city: choose.one(self.city.as_ref(), other.city.as_ref()),
            country: choose.one(self.country.as_ref(), other.country.as_ref()),
        }
    }

    /// Something besides the nickname.
    pub fn has_more(&self) -> bool {
        *self != Self { nickname: self.nickname.clone(), ..Self::default() }
    }

    fn change(&self) -> ProfileChange<'_> {
        ProfileChange {
            nickname: self.nickname.as_deref(),
            avatar_url: self.avatar_url.as_deref(),
            gender: self.gender,
            province: self.province.as_deref(),
            city: self.city.as_deref(),
            country: self.country.as_deref(),
        }
    }
}

#[derive(Clone, Copy)]
enum Choose {
    /// Mine, else the other's.
    Either,
    /// Mine where the other has none.
    New,
    /// Mine where it is not the other's.
    Own,
}

impl Choose {
    fn one<T: Clone + PartialEq>(self, mine: Option<&T>, other: Option<&T>) -> Option<T> {
        let chosen = match self {
            Self::Either => mine.or(other),
            Self::New => mine.filter(|_| other.is_none()),
            Self::Own => mine.filter(|_| mine != other),
        };
        chosen.cloned()
    }
}

impl AccountPart {
    pub(super) fn new(user: &UserRow, survivor: &UserRow) -> Self {
        let own = Kept::of(user);
        let taken = own.with(&Kept::of(survivor), Choose::New);
        Self { own, taken, survivor_login: Some(survivor.last_login_at) }
    }

    /// What the other one has of his own, and so does not take.
    pub fn lost(&self) -> Kept {
        self.own.with(&self.taken, Choose::Own)
    }

    pub(super) fn without(&self, nickname: bool, avatar: bool) -> Self {
        let mut rest = self.clone();
        for kept in [&mut rest.own, &mut rest.taken] {
            if nickname {
                kept.nickname = None;
            }
            if avatar {
                kept.avatar_url = None;
            }
        }
        rest
    }

    /// The user becomes an empty row.
    pub(super) async fn take(&self, tx: &mut Tx, user: &UserRow, survivor: &UserRow) -> Result<(), Failure> {
        let both = Kept::of(survivor).with(&self.taken, Choose::Either);
        users::replace_profile(tx, survivor.id, &both.change()).await?;
        users::replace_profile(tx, user.id, &ProfileChange::default()).await?;
        let last = user.last_login_at.max(survivor.last_login_at);
        users::touch_login(tx, survivor.id, Millis(last)).await?;
        Ok(users::set_merged(tx, user.id, Some(survivor.id)).await?)
    }

    /// The survivor keeps what he has said of himself since; a login that was the other one's is his no more.
    pub(super) async fn give_back(&self, tx: &mut Tx, user: Uuid, survivor: Uuid) -> Result<(), Failure> {
        let row = users::find(tx, survivor).await?.ok_or(Fault::Missing("the survivor"))?;
        let rest = Kept::of(&row).with(&self.taken, Choose::Own);
        users::replace_profile(tx, survivor, &rest.change()).await?;
        users::replace_profile(tx, user, &self.own.change()).await?;
        let others = users::find(tx, user).await?.map(|other| other.last_login_at);
        if let Some(login) =
            self.survivor_login.filter(|login| others == Some(row.last_login_at) && *login < row.last_login_at)
        {
            users::touch_login(tx, survivor, Millis(login)).await?;
        }
        Ok(users::set_merged(tx, user, None).await?)
    }
}
