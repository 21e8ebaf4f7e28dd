//! What moves in the browser. Everything else is rendered on the server and works without JavaScript.
//!
//! Props are written into the page: never a full phone, key or token.

mod comforts;
mod focus;
mod live;
mod reveal_timer;
mod search_box;
mod typed;
mod zone;

pub use comforts::Comforts;
pub use live::{NewFailures, RefreshNumbers};
pub use reveal_timer::RevealTimer;
pub use search_box::SearchBox;
