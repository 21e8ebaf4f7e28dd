use std::io::{self, Read};

use clap::{Args, Subcommand, ValueEnum};
use latchkey_app::types::{Millis, Role};

use super::{ConfigFile, Failed, Outcome, say};
use crate::{clock::Clock, console::operators::Operators, random::Random, secret::Secret, start};

#[derive(Debug, Subcommand)]
pub(super) enum Operator {
    /// Make an operator.
    Create {
        #[command(flatten)]
        who: Who,
        #[arg(long)]
        role: RoleName,
        #[command(flatten)]
        password: Password,
    },
    /// List the operators.
    List {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Give an operator a new password and end his sessions.
    ResetPassword {
        #[command(flatten)]
        who: Who,
        /// Also turn off his second factor: phone and recovery codes are lost.
        #[arg(long)]
        drop_second_factor: bool,
        #[command(flatten)]
        password: Password,
    },
    /// Keep an operator out, at once.
    Disable {
        #[command(flatten)]
        who: Who,
    },
    /// Let a disabled operator in again.
    Enable {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Debug, Args)]
pub(super) struct Who {
    #[arg(long)]
    username: String,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Args)]
pub(super) struct Password {
    /// Read the password from standard input: it appears neither in the process list nor in the shell's history.
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    Viewer,
    Support,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Viewer => Self::Viewer,
            RoleName::Support => Self::Support,
            RoleName::Admin => Self::Admin,
        }
    }
}

impl Operator {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::Create { who: Who { username, config }, role, .. } => {
                open(config).await?.create(&username, role.into(), &read_password()?).await?;
                say(format_args!("operator {username} made"));
            }
            Self::List { config } => list(&open(config).await?).await?,
            Self::ResetPassword { who: Who { username, config }, drop_second_factor, .. } => {
                open(config).await?.reset_password(&username, &read_password()?, drop_second_factor).await?;
                let factor = if drop_second_factor { ", his second factor is off" } else { "" };
                say(format_args!("operator {username} has a new password{factor}; his sessions have ended"));
            }
            Self::Disable { who: Who { username, config } } => {
                open(config).await?.set_enabled(&username, false).await?;
                say(format_args!("operator {username} is disabled; his sessions have ended"));
            }
            Self::Enable { who: Who { username, config } } => {
                open(config).await?.set_enabled(&username, true).await?;
                say(format_args!("operator {username} is enabled"));
            }
        }
        Ok(())
    }
}

async fn open(config: ConfigFile) -> Result<Operators, Failed> {
    Ok(start::start(&config.load()?, Clock::system(), Random::System).await?.operators)
}

async fn list(operators: &Operators) -> Outcome {
    for row in operators.list().await? {
        let state = match row.disabled_at {
            Some(_) => "disabled",
            None if row.password_hash.is_empty() => "invited",
            None => "enabled",
        };
        say(format_args!("{}\t{}\t{state}\t{}", row.username, row.role, Millis(row.created_at).rfc3339()));
    }
    Ok(())
}

/// All of standard input, without the line break at its end.
fn read_password() -> Result<Secret, Failed> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}
