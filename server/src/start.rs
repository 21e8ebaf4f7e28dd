//! From a configuration to a running house: what `serve`, `demo` and the tests have in common.

use crate::{
    accounts::{Accounts, Fault, Rules, StartupError, UntrustedProxies},
    clock::Clock,
    config::{self, Config, ConfigError, DataKeyPlace},
    console::{
        ConsoleServer, Dashboards, Live,
        operators::{Operators, Settings},
    },
    metrics::Metrics,
    open_data::Window,
    random::Random,
    sealed::{DataKeys, SealError, Vault},
    store::{self, Db, MigrationReport, StoreError, installation},
    wechat::WeChat,
};

/// Why the program does not start: one line with the fix.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}. {advice}", advice = advice(.0))]
    Store(#[from] StoreError),
    #[error(
        "{0} is missing, and this database was sealed under the key in it: put your copy of the key back as {0}. No new key \
         was made"
    )]
    KeyMissing(DataKeyPlace),
    #[error("this database was sealed under another key than {0}: put your copy of that key back")]
    OtherKey(DataKeyPlace),
    #[error(transparent)]
    Startup(StartupError),
    #[error("the HTTP client cannot start: {0}. Debian's package ca-certificates may be missing")]
    Http(#[from] reqwest::Error),
}

impl StartError {
    fn of_startup(error: StartupError, place: DataKeyPlace) -> Self {
        match error {
            StartupError::Fault(Fault::Sealed(SealError::UnknownKey(_))) => Self::OtherKey(place),
            StartupError::Fault(Fault::Store(error)) => Self::Store(error),
            error => Self::Startup(error),
        }
    }
}

fn advice(error: &StoreError) -> &'static str {
    match error {
        StoreError::Newer { .. } => "Run the newer program again, or put back a copy from before the upgrade",
        error if error.is_locked() => "Another process holds the database file: end it, or wait until it is done",
        _ => "Check LATCHKEY_DATABASE_URL",
    }
}

/// Opens and migrates the database, finds or makes the data key, and builds everything on top.
pub async fn start(config: &Config, clock: Clock, random: Random) -> Result<ConsoleServer, StartError> {
    config.check_unmasked()?;
    let db = Db::open(config.database_url.expose()).await?;
    tell_migrations(&db.migrate().await?);
    let place = DataKeyPlace::of(config);
    let keys = data_keys(&place, &db, &random).await?;
    warn(config);
    let metrics = Metrics::default();
    let wechat = WeChat::new(&config.wechat, config.apps.clone(), clock.clone(), random.clone(), metrics.clone())?;
    let rules = Rules {
        token_ttl_s: config.token_ttl_s,
        phone_conflict: config.phone_conflict,
        failures_kept_s: config.failures_kept_days * 86_400,
        window: Window { max_age_s: config.watermark_max_age_s, max_ahead_s: config.watermark_max_ahead_s },
    };
    let vault = Vault::new(keys, random.clone());
    let untrusted_proxies = UntrustedProxies::new(&config.trusted_proxies);
    let apps = config.apps.clone();
    let accounts = Accounts::start(db, vault, clock, random, wechat, apps, rules, metrics, untrusted_proxies).await;
    let accounts = accounts.map_err(|error| StartError::of_startup(error, place))?;
    let console = accounts.for_console();
    let live = Live::new(console.db.clone(), accounts.clock.clone());
    let settings = Settings { public_url: config.public_url.clone(), require_admin_totp: config.require_admin_totp };
    let operators = Operators::new(console, settings);
    Ok(ConsoleServer { accounts, operators, live, dashboards: Dashboards::default() })
}

/// The data keys; the first one is made here, unless the database holds values that an earlier one has sealed.
async fn data_keys(place: &DataKeyPlace, db: &Db, random: &Random) -> Result<DataKeys, StartError> {
    if let Some(keys) = place.read()? {
        return Ok(keys);
    }
    if installation::holds_sealed_values(&mut db.read().await?).await? {
        return Err(StartError::KeyMissing(place.clone()));
    }
    let keys = place.make(random)?;
    let path = place.to_string();
    tracing::warn!(path, "made a new data key: keep a copy apart from the database, which is worthless without it");
    Ok(keys)
}

/// Tells what can be used and most likely should not be.
fn warn(config: &Config) {
    for warning in config::warnings(config) {
        tracing::warn!("{warning}");
    }
    for path in config::open_to_others(config) {
        let path = path.display();
        tracing::warn!(%path, "OTHERS ON THIS MACHINE MAY READ THIS FILE: chmod 600 {path}");
    }
    if let Some(host) = store::unencrypted_host(config.database_url.expose()) {
        let fix = "add sslmode=verify-full, and sslrootcert where its certificate is your own";
        tracing::warn!(host, "NOT ENCRYPTED, OR NOT SURE TO WHOM: Postgres is on another machine; {fix}");
    }
}

fn tell_migrations(report: &MigrationReport) {
    for migration in &report.applied {
        tracing::info!(migration, "applied");
    }
}
