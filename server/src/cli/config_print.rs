use clap::Subcommand;

use super::{ConfigFile, Outcome, say};
use crate::config;

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the effective configuration, every secret masked.
    Print(ConfigFile),
}

impl ConfigCommand {
    pub(super) fn run(self) -> Outcome {
        let Self::Print(file) = self;
        say(config::print(&file.load()?).trim_end());
        Ok(())
    }
}
