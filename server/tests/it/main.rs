//! Everything that needs a database, a WeChat or a router: real ones, in one test program.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test says what failed by failing")]

mod account;
mod alerts;
mod audit;
mod bind_phone;
mod browser;
mod causes;
mod compat;
mod conflicts;
mod console;
mod dashboard;
mod databases;
mod desk;
mod erase;
mod export;
mod failure_list;
mod failure_numbers;
mod failures;
mod house;
mod http;
mod introspect;
mod limits;
mod live;
mod login;
mod merges;
mod migrations;
mod openapi;
mod operators;
mod profile;
mod push;
mod refusals;
mod resets;
mod reveal;
mod roles;
mod rooms;
mod search;
mod sign_in;
mod store;
mod story;
mod time_zone;
mod undo;
mod unionid;
mod user;
mod users_list;
mod wechat;
