use super::{ConfigFile, Outcome, say};
use crate::{start::StartError, store::Db};

/// `latchkey migrate`.
pub(super) async fn run(config: ConfigFile) -> Outcome {
    let config = config.load()?;
    let db = Db::open(config.database_url.expose()).await.map_err(StartError::from)?;
    let report = db.migrate().await.map_err(StartError::from)?;
    for migration in &report.applied {
        say(format_args!("applied {migration}"));
    }
    say(format_args!("the schema is at version {}", report.version));
    db.close().await;
    Ok(())
}
