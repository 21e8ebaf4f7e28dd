use std::borrow::Cow;

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// A step of the schema, on both databases: there is none on one side alone.
pub(super) struct Pair {
    version: i64,
    name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

macro_rules! pairs {
    ($($version:literal $name:literal $file:literal),* $(,)?) => {
        &[$(Pair {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../../migrations/postgres/", $file)),
        }),*]
    };
}

/// Oldest first. A released one is never changed: its checksum stands in every database.
const PAIRS: &[Pair] = pairs![
    1 "accounts" "0001_accounts.sql",
    2 "whole api" "0002_whole_api.sql",
    3 "failures" "0003_failures.sql",
    4 "resets" "0004_resets.sql",
    5 "operators" "0005_operators.sql",
    6 "lists" "0006_lists.sql",
    7 "privacy" "0007_privacy.sql",
    8 "rollups" "0008_rollups.sql",
    9 "conflicts" "0009_conflicts.sql",
    10 "failed openids" "0010_failed_openids.sql",
    11 "calls" "0011_calls.sql",
    12 "operators" "0012_operators.sql",
    13 "support codes" "0013_support_codes.sql",
    14 "console" "0014_console.sql",
    15 "login code clock" "0015_login_code_clock.sql",
    16 "first uses" "0016_first_uses.sql",
    17 "untrusted proxies" "0017_untrusted_proxies.sql",
];

pub(super) fn migrator(side: impl Fn(&Pair) -> &'static str) -> Migrator {
    let migration = |pair: &Pair| {
        let sql = side(pair).into_sql_str();
        Migration::new(pair.version, Cow::Borrowed(pair.name), MigrationType::Simple, sql, false)
    };
    Migrator { migrations: PAIRS.iter().map(migration).collect(), ..Migrator::DEFAULT }
}
