use latchkey_app::types::ResetKind;
use serde_json::json;
use uuid::Uuid;

use super::{BindingPart, ComesBack, Order, Part, PhonePart, ResetError, UnionidPart, What};
use crate::{
    accounts::Accounts,
    clock::Millis,
    store::{
        Tx,
        bindings::{self, BindingRow},
        tokens::{self, TokenRow},
        users::{self, UserRow},
    },
};

/// More living tokens than this no user has; those that are beyond end with the others.
const MOST_SESSIONS: i64 = 1000;

/// What a reset would do. Planning writes nothing.
#[expect(missing_debug_implementations, reason = "its parts hold a phone number in plain text")]
pub struct Plan {
    pub user: UserRow,
    /// The second user, of what concerns two.
    pub other: Option<UserRow>,
    pub kind: ResetKind,
    /// When it was made: whatever is done by it is done at this moment.
    pub at: Millis,
    /// What is taken away, in this order.
    pub parts: Vec<Part>,
    /// As whom the openids among the parts come back: a pair for each.
    pub comes_back: Vec<(Uuid, ComesBack)>,
    /// The binding that it is about, when it is about one.
    pub binding: Option<BindingRow>,
    pub ends: Ends,
    /// How many API tokens that are.
    pub sessions: i64,
}

/// Which API tokens end.
#[derive(Debug, Clone)]
pub enum Ends {
    None,
    All,
    OfBinding(Uuid),
    One([u8; 32]),
}

impl Accounts {
    /// What a reset would do now.
    pub async fn preview_reset(&self, order: &Order) -> Result<Plan, ResetError> {
        self.plan_reset(&mut self.db.read().await?, order).await
    }

    /// [`ResetError::Nothing`] when there is nothing of the kind to take away, or the user is as he is to be.
    pub(super) async fn plan_reset(&self, tx: &mut Tx, order: &Order) -> Result<Plan, ResetError> {
        let user = users::find(tx, order.user).await?.ok_or(ResetError::Unknown)?;
        let other = self.second(tx, order).await?;
        if user.merged_into.is_some() {
            return Err(ResetError::Merged);
        }
        let bindings = bindings::of_users(tx, &[user.id]).await?;
        let own = |id: &Uuid| bindings.iter().find(|row| row.id == *id).cloned().ok_or(ResetError::Unknown);
        let phone = self.phone_of(&user)?.map(|phone| Part::Phone(PhonePart::new(&phone, &user)));
        let binding = match &order.what {
            What::Binding(id) | What::Unionid(id) | What::WechatSession(id) => Some(own(id)?),
            _ => None,
        };
        let about = |row: &BindingRow| Part::Binding(BindingPart::new(row));
        let parts: Vec<Part> = match &order.what {
            What::Move(_) => {
                other.iter().map(|other| self.parts_of_move(&user, other)).collect::<Result<Vec<_>, _>>()?.concat()
            }
            What::Merge(_) => {
                let parts = other.iter().map(|other| self.parts_of_merge(&user, other, &bindings));
                parts.collect::<Result<Vec<_>, _>>()?.concat()
            }
            What::Phone => phone.into_iter().collect(),
            What::Binding(_) => binding.iter().map(about).collect(),
            What::Unionid(_) => binding.iter().filter_map(UnionidPart::of).map(Part::Unionid).collect(),
            What::Everything => phone.into_iter().chain(bindings.iter().map(about)).collect(),
            _ => Vec::new(),
        };
        let ends = self.ends(tx, order, binding.as_ref()).await?;
        let sessions = self.count_sessions(tx, user.id, &ends).await?;
        let plan = Plan {
            comes_back: comes_back(tx, &parts).await?,
            user,
            other,
            kind: order.what.kind(),
            at: self.clock.now(),
            parts,
            binding,
            ends,
            sessions,
        };
        if plan.does_something() { Ok(plan) } else { Err(ResetError::Nothing) }
    }

