//! The values that server and console exchange: serde only, no behaviour that needs a clock or a database.
//!
//! Phones are masked before they get here; only `RevealedPhone` holds a full number, and nothing can serialise it.

mod api_key;
mod audit;
mod cause;
mod conflict;
mod failure;
mod found;
mod metric;
mod mini_program;
mod operator;
mod page;
mod phone_change;
mod privacy;
mod proof;
mod reset;
mod search;
mod time;
mod untrusted_proxy;
mod user;
mod user_list;
#[cfg(feature = "ssr")]
mod zone;

pub use api_key::ApiKey;
pub use audit::{AuditAction, AuditEntry, AuditList, AuditQuery, Chain, ChainState, LastCheck};
pub use cause::Cause;
pub use conflict::{Conflict, ConflictKind, ConflictQuery, OwnConflict, Party, Settled, Settlement};
pub use failure::{
    Asked, CauseCount, CauseTrend, Certainty, Event, EventKind, Evidence, Failure, FailureList, FailureQuery,
    FailureStory, KeyTried, OverTime, Rise, Stage, Trial, TrialStep, UserRef, VersionTrend, Wanted,
};
pub use found::{ButtonSaid, Field, Repair, Repaired, Sent};
pub use metric::{Bucket, Dashboard, Metric, Tally};
pub use mini_program::{Alert, AlertKind, AppHealth, MiniProgram, PushRefused, TokenRefused, TokenTimes};

pub use operator::{
    Account, Invitation, NewLink, OperatorState, OperatorSummary, OwnSession, QrCode, SecondFactorPolicy, SignInStep,
    TotpSetup,
};
pub use page::{Cursor, Page};
pub use phone_change::{PhoneChange, PhoneSource};
pub use privacy::{ErasePreview, Erasure, Holdings, Privacy, RevealedPhone};
pub use proof::Proof;
pub use reset::{
    Change, ComesBack, Confirmation, Fate, Reset, ResetKind, ResetOrder, ResetPreview, ResetState, Since, Taken,
    UndoPart, UndoPreview,
};
pub use search::{TypedNumber, holds_number, is_private, may_be_number, plain, typed_number};
pub use time::Millis;
pub use untrusted_proxy::UntrustedProxy;
pub use user::{AppRef, Binding, DAMAGED, Operator, Role, User, UserSession, UserSummary, split_end};
pub use user_list::{CodeSearch, Found, ListedUser, UserList, UserQuery, UserSort, UserStatus};
#[cfg(feature = "ssr")]
pub use zone::Zone;
