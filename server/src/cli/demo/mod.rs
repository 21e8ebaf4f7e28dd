mod sample;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use clap::Args;
use latchkey_app::types::Role;
use tokio::net::TcpListener;

use super::{Failed, Outcome, listen, loopback, open_files, say, told_to_stop};
use crate::{
    clock::Clock,
    config::{App, Apps, Config, Environment, WeChatConfig},
    console::{
        ConsoleServer,
        operators::{Beside, OperatorError},
    },
    http::{self, ConnectionLimits, SiteOptions},
    jobs, logging,
    random::Random,
    secret::Secret,
    simulator::{Simulator, local_only},
    start,
};

const PASSWORD: &str = "latchkey-demo";
const OPERATORS: [(&str, Role); 3] = [("admin", Role::Admin), ("support", Role::Support), ("viewer", Role::Viewer)];
/// Where the simulator is expected; another port when this one is taken.
const SIMULATOR: &str = "127.0.0.1:3999";

/// `latchkey demo`: everything on this machine, nothing to set up, nothing from outside.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where the database and its key are kept.
    #[arg(long, value_name = "DIR", default_value = "./latchkey-demo")]
    data_dir: PathBuf,
    /// Loopback only.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
}

impl Demo {
    pub(super) async fn run(self) -> Outcome {
        logging::start(Environment::of_process().get("LATCHKEY_LOG")?.unwrap_or("error"))?;
        let listener = listen(loopback(self.listen)?, "--listen").await?;
        let listen = listener.local_addr()?;
        std::fs::create_dir_all(&self.data_dir)
            .map_err(|error| Failed(format!("{}: {error}. Choose another --data-dir", self.data_dir.display())))?;
        let simulator = simulator_listener().await?;
        let wechat = format!("http://{}", simulator.local_addr()?);
        let config = self.config(listen, &wechat)?;

        // One clock for both, so that `POST /sim/clock` moves the whole demo.
        let clock = Clock::system();
        let world = Simulator::new(clock.clone(), Random::System);
        tokio::spawn(http::serve(simulator, world.router(), clock.clone(), std::future::pending()));
        sample::fill(&config, &clock).await?;
        let server = start::start(&config, clock.clone(), Random::System).await?;
        make_operators(&server).await?;

        let router = http::router(&server, &SiteOptions { demo: true, ..SiteOptions::of(&config) });
        // The passwords of its operators are known to everybody.
        let router = local_only(router);
        let limits = ConnectionLimits::within(open_files::raise(), Arc::default());
        let jobs = tokio::spawn(jobs::run(server.accounts.clone()));
        introduce(listen, &wechat);
        http::serve_within(limits, listener, router, clock, told_to_stop()).await?;
        jobs.abort();
        jobs::end(&server.accounts).await;
        Ok(())
    }

    /// The defaults, with the simulator's apps. Neither a file nor the environment has a say: a demo is the same
    /// everywhere.
    fn config(&self, listen: SocketAddr, wechat: &str) -> Result<Config, Failed> {
        let defaults = Config::load(Some("/dev/null".into()), &Environment::default())?;
        let database = self.data_dir.join("latchkey.db");
        Ok(Config {
            listen,
            public_url: format!("http://{listen}"),
            database_url: Secret::new(format!("sqlite://{}", database.display())),
            apps: Apps::new(vec![app('1', "晨光便利店"), app('2', "晨光会员")]),
            wechat: WeChatConfig { base_url: wechat.to_owned(), ..defaults.wechat },
            ..defaults
        })
    }
}

/// One of the simulator's two apps (contract §7).
fn app(digit: char, name: &str) -> App {
    App {
        name: name.to_owned(),
        // The simulator's own.
        push_token: Some(Secret::new(format!("pushtoken{digit}"))),
        push_aes_key: Some(Secret::new(digit.to_string().repeat(43))),
        ..App::new(format!("wx000000000000000{digit}"), Secret::new(digit.to_string().repeat(32)))
    }
}

async fn simulator_listener() -> Result<TcpListener, Failed> {
    match TcpListener::bind(SIMULATOR).await {
        Ok(listener) => Ok(listener),
        Err(_) => Ok(TcpListener::bind("127.0.0.1:0").await?),
    }
}

async fn make_operators(server: &ConsoleServer) -> Outcome {
    for (username, role) in OPERATORS {
        match server.operators.create_beside(username, role, &Secret::new(PASSWORD), Beside::Demo).await {
            // From an earlier run.
            Ok(()) | Err(OperatorError::Taken) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn introduce(listen: SocketAddr, wechat: &str) {
    say(format_args!(
        r#"
  Latchkey is running.

  Console     http://{listen}/console
  Operators   admin, support, viewer · password {PASSWORD}
  Simulator   {wechat}

  Log a simulated user in (wx.login there, POST /api/login here):

    curl -s {wechat}/sim/login -d '{{"user":"alice","appid":"wx0000000000000001"}}' | curl -s http://{listen}/api/login -H 'Content-Type: application/json' -d @-

  Ctrl-C stops it.
"#
    ));
}
