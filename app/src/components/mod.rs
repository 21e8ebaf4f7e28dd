//! What pages are made of.

mod frame;
mod icons;
mod parts;
mod table;

pub use frame::{Section, page, preferences_forms, url_value};
pub use icons::Icon;
pub use parts::{Heading, avatar, copyable, done, empty, moment, phone, problem, status, user_link};
pub use table::{pager, phone_changes_table};
