use std::net::SocketAddr;

use super::{ConfigFile, Failed, Outcome, listen, open_files, told_to_stop};
use crate::{
    clock::Clock,
    config::Environment,
    http::{self, ConnectionLimits, SiteOptions},
    jobs, logging,
    metrics::Metrics,
    random::Random,
    start,
};

/// More than the few programs that read metrics need.
const METRICS_CONNECTIONS: usize = 32;

/// `latchkey serve`.
pub(super) async fn run(config: ConfigFile) -> Outcome {
    let config = config.load()?;
    logging::start(&config.log)?;
    for name in Environment::of_process().unknown() {
        tracing::warn!(name, "no such variable; a slip of the pen?");
    }
    let clock = Clock::system();
    let server = start::start(&config, clock.clone(), Random::System).await?;
    for (one, other) in server.operators.alike().await? {
        tracing::warn!(
            one,
            other,
            "two operators whose names differ in case alone: disable one, or take care to type them exactly"
        );
    }
    if let Some(link) = server.operators.set_up_link().await? {
        // The one secret that is meant for whoever reads this: he may set the installation up.
        let message = "nobody can sign in yet: open this link within 24 hours to make the first administrator";
        logging::tell(message, link.expose());
    }
    let listener = listen(config.listen, "LATCHKEY_LISTEN").await?;
    let router = http::router(&server, &SiteOptions::of(&config));
    let metrics = tokio::spawn(serve_metrics(config.metrics_listen, server.accounts.metrics.clone(), clock.clone()));
    let jobs = tokio::spawn(jobs::run(server.accounts.clone()));
    tracing::info!(listen = %config.listen, public_url = config.public_url, apps = config.apps.iter().count(), "serving");
    let open_files = open_files::raise();
    let limits = ConnectionLimits::within(open_files, config.trusted_proxies.as_slice().into());
    tracing::info!(open_files, connections = limits.total, of_one_address = limits.per_address, "limits");
    http::serve_within(limits, listener, router, clock, told_to_stop()).await?;
    jobs.abort();
    metrics.abort();
    jobs::end(&server.accounts).await;
    tracing::info!("stopped");
    Ok(())
}

/// Metrics that cannot be served keep nobody from logging in: a second node on this machine, most likely.
async fn serve_metrics(address: SocketAddr, metrics: Metrics, clock: Clock) {
    match listen(address, "LATCHKEY_METRICS_LISTEN").await {
        Ok(listener) => {
            let limits = ConnectionLimits { total: METRICS_CONNECTIONS, ..ConnectionLimits::default() };
            // Ends with the program.
            let _ = http::serve_within(limits, listener, http::metrics_router(metrics), clock, std::future::pending())
                .await;
        }
        Err(Failed(problem)) => tracing::warn!(problem, "/metrics is not served"),
    }
}
