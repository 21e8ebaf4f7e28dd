//! Everything that needs a database, a WeChat or a router: real ones, in one test program.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test says what failed by failing")]

mod account;
mod alerts;
mod bind_phone;
mod browser;
mod compat;
mod console;
mod databases;
mod failure_numbers;
mod failures;
mod house;
mod http;
mod introspect;
mod limits;
mod login;
mod migrations;
mod openapi;
mod operators;
mod profile;
mod push;
mod refusals;
mod rooms;
mod sign_in;
mod store;
mod unionid;
mod user;
mod wechat;
