//! Latchkey's server: the only crate with SQL, HTTP clients and cryptography.
//!
//! Start reading at [`accounts`], the use cases. `http` → `api`, `console` → `accounts` → `store`, `wechat`,
//! `open_data`, `sealed`; nothing points back (tests/rooms.rs).

pub mod accounts;
pub mod api;
pub mod arrival;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod http;
pub mod jobs;
pub mod logging;
pub mod metrics;
pub mod open_data;
pub mod phone;
pub mod random;
pub mod sealed;
pub mod secret;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod start;
pub mod store;
pub mod support_code;
pub mod wechat;
