//! The `latchkey` command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use latchkey::store::{Db, StoreError};

/// Login and phone numbers for WeChat mini programs.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring the database's schema up to date and say what was done.
    Migrate {
        /// `sqlite://PATH` or `postgres://…`.
        #[arg(long, env = "LATCHKEY_DATABASE_URL", default_value = "sqlite://latchkey.db", hide_env_values = true)]
        database_url: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Migrate { database_url } = Cli::parse().command;
    match migrate(&database_url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stdout, reason = "a command's answer goes to standard output")]
async fn migrate(database_url: &str) -> Result<(), StoreError> {
    let db = Db::open(database_url).await?;
    let report = db.migrate().await?;
    for migration in &report.applied {
        println!("applied {migration}");
    }
    println!("the schema is at version {}", report.version);
    db.close().await;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "errors go to standard error in one line")]
fn fail(error: &StoreError) -> ExitCode {
    eprintln!("latchkey: {error}. Check LATCHKEY_DATABASE_URL.");
    ExitCode::FAILURE
}
