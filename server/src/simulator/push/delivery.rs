//! The way of a push to its receiver (protocol §6.1, §6.2, §6.4).

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, Url, header::CONTENT_TYPE, redirect::Policy};

use super::{Push, seal::signature};
use crate::simulator::Simulator;

/// How long WeChat waits for one answer.
const PATIENCE: Duration = Duration::from_secs(5);
const MOST_ATTEMPTS: u32 = 3;
/// `success` is expected; what is longer than this is cut off.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The last answer, and how many attempts there were.
#[derive(Default)]
pub(in crate::simulator) struct Delivered {
    pub answer: Answer,
    pub attempts: u32,
}

#[derive(Default)]
pub(in crate::simulator) struct Answer {
    /// 0: there was none, and the body says why.
    pub status: u16,
    pub body: String,
    /// Whether WeChat is content with it (protocol §9.1, rows 23 and 25).
    pub accepted: bool,
}

impl Push {
    /// As often as it was asked for; each time again until an answer is accepted or three were not.
    pub async fn deliver(&self, simulator: &Simulator) -> reqwest::Result<Delivered> {
        let http = http()?;
        let mut delivered = Delivered::default();
        for _ in 0..self.times {
            for _ in 0..self.most_attempts() {
                delivered.answer = self.attempt(&http, simulator).await;
                delivered.attempts += 1;
                if delivered.answer.accepted {
                    break;
                }
            }
        }
        Ok(delivered)
    }

    /// Whoever configures the URL sees at once that it does not work; only events are repeated.
    fn most_attempts(&self) -> u32 {
        if self.content.is_some() { MOST_ATTEMPTS } else { 1 }
    }

    async fn attempt(&self, http: &Client, simulator: &Simulator) -> Answer {
        let query = self.query(simulator);
        let Some(content) = &self.content else {
            let echo = echo(simulator);
            let answer = ask(http.get(self.url.clone()).query(&query).query(&[("echostr", &echo)])).await;
            return answer.accepted_if(|body| body == echo);
        };
        let request = http.post(self.url.clone()).query(&query);
        // Also when it is JSON (protocol §6.2).
        let request = request.header(CONTENT_TYPE, "text/xml").body(content.body.clone());
        ask(request).await.accepted_if(|body| body.is_empty() || body == "success")
    }

    /// New with every attempt, around the same body.
    fn query(&self, simulator: &Simulator) -> Vec<(&'static str, String)> {
        let timestamp = self.timestamp.unwrap_or_else(|| simulator.clock.now().seconds()).to_string();
        let nonce = self.nonce.clone().unwrap_or_else(|| nonce(simulator));
        let encrypted = self.content.as_ref().and_then(|content| content.encrypted.as_ref());
        // A msg_signature is what counts where there is one: the signature stays right then and proves nothing.
        let token = |counts| if counts && self.wrong_signature { "wrong" } else { self.token.as_str() };
        let mut query = vec![("signature", signature([token(encrypted.is_none()), &timestamp, &nonce]))];
        if let Some(encrypted) = encrypted {
            let msg_signature = signature([token(true), &timestamp, &nonce, &encrypted.text]);
            query.push(("openid", encrypted.sender.clone()));
            query.push(("msg_signature", msg_signature));
        }
        let of_mode = || encrypted.is_some().then(|| "aes".to_owned());
        query.extend(self.encrypt_type.clone().or_else(of_mode).map(|kind| ("encrypt_type", kind)));
        query.extend([("timestamp", timestamp), ("nonce", nonce)]);
        query
    }
}

impl Answer {
    fn none(why: &str) -> Self {
        Self { body: why.into(), ..Self::default() }
    }

    fn accepted_if(self, fits: impl Fn(&str) -> bool) -> Self {
        Self { accepted: self.status == 200 && fits(&self.body), ..self }
    }
}

async fn ask(request: RequestBuilder) -> Answer {
    match request.send().await {
        Ok(response) => read(response).await,
        Err(error) if error.is_timeout() => Answer::none("no answer within 5 s"),
        Err(error) if error.is_connect() => Answer::none("no connection"),
        Err(_) => Answer::none("the connection broke"),
    }
}

async fn read(mut response: Response) -> Answer {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) if error.is_timeout() => return Answer::none("no whole answer within 5 s"),
            Err(_) => return Answer::none("the answer broke off"),
        }
    }
    body.truncate(LONGEST_ANSWER);
    Answer { status, body: String::from_utf8_lossy(&body).into_owned(), accepted: false }
}

/// Every attempt on its own connection. Neither a proxy nor a redirect takes a push off this machine.
fn http() -> reqwest::Result<Client> {
    // Fails only when a provider has been installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy().pool_max_idle_per_host(0);
    // It speaks plain HTTP only: looking for the machine's certificates would take the most time of all.
    http.tls_certs_only([]).build()
}

/// The receiver's address, if it lies on this machine.
pub(in crate::simulator) fn on_this_machine(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "http")?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    let loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    (loopback || host == "localhost").then_some(url)
}

/// Up to ten digits.
fn nonce(simulator: &Simulator) -> String {
    u32::from_be_bytes(simulator.random.bytes()).to_string()
}

/// Always nineteen digits.
fn echo(simulator: &Simulator) -> String {
    let least = 10_u64.pow(18);
    (least + u64::from_be_bytes(simulator.random.bytes()) % (9 * least)).to_string()
}
