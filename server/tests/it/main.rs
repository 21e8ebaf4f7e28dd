//! Everything that needs a database, a WeChat or a router: real ones, in one test program.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test says what failed by failing")]

mod alerts;
mod bind_phone;
mod compat;
mod conflicts;
mod console;
mod databases;
mod desk;
mod failure_numbers;
mod failures;
mod house;
mod http;
mod introspect;
mod limits;
mod login;
mod migrations;
mod openapi;
mod profile;
mod push;
mod refusals;
mod resets;
mod rooms;
mod store;
mod undo;
mod unionid;
mod user;
mod wechat;
