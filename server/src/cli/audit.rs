use clap::Subcommand;

use super::{ConfigFile, Failed, Outcome, apikey, say};

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Check that no entry of the audit log was changed or removed.
    Verify {
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl Audit {
    pub(super) async fn run(self) -> Outcome {
        let Self::Verify { config } = self;
        match apikey::open(config).await?.verify_audit().await? {
            Ok(entries) => {
                say(format_args!("the audit log is whole: {entries} entries"));
                Ok(())
            }
            Err(seq) => Err(Failed(format!(
                "the audit log is broken at entry {seq}: it was changed, or the entry before it is missing"
            ))),
        }
    }
}
