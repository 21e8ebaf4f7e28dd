//! What an operator sees, and the types that both sides speak.
//!
//! Compiled twice: natively with `ssr`, where every page is rendered, and to wasm with `hydrate`, where only
//! the [`islands`] live. Pages, forms and texts never reach the browser as code, so the download stays small
//! and nothing but the props of an island can be out of step between the two renders.
//!
//! This crate knows neither SQL nor HTTP clients nor keys: it asks the server through [`port`].

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` and `hydrate` in one build compile and misbehave silently: check the crates separately");

pub mod error;
pub mod islands;
pub mod types;

#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod fns;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod port;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod text;
