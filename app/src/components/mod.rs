//! What pages are made of.

mod bars;
mod evidence;
mod fields;
mod frame;
mod icons;
mod parts;
mod search;
mod table;
mod time_line;
mod trend;
mod zone;

pub use bars::{bars, bars_table};
pub use evidence::{circumstances, evidence, keys_tried};
pub use fields::{choice, clear_filters, entry, filter_form, hidden};
pub use frame::{Section, own_page, page, preferences_forms, set_status, url_value};
pub use icons::Icon;
pub use parts::{
    Heading, avatar, copy_button, copyable, done, empty, fact, moment, phone, problem, status, user_link, verdict,
};
pub use table::{pager, phone_changes_table};
pub use time_line::time_line;
pub use trend::{Series, chart, share, spark};
pub use zone::zone_note;
