use super::{ConfigFile, Outcome, listen, told_to_stop};
use crate::{
    clock::Clock,
    config::Environment,
    http::{self, SiteOptions},
    jobs, logging,
    random::Random,
    start,
};

/// `latchkey serve`.
pub(super) async fn run(config: ConfigFile) -> Outcome {
    let config = config.load()?;
    logging::start(&config.log)?;
    for name in Environment::of_process().unknown() {
        tracing::warn!(name, "no such variable; a slip of the pen?");
    }
    let clock = Clock::system();
    let server = start::start(&config, clock.clone(), Random::System).await?;
    if server.operators.list().await?.is_empty() {
        tracing::warn!(
            "nobody can sign in to the console yet: latchkey operator create --username … --role admin --password-stdin"
        );
    }
    let listener = listen(config.listen).await?;
    let router = http::router(&server, &SiteOptions::of(&config));
    let jobs = tokio::spawn(jobs::run(server.accounts.clone()));
    tracing::info!(listen = %config.listen, public_url = config.public_url, apps = config.apps.iter().count(), "serving");
    http::serve(listener, router, clock, told_to_stop()).await?;
    jobs.abort();
    server.accounts.db.close().await;
    tracing::info!("stopped");
    Ok(())
}
