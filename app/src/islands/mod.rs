//! What moves in the browser. Everything else is rendered on the server and works without JavaScript.
//!
//! Props are written into the page: never a full phone, key or token.

mod comforts;
mod live_search;
mod reveal_timer;

pub use comforts::Comforts;
pub use live_search::LiveSearch;
pub use reveal_timer::RevealTimer;
