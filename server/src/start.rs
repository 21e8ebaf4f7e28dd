//! From a configuration to a running house: what `serve`, `demo` and the tests have in common.

use crate::{
    accounts::{Accounts, Fault, Rules},
    clock::Clock,
    config::{self, Config, ConfigError, DataKeySource, WECHAT},
    console::{
        ConsoleServer, Dashboards, Live,
        operators::{Operators, Settings},
    },
    metrics::Metrics,
    random::Random,
    sealed::Vault,
    store::{Db, MigrationReport, StoreError},
    wechat::WeChat,
};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}. Check LATCHKEY_DATABASE_URL")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Accounts(#[from] Fault),
    #[error("the HTTP client cannot start: {0}. Debian's package ca-certificates may be missing")]
    Http(#[from] reqwest::Error),
}

/// Opens and migrates the database, finds or makes the data key, and builds everything on top.
pub async fn start(config: &Config, clock: Clock, random: Random) -> Result<ConsoleServer, StartError> {
    config.apps.check_push_keys()?;
    let db = Db::open(config.database_url.expose()).await?;
    tell_migrations(&db.migrate().await?);
    let (keys, source) = config::data_keys(config, &random)?;
    if let DataKeySource::Made(path) = source {
        let path = path.display();
        tracing::warn!(%path, "made a new data key: keep a copy apart from the database, which is worthless without it");
    }
    if config.wechat.base_url != WECHAT {
        let base_url = &config.wechat.base_url;
        tracing::warn!(base_url, "NOT THE REAL WECHAT: login codes and AppSecrets go to another host");
    }
    if config.apps.is_empty() {
        tracing::warn!("no mini program is configured: set LATCHKEY_APPID and LATCHKEY_SECRET, or [[apps]]");
    }
    for app in config.apps.iter().filter(|app| !app.phone_code_openid) {
        let appid = &app.appid;
        tracing::warn!(appid, "phone_code_openid is off: WeChat does not check whose phone code it is");
    }
    let metrics = Metrics::default();
    let wechat = WeChat::new(&config.wechat, config.apps.clone(), clock.clone(), random.clone(), metrics.clone())?;
    let rules = Rules {
        token_ttl_s: config.token_ttl_s,
        phone_conflict: config.phone_conflict,
        failures_kept_s: config.failures_kept_days * 86_400,
    };
    let vault = Vault::new(keys, random.clone());
    let accounts = Accounts::start(db, vault, clock, random, wechat, config.apps.clone(), rules, metrics).await?;
    let live = Live::new(accounts.db.clone(), accounts.clock.clone());
    let settings = Settings { public_url: config.public_url.clone(), require_admin_totp: config.require_admin_totp };
    let operators = Operators::new(accounts.clone(), settings);
    Ok(ConsoleServer { accounts, operators, live, dashboards: Dashboards::default() })
}

fn tell_migrations(report: &MigrationReport) {
    for migration in &report.applied {
        tracing::info!(migration, "applied");
    }
}
