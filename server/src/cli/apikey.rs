use clap::Subcommand;
use latchkey_app::types::Millis;

use super::{ConfigFile, Failed, Outcome, say};
use crate::{
    accounts::{Accounts, Actor},
    clock::Clock,
    random::Random,
    start,
};

#[derive(Debug, Subcommand)]
pub(super) enum ApiKey {
    /// Make a key for POST /api/introspect. It is shown once.
    Create {
        /// Who will hold it, such as "order service".
        #[arg(long)]
        name: String,
        #[command(flatten)]
        config: ConfigFile,
    },
    /// List the keys, newest first: id, name, made, last used, state.
    List {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// End a key, at once.
    Revoke {
        #[arg(long)]
        name: String,
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl ApiKey {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::Create { name, config } => {
                let key = open(config).await?.create_api_key(&name, &Actor::command_line()).await?;
                say(key.expose());
            }
            Self::List { config } => list(&open(config).await?).await?,
            Self::Revoke { name, config } => revoke(&open(config).await?, &name).await?,
        }
        Ok(())
    }
}

/// The use cases without a server.
pub(super) async fn open(config: ConfigFile) -> Result<Accounts, Failed> {
    Ok(start::start(&config.load()?, Clock::system(), Random::System).await?.accounts)
}

async fn list(accounts: &Accounts) -> Outcome {
    for row in accounts.api_keys().await? {
        let used = row.last_used_at.map_or_else(|| "never used".to_owned(), |at| Millis(at).rfc3339());
        let state = if row.revoked_at.is_some() { "revoked" } else { "active" };
        say(format_args!("{}\t{}\t{}\t{used}\t{state}", row.id, row.name, Millis(row.created_at).rfc3339()));
    }
    Ok(())
}

async fn revoke(accounts: &Accounts, name: &str) -> Outcome {
    let keys = accounts.api_keys().await?;
    let key = keys.iter().find(|row| row.name == name && row.revoked_at.is_none());
    let key = key.ok_or_else(|| Failed(format!("there is no active key named {name}: latchkey apikey list")))?;
    accounts.revoke_api_key(key.id, &Actor::command_line()).await?;
    say(format_args!("key {name} is revoked"));
    Ok(())
}
