//! The values that server and console exchange: serde only, no behaviour that needs a clock or a database.
//!
//! Phones are masked before they get here; a full number has no type in this room.

mod page;
mod phone_change;
mod time;
mod user;

pub use page::{Cursor, Page};
pub use phone_change::{PhoneChange, PhoneSource};
pub use time::Millis;
pub use user::{AppRef, Binding, Operator, Role, User, UserQuery, UserSummary};
