//! The values that server and console exchange: serde only, no behaviour that needs a clock or a database.
//!
//! Phones are masked before they get here; a full number has no type in this room.

mod api_key;
mod cause;
mod conflict;
mod failure;
mod metric;
mod mini_program;
mod page;
mod phone_change;
mod time;
mod user;
#[cfg(feature = "ssr")]
mod zone;

pub use api_key::ApiKey;
pub use cause::Cause;
pub use conflict::UnionidConflict;
pub use failure::{
    Asked, CauseCount, Event, EventKind, Evidence, Failure, FailureList, FailureQuery, FailureStory, KeyTried, Stage,
    Trial, TrialStep, UserRef, VersionTrend,
};
pub use metric::{Bucket, Dashboard, Metric, Tally};
pub use mini_program::{Alert, AlertKind, AppHealth, MiniProgram, PushRefused, TokenRefused, TokenTimes};
pub use page::{Cursor, Page};
pub use phone_change::{PhoneChange, PhoneSource};
pub use time::Millis;
pub use user::{AppRef, Binding, Operator, Role, User, UserQuery, UserSummary};
#[cfg(feature = "ssr")]
pub use zone::Zone;
