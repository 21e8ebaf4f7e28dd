use std::borrow::Cow;

use latchkey_app::types::Stage;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Accounts, Failure, Fault, Profile, Session, UserInfo,
    profile::Reported,
    prove_phone::OpenedData,
    reports::{Refused, Subject},
};
use crate::{
    arrival::Arrival,
    open_data::{
        self, Checks, Encrypted, Flaw,
        diagnosis::{HeldKey, Wanted},
    },
    store::{
        Tx,
        bindings::BindingRow,
        users::{self, ProfileChange},
    },
};

/// What a mini program knows of its user.
#[derive(Debug, Clone)]
pub enum ProfileSource {
    /// As the user typed it, unproven.
    Fields(Profile),
    /// As an older client has it from WeChat, unproven.
    Reported(Profile),
    /// rawData with WeChat's signature, and perhaps the same encrypted (protocol §3.1).
    Signed { raw_data: String, signature: String, encrypted: Option<Encrypted> },
}

/// WeChat's user info, in rawData and in decrypted data. Untrusted and optional since 2022 (protocol §3.2).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WeChatUserInfo {
    open_id: Option<String>,
    nick_name: Option<String>,
    avatar_url: Option<String>,
    gender: Option<i64>,
    province: Option<String>,
    city: Option<String>,
    country: Option<String>,
}

impl Accounts {
    /// Changes the values that are there and leaves the others.
    pub async fn update_profile(
        &self,
        session: Session,
        source: ProfileSource,
        arrival: Arrival,
    ) -> Result<UserInfo, Failure> {
        let signed = matches!(source, ProfileSource::Signed { .. });
        let binding = session.binding.clone();
        let typed = matches!(source, ProfileSource::Fields(_));
        let (profile, opened) = match source {
            ProfileSource::Fields(profile) | ProfileSource::Reported(profile) => (profile, None),
            ProfileSource::Signed { raw_data, signature, encrypted } => {
                self.signed_profile(&session, &raw_data, &signature, encrypted, arrival).await?
            }
        };
        let mut tx = self.db.write().await?;
        if let Some(opened) = opened {
            self.keep_opened(&mut tx, &binding, &opened, arrival.request_id).await?;
        }
        if typed {
            self.set_profile(&mut tx, session.user.id, &profile).await?;
        } else {
            self.set_reported_profile(&mut tx, session.user.id, profile).await?;
        }
        if signed {
            self.overcome(&mut tx, session.user.id, Stage::Signature, self.clock.now()).await?;
        }
        let user = users::find(&mut tx, session.user.id).await?.ok_or(Fault::Missing("the user"))?;
        tx.commit().await?;
        self.user_info(user, session.binding)
    }

    /// Changes what `profile` has and leaves the rest.
    pub(super) async fn set_profile(&self, tx: &mut Tx, user: Uuid, profile: &Profile) -> Result<(), Failure> {
        let change = ProfileChange {
            nickname: profile.nickname.as_deref(),
            avatar_url: profile.avatar_url.as_deref(),
            gender: profile.gender,
            province: profile.province.as_deref(),
            city: profile.city.as_deref(),
            country: profile.country.as_deref(),
        };
        Ok(users::set_profile(tx, user, &change).await?)
    }

    /// [`Self::set_profile`] for values that a client has from WeChat: the name and picture of "微信用户" replace none that
    /// the user has.
    pub(super) async fn set_reported_profile(&self, tx: &mut Tx, user: Uuid, profile: Profile) -> Result<(), Failure> {
        let Reported { own, anonymous } = profile.reported();
        self.set_profile(tx, user, &own).await?;
        if anonymous == Profile::default() {
            return Ok(());
        }
        let (nickname, avatar_url) = (anonymous.nickname.as_deref(), anonymous.avatar_url.as_deref());
        Ok(users::fill_profile(tx, user, nickname, avatar_url).await?)
    }

