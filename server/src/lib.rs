//! Latchkey's server: the only crate with SQL, HTTP clients and cryptography.

pub mod clock;
pub mod open_data;
pub mod phone;
pub mod random;
pub mod sealed;
pub mod secret;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod store;
