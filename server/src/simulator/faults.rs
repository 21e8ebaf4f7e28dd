//! What goes wrong between a server and WeChat, on demand (protocol §9.1, rows 8-10).

use std::{collections::VecDeque, io, time::Duration};

use axum::{
    body::Body,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{Html, IntoResponse, Response},
};
use futures::stream;

use super::{reply::Refusal, state::World};

/// The faults that are still to come, oldest first.
pub(super) type Faults = VecDeque<Fault>;

/// The next calls on WeChat's side that match meet this. The default spoils nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Fault {
    /// WeChat refuses with this; no code is consumed.
    pub errcode: Option<Refusal>,
    pub latency: Duration,
    /// The call is carried out, then the connection breaks: whatever it consumed is gone and the answer lost.
    pub drop_after: bool,
    /// A gateway answers with this status; WeChat never hears of the call.
    pub status: Option<StatusCode>,
    /// A gateway answers 200 with what is no answer; WeChat never hears of the call.
    pub garbage: Option<Garbage>,
    /// Calls still to be met.
    pub times: u32,
    /// Only calls whose path contains this; empty: all.
    pub path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Garbage {
    Html,
    Truncated,
    Empty,
    /// Sound JSON of a megabyte.
    Huge,
}

impl World {
    /// Counts a call and says what it runs into.
    pub fn meet(&mut self, path: &str) -> Fault {
        *self.calls.entry(path.to_owned()).or_default() += 1;
        let Some(index) = self.faults.iter().position(|fault| path.contains(&fault.path)) else {
            return Fault::default();
        };
        let met = self.faults[index].clone();
        self.faults[index].times = met.times.saturating_sub(1);
        self.faults.retain(|fault| fault.times > 0);
        met
    }
}

impl Fault {
    pub fn does_something(&self) -> bool {
        let answer = self.errcode.is_some() || self.status.is_some() || self.garbage.is_some();
        answer || self.drop_after || !self.latency.is_zero()
    }

    pub fn refusal(&self) -> Option<Refusal> {
        self.errcode.clone()
    }

    pub fn instead_of_answer(&self) -> Option<Response> {
        let gateway = |status| (status, Html("<html><body><h1>Bad Gateway</h1></body></html>")).into_response();
        self.status.map(gateway).or_else(|| self.garbage.map(Garbage::respond))
    }

    pub async fn wait(&self) {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
    }

    pub fn spoil(&self, response: Response) -> Response {
        if self.drop_after { broken() } else { response }
    }
}

/// Its body fails where it should begin, upon which the HTTP server closes the connection.
fn broken() -> Response {
    let failure = io::Error::new(io::ErrorKind::ConnectionReset, "the simulator drops this connection");
    Body::from_stream(stream::iter([Err::<&str, _>(failure)])).into_response()
}

impl Garbage {
    fn respond(self) -> Response {
        let body = match self {
            Self::Html => "<html><body>please wait</body></html>".to_owned(),
            Self::Truncated => r#"{"session_key":"HyVFkGl5F5OQ"#.to_owned(),
            Self::Empty => String::new(),
            Self::Huge => format!(r#"{{"padding":"{}"}}"#, "A".repeat(1 << 20)),
        };
        let content_type = if self == Self::Html { "text/html" } else { "text/plain" };
        ([(CONTENT_TYPE, content_type)], body).into_response()
    }
}
