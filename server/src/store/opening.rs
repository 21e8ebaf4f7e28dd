//! The address of a database, and the reason why it cannot be opened. A pool that finds no connection in time says only
//! that its time is over, so one more connection is tried without it. The answers name host and port at most, never the
//! whole address with its password.

use std::{net::IpAddr, str::FromStr, time::Duration};

use sqlx::{
    Connection, PgConnection, SqliteConnection,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::SqliteConnectOptions,
};

use super::StoreError;

const WAIT: Duration = Duration::from_secs(5);

pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// The host of a Postgres on another machine whose certificate is not checked in full: others on the way may read or
/// change what is said. `None` where there is none.
pub fn unencrypted_host(url: &str) -> Option<String> {
    if !is_postgres(url) {
        return None;
    }
    let options = PgConnectOptions::from_str(url).ok()?;
    let host = options.get_host().trim_matches(['[', ']']);
    let socket = options.get_socket().is_some() || host.starts_with('/');
    let local = socket || host == "localhost" || host.parse().is_ok_and(|host: IpAddr| host.is_loopback());
    let checked = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
    (!local && !checked).then(|| host.to_owned())
}

pub(super) async fn postgres_failed(error: sqlx::Error, options: &PgConnectOptions) -> StoreError {
    if !matches!(error, sqlx::Error::PoolTimedOut) {
        return error.into();
    }
    let reason = match tokio::time::timeout(WAIT, PgConnection::connect_with(options)).await {
        Ok(tried) => tried.err().unwrap_or(error).to_string(),
        Err(_) => "no answer within 5 s".to_owned(),
    };
    let place = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    StoreError::Away { place, reason }
}

pub(super) async fn sqlite_failed(error: sqlx::Error, options: &SqliteConnectOptions) -> StoreError {
    if !matches!(error, sqlx::Error::PoolTimedOut) {
        return error.into();
    }
    let options = options.clone().busy_timeout(Duration::ZERO);
    SqliteConnection::connect_with(&options).await.err().unwrap_or(error).into()
}

#[cfg(test)]
mod tests {
    use super::unencrypted_host;

    #[test]
    fn only_a_postgres_elsewhere_without_a_checked_certificate_is_named() {
        for (url, host) in [
            ("postgres://me:hunter2@db.example.com/latchkey", Some("db.example.com")),
            ("postgresql://me:hunter2@10.0.0.5:6432/latchkey?sslmode=require", Some("10.0.0.5")),
            ("postgres://db.example.com/latchkey?sslmode=verify-ca", Some("db.example.com")),
            ("postgres:///latchkey?host=db.example.com&sslmode=disable", Some("db.example.com")),
            ("postgres://db.example.com/latchkey?sslmode=verify-full", None),
            ("postgres://localhost/latchkey", None),
            ("postgres://127.0.0.2/latchkey", None),
            ("postgres://[::1]:5432/latchkey", None),
            ("postgres:///latchkey?host=/var/run/postgresql", None),
            ("sqlite://latchkey.db", None),
        ] {
            assert_eq!(unencrypted_host(url).as_deref(), host, "{url}");
        }
    }
}
