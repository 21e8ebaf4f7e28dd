use std::net::SocketAddr;

use clap::Args;

use super::{Outcome, listen, loopback, say, told_to_stop};
use crate::{clock::Clock, config::Environment, http, logging, random::Random, simulator::Simulator};

/// `latchkey simulate`.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// Loopback only.
    #[arg(long, default_value = "127.0.0.1:3999")]
    listen: SocketAddr,
}

impl Simulate {
    pub(super) async fn run(self) -> Outcome {
        logging::start(Environment::of_process().get("LATCHKEY_LOG")?.unwrap_or("info"))?;
        let listener = listen(loopback(self.listen)?, "--listen").await?;
        let clock = Clock::system();
        let simulator = Simulator::new(clock.clone(), Random::System);
        say(format_args!("The WeChat simulator is at http://{}", listener.local_addr()?));
        http::serve(listener, simulator.router(), clock, told_to_stop()).await?;
        Ok(())
    }
}
