//! Everything that needs a database, a WeChat or a router: real ones, in one test program.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test says what failed by failing")]

mod bind_phone;
mod compat;
mod console;
mod databases;
mod house;
mod http;
mod login;
mod migrations;
mod profile;
mod refusals;
mod rooms;
mod store;
mod user;
mod wechat;
