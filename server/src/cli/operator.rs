use std::io::{self, Read};

use clap::{Args, Subcommand, ValueEnum};
use latchkey_app::types::{Millis, Role, SecondFactorPolicy};

use super::{ConfigFile, Failed, Outcome, say};
use crate::{accounts::Actor, clock::Clock, console::operators::Operators, random::Random, secret::Secret, start};

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
    /// Give an operator a new password and end their sessions.
    ResetPassword {
        #[command(flatten)]
        who: Who,
        /// Also turn off their second factor: phone and recovery codes are lost.
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
    /// Choose who must use a second factor. It counts from the next request of each operator on.
    RequireSecondFactor {
        policy: PolicyName,
        #[command(flatten)]
        config: ConfigFile,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum PolicyName {
    All,
    Admins,
    None,
}

impl From<PolicyName> for SecondFactorPolicy {
    fn from(name: PolicyName) -> Self {
        match name {
            PolicyName::All => Self::All,
            PolicyName::Admins => Self::Admins,
            PolicyName::None => Self::None,
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
                let factor = if drop_second_factor { ", their second factor is off" } else { "" };
                say(format_args!("operator {username} has a new password{factor}; their sessions have ended"));
            }
            Self::Disable { who: Who { username, config } } => {
                open(config).await?.set_enabled(&username, false).await?;
                say(format_args!("operator {username} is disabled; their sessions have ended"));
            }
            Self::Enable { who: Who { username, config } } => {
                open(config).await?.set_enabled(&username, true).await?;
                say(format_args!("operator {username} is enabled"));
            }
            Self::RequireSecondFactor { policy, config } => {
                require_second_factor(&open(config).await?, policy.into()).await?;
            }
        }
        Ok(())
    }
}

async fn open(config: ConfigFile) -> Result<Operators, Failed> {
    Ok(start::start(&config.load()?, Clock::system(), Random::System).await?.operators)
}

async fn require_second_factor(operators: &Operators, policy: SecondFactorPolicy) -> Outcome {
    operators.require_second_factor(None, policy, &Actor::command_line()).await?;
    let holds = operators.second_factor_policy().await?;
    let floor = if holds == policy { "" } else { " (LATCHKEY_REQUIRE_ADMIN_TOTP asks for this much)" };
    say(format_args!("a second factor is required of: {}{floor}", holds.name()));
    Ok(())
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
