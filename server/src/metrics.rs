//! The counters that Prometheus reads. Labels are routes, names and outcomes; never an id, an address or anything that a
//! client chose: a counter stays until the process ends, so no sender may make new ones without end.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

/// From what a good machine needs for a token check to what a mini program waits at most.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// More appids than an installation has, and more errcodes than its calls meet.
const MOST_VALUES: usize = 200;
/// Stands for every value beyond those.
const OTHER: &str = "other";

/// The counters of one node. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Families>);

#[derive(Debug)]
struct Families {
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    wechat_calls: Family<WeChatCall, Counter>,
    failures: Family<Failure, Counter>,
    outcomes: Values,
    appids: Values,
}

/// The values of a label that others choose. The first [`MOST_VALUES`] keep their names, all further ones share one.
#[derive(Debug, Default)]
struct Values(Mutex<BTreeSet<String>>);

impl Values {
    fn label(&self, value: &str) -> String {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(value) {
            if known.len() >= MOST_VALUES {
                return OTHER.to_owned();
            }
            known.insert(value.to_owned());
        }
        value.to_owned()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WeChatCall {
    call: &'static str,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failure {
    appid: String,
    cause: String,
    healed: String,
}

impl Default for Families {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            wechat_calls: Family::default(),
            failures: Family::default(),
            outcomes: Values::default(),
            appids: Values::default(),
        }
    }
}

impl Metrics {
    /// Counts a request that was answered. `route` is the router's own pattern, never the path as it came; `method` is a
    /// name from the program's text.
    pub fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels = Request { route: route.to_owned(), method, status };
        self.0.requests.get_or_create(&labels).inc();
        self.0.seconds.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// Counts a call to WeChat; `outcome` is `ok`, an errcode, `busy` or `unavailable`.
    pub fn wechat_call(&self, call: &'static str, outcome: &str) {
        let labels = WeChatCall { call, outcome: self.0.outcomes.label(outcome) };
        self.0.wechat_calls.get_or_create(&labels).inc();
    }

    /// Counts failures or healings, recorded or left out.
    pub fn failure(&self, appid: &str, cause: &str, healed: bool, times: u64) {
        let labels = Failure { appid: self.0.appids.label(appid), cause: cause.to_owned(), healed: healed.to_string() };
        self.0.failures.get_or_create(&labels).inc_by(times);
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> String {
        let Families { requests, seconds, wechat_calls, failures, .. } = &*self.0;
        let mut registry = Registry::with_prefix("latchkey");
        registry.register("requests", "Requests answered", requests.clone());
        registry.register("request_seconds", "Time to answer a request", seconds.clone());
        registry.register("wechat_calls", "Calls to WeChat", wechat_calls.clone());
        registry.register("failures", "Calls that failed or were healed, by cause", failures.clone());
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_what_was_counted() {
        let metrics = Metrics::default();
        metrics.request("POST", "/api/login", 200, Duration::from_millis(3));
        metrics.wechat_call("code2session", "40029");
        metrics.failure("wx1", "plus_lost", true, 2);
        let text = metrics.text();
        for line in [
            r#"latchkey_requests_total{route="/api/login",method="POST",status="200"} 1"#,
            r#"latchkey_request_seconds_bucket{le="0.005",route="/api/login"} 1"#,
            r#"latchkey_wechat_calls_total{call="code2session",outcome="40029"} 1"#,
            r#"latchkey_failures_total{appid="wx1",cause="plus_lost",healed="true"} 2"#,
        ] {
            assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn values_that_others_choose_make_a_bounded_number_of_counters() {
        let metrics = Metrics::default();
        for errcode in 0..1000 {
            metrics.wechat_call("code2session", &errcode.to_string());
            metrics.failure(&format!("wx{errcode}"), "unknown", false, 1);
        }
        let text = metrics.text();
        assert!(text.lines().count() < 2 * MOST_VALUES + 20, "{}", text.lines().count());
        for line in [
            r#"latchkey_wechat_calls_total{call="code2session",outcome="other"} 800"#,
            r#"latchkey_failures_total{appid="other",cause="unknown",healed="false"} 800"#,
        ] {
            assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
        }
    }
}
