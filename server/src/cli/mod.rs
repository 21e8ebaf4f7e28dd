//! The commands of `latchkey`, one file each. Answers go to standard output, errors to standard error in
//! one line with the fix; exit codes are 0 done, 1 failed, 2 wrong use.

mod apikey;
mod audit;
mod config_print;
#[cfg(feature = "simulator")]
mod demo;
mod failures;
mod migrate;
mod open_files;
mod operator;
mod serve;
#[cfg(feature = "simulator")]
mod simulate;

use std::{
    fmt::Display,
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use rustix::fs::Mode;
use tokio::net::TcpListener;

use crate::config::{Config, ConfigError, Environment};

/// Login and phone numbers for WeChat mini programs.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything on this machine: simulated WeChat, sample data, demo operators.
    #[cfg(feature = "simulator")]
    Demo(demo::Demo),
    /// Run the server.
    Serve(ConfigFile),
    /// Run the WeChat simulator alone.
    #[cfg(feature = "simulator")]
    Simulate(simulate::Simulate),
    /// Bring the database's schema up to date and say what was done.
    Migrate(ConfigFile),
    /// Manage the people who sign in to the console.
    #[command(subcommand)]
    Operator(operator::Operator),
    /// Manage the keys of your own back ends (POST /api/introspect).
    #[command(subcommand)]
    Apikey(apikey::ApiKey),
    /// Print the OpenAPI 3.1 document.
    Openapi,
    /// List what failed and what was healed, newest first.
    Failures(failures::Failures),
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(config_print::ConfigCommand),
}

/// Where the configuration comes from, for every command that needs one.
#[derive(Debug, Clone, clap::Args)]
struct ConfigFile {
    /// Configuration file; `latchkey.toml` where there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigFile {
    fn load(self) -> Result<Config, ConfigError> {
        Config::load(self.config, &Environment::of_process())
    }
}

/// Why a command failed, in one line.
struct Failed(String);

impl<E: Display> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

type Outcome = Result<(), Failed>;

/// Runs the command line. Not async: whoever awaits a future compiles it, and the binary would compile everything again.
pub fn main() -> ExitCode {
    // Every file that a command makes is its owner's alone: the database, its log, its key.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let command = Cli::parse().command;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Failed::from).and_then(|runtime| runtime.block_on(run(command))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(message)) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "latchkey: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Outcome {
    match command {
        #[cfg(feature = "simulator")]
        Command::Demo(demo) => demo.run().await,
        Command::Serve(config) => serve::run(config).await,
        #[cfg(feature = "simulator")]
        Command::Simulate(simulate) => simulate.run().await,
        Command::Migrate(config) => migrate::run(config).await,
        Command::Operator(command) => command.run().await,
        Command::Apikey(command) => command.run().await,
        Command::Openapi => {
            say(crate::api::document()?);
            Ok(())
        }
        Command::Failures(failures) => failures.run().await,
        Command::Audit(command) => command.run().await,
        Command::Config(command) => command.run(),
    }
}

/// A line on standard output. A reader that has gone away (`| head`) is no failure.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// `setting`: where another address can be chosen.
async fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener, Failed> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failed(format!("cannot listen on {address}: {error}. Choose another address with {setting}")))
}

/// Done at SIGTERM or Ctrl-C.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Commands that show or change what a stranger must not.
#[cfg(feature = "simulator")]
fn loopback(address: SocketAddr) -> Result<SocketAddr, Failed> {
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(Failed(format!(
        "{address} can be reached from outside; this command listens on loopback only, such as 127.0.0.1"
    )))
}
