//! The values that server and console exchange: serde only, no behaviour that needs a clock or a database.
//!
//! Phones are masked before they get here; a full number has no type in this room.

mod api_key;
mod cause;
mod conflict;
mod failure;
mod mini_program;
mod page;
mod phone_change;
mod reset;
mod time;
mod user;

pub use api_key::ApiKey;
pub use cause::Cause;
pub use conflict::{Conflict, ConflictKind, ConflictQuery, Party, Settled, Settlement};
pub use failure::{
    Asked, CauseCount, Event, EventKind, Evidence, Failure, FailureList, FailureQuery, FailureStory, FailureTrend,
    KeyTried, Stage, TrendBucket, Trial, TrialStep, UserRef, VersionTrend,
};
pub use mini_program::{Alert, AlertKind, MiniProgram, TokenTimes};
pub use page::{Cursor, Page};
pub use phone_change::{PhoneChange, PhoneSource};
pub use reset::{
    Change, ComesBack, Confirmation, Fate, Reset, ResetKind, ResetOrder, ResetPreview, ResetState, Taken, UndoPart,
    UndoPreview,
};
pub use time::Millis;
pub use user::{AppRef, Binding, Operator, Role, User, UserQuery, UserSession, UserSummary};