    /// Tells the records whose ciphertext this is, unless he was erased meanwhile. Before anything of his row is written: an
    /// erasure takes this lock first.
    pub(super) async fn keep_opened(
        &self,
        tx: &mut Tx,
        binding: &BindingRow,
        opened: &OpenedData,
        request_id: Uuid,
    ) -> Result<(), Failure> {
        let Some(ciphertext) = opened.ciphertext else { return Ok(()) };
        tx.lock_user(binding.user_id).await?;
        if users::find(tx, binding.user_id).await?.is_none_or(|user| user.erased_at.is_some()) {
            return Ok(());
        }
        Ok(self.keep_first_use(tx, ciphertext, binding, request_id).await?)
    }

    /// Checked with every key of the ring: the user info may have been asked for before the last login.
    async fn signed_profile(
        &self,
        session: &Session,
        raw_data: &str,
        signature: &str,
        encrypted: Option<Encrypted>,
        arrival: Arrival,
    ) -> Result<(Profile, Option<OpenedData>), Failure> {
        let now = self.clock.now();
        let binding = &session.binding;
        let ring = self.key_ring(&mut self.db.read().await?, binding.id, now).await?;
        let Some((whole, signed_by)) = signed_text(&ring, raw_data, signature) else {
            self.report_signature(arrival, &binding.appid, Subject::from(binding), ring.len());
            return Err(Failure::SignatureMismatch);
        };
        if whole != raw_data {
            self.report_decoded(arrival, binding);
        }
        let Some(encrypted) = encrypted else {
            let info =
                serde_json::from_str::<WeChatUserInfo>(&whole).map_err(|_| Failure::InvalidRequest("rawData"))?;
            self.report_older_signature(arrival, binding, &ring, signed_by);
            return Ok((info.profile(), None));
        };
        let decrypted = decrypt_profile(&ring, &self.checks(&binding.appid, now), &binding.openid, &encrypted);
        self.report_profile(arrival, binding, &encrypted, &ring, decrypted.as_ref().ok().map(|(_, opened)| opened));
        decrypted.map(|(profile, opened)| (profile, Some(opened)))
    }

    /// How encrypted user info was opened, or was not, where there is something to tell.
    pub(super) fn report_profile(
        &self,
        arrival: Arrival,
        binding: &BindingRow,
        encrypted: &Encrypted,
        ring: &[HeldKey],
        opened: Option<&OpenedData>,
    ) {
        let wanted = Wanted::UserInfo;
        if let Some(opened) = opened {
            return self.report_opened(arrival, binding, encrypted, wanted, ring, opened);
        }
        let (appid, subject) = (binding.appid.clone(), Subject::from(binding));
        let (encrypted, ring) = (encrypted.clone(), ring.to_vec());
        self.report_refused(Refused { arrival, appid, subject, encrypted, wanted, ring, healed: false });
    }
}

/// rawData as it was signed, and which key of the ring signed it. It may come percent-encoded, once or twice: the signature
/// proves what it was.
fn signed_text<'a>(ring: &[HeldKey], raw_data: &'a str, signature: &str) -> Option<(Cow<'a, str>, usize)> {
    open_data::readings(raw_data).into_iter().find_map(|text| {
        let signed_by = ring.iter().position(|held| held.key.signed_raw_data(&text, signature))?;
        Some((text, signed_by))
    })
}

/// The profile in encrypted user info, which must be the user's own, and the data it was in.
pub(super) fn decrypt_profile(
    ring: &[HeldKey],
    checks: &Checks<'_>,
    openid: &str,
    encrypted: &Encrypted,
) -> Result<(Profile, OpenedData), Failure> {
    let data = open_data::open(ring, checks, encrypted).map_err(Failure::DecryptFailed)?;
    let seen = OpenedData::new(encrypted, &data, ring);
    let info = WeChatUserInfo::deserialize(Value::Object(data.json));
    let info = info.map_err(|_| Failure::DecryptFailed(Flaw::Json))?;
    if info.open_id.as_deref() == Some(openid) {
        Ok((info.profile(), seen))
    } else {
        Err(Failure::DecryptFailed(Flaw::OtherUser))
    }
}

impl WeChatUserInfo {
    fn profile(self) -> Profile {
        Profile {
            nickname: self.nick_name,
            avatar_url: self.avatar_url,
            gender: self.gender,
            province: self.province,
            city: self.city,
            country: self.country,
        }
        .tidy()
    }
}