    async fn ends(&self, tx: &mut Tx, order: &Order, binding: Option<&BindingRow>) -> Result<Ends, ResetError> {
        Ok(match &order.what {
            What::Binding(_) | What::Unionid(_) => binding.map_or(Ends::None, |row| Ends::OfBinding(row.id)),
            // The request to WeChat is signed with the key that is held.
            What::WechatSession(id) if self.key_ages(tx, *id).await?.is_empty() => return Err(ResetError::NoSession),
            What::WechatSession(_) => Ends::None,
            What::Session(id) => {
                let rows = tokens::of_user(tx, order.user, self.clock.now(), MOST_SESSIONS).await?;
                let row = rows.iter().find(|row| row.id() == *id).and_then(TokenRow::hash);
                Ends::One(row.ok_or(ResetError::Unknown)?)
            }
            // Whoever is let in again starts afresh, too: a login that raced with the block may have left a token.
            What::Phone
            | What::Sessions
            | What::Everything
            | What::Block
            | What::Unblock
            | What::Move(_)
            | What::Merge(_) => Ends::All,
        })
    }

    async fn count_sessions(&self, tx: &mut Tx, user: Uuid, ends: &Ends) -> Result<i64, ResetError> {
        let binding = match ends {
            Ends::None => return Ok(0),
            Ends::One(_) => return Ok(1),
            Ends::All => None,
            Ends::OfBinding(binding) => Some(*binding),
        };
        Ok(tokens::count(tx, user, binding, self.clock.now()).await?)
    }

    /// Stands for the state that a plan was made from. What is no part of anybody's identity is left out: a user who logs
    /// in every second can be helped all the same.
    pub fn seen(&self, plan: &Plan) -> String {
        let lines: Vec<_> = plan.parts.iter().map(|part| json!([part.identity(), plan.comes_back_as(part)])).collect();
        let user = json!([plan.user.id, plan.user.blocked_at, plan.user.erased_at]);
        let binding = plan.binding.as_ref().map(|row| (row.id, &row.unionid));
        let other = plan.other.as_ref().map(|other| json!([other.id, other.blocked_at]));
        self.seen_of(&json!([user, other, plan.kind, binding, format!("{:?}", plan.ends)]), &lines)
    }
}

impl Plan {
    fn comes_back_as(&self, part: &Part) -> Option<String> {
        let binding = part.binding()?.id;
        self.comes_back.iter().find(|(id, _)| *id == binding).map(|(_, who)| format!("{who:?}"))
    }

    fn does_something(&self) -> bool {
        let UserRow { blocked_at, erased_at, .. } = &self.user;
        erased_at.is_none()
            && match self.kind {
                ResetKind::Phone | ResetKind::Binding | ResetKind::Unionid | ResetKind::Move | ResetKind::Merge => {
                    !self.parts.is_empty()
                }
                ResetKind::Session | ResetKind::Sessions => self.sessions > 0,
                ResetKind::Everything => !self.parts.is_empty() || self.sessions > 0,
                ResetKind::WechatSession => true,
                ResetKind::Block => blocked_at.is_none(),
                ResetKind::Unblock => blocked_at.is_some(),
            }
    }
}

impl Part {
    fn identity(&self) -> serde_json::Value {
        match self {
            Self::Phone(part) => json!(part),
            Self::HandedPhone(part) => json!(["handed", part]),
            Self::ReplacedPhone(part) => json!(["replaced", part]),
            Self::Account(part) => json!([part.own, part.taken]),
            Self::Binding(part) | Self::MovedBinding(part) => json!([part.id, part.openid, part.unionid]),
            Self::Unionid(part) => json!(part),
        }
    }
}

async fn comes_back(tx: &mut Tx, parts: &[Part]) -> Result<Vec<(Uuid, ComesBack)>, ResetError> {
    let gone: Vec<_> = parts.iter().filter_map(Part::binding).collect();
    let mut pairs = Vec::new();
    for part in &gone {
        pairs.push((part.id, part.comes_back(tx, &gone).await?));
    }
    Ok(pairs)
}
