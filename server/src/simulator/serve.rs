//! The way of one call through WeChat's side: counted, perhaps met by a fault, answered, perhaps spoilt.

use std::collections::HashMap;

use axum::{
    body::{Bytes, to_bytes},
    extract::{Query, Request, State},
    http::Method,
    response::Response,
    routing::{MethodRouter, any},
};
use serde_json::{Map, Value};

use super::{
    Simulator,
    reply::{Family, Outcome, Refusal},
    state::World,
};
use crate::{clock::Millis, random::Random};

const MOST_BODY: usize = 1 << 20;

/// One call as the endpoints see it.
pub(super) struct Call<'a> {
    query: HashMap<String, String>,
    body: Bytes,
    pub now: Millis,
    pub random: &'a Random,
    injected: Option<Refusal>,
}

impl Call<'_> {
    /// Empty when absent: WeChat makes no difference.
    pub fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// `missing` is the errcode when it is absent or empty.
    pub fn required(&self, name: &str, missing: i64) -> Result<&str, Refusal> {
        Some(self.parameter(name)).filter(|text| !text.is_empty()).ok_or(Refusal::code(missing))
    }

    pub fn grant(&self, expected: &str) -> Result<(), Refusal> {
        if self.parameter("grant_type") == expected { Ok(()) } else { Err(Refusal::code(40002)) }
    }

    pub fn json(&self) -> Result<Map<String, Value>, Refusal> {
        if self.body.is_empty() {
            return Err(Refusal::code(44002));
        }
        serde_json::from_slice(&self.body).map_err(|_| Refusal::code(47001))
    }

    /// The errcode that a test asked for. Endpoints look after the credentials and before the code (protocol §9.1, row
    /// 2), so that wrong credentials stay what they are and no code is consumed.
    pub fn injected(&self) -> Result<(), Refusal> {
        self.injected.clone().map_or(Ok(()), Err)
    }
}

#[derive(Clone)]
struct Endpoint {
    method: Method,
    family: Family,
    work: fn(&mut World, &Call<'_>) -> Outcome,
}

pub(super) fn endpoint(
    method: Method,
    family: Family,
    work: fn(&mut World, &Call<'_>) -> Outcome,
) -> MethodRouter<Simulator> {
    let endpoint = Endpoint { method, family, work };
    any(move |State(simulator): State<Simulator>, request: Request| async move {
        serve(&simulator, &endpoint, request).await
    })
}

/// The answer is complete before the wait: a client that gives up earlier has spent its code all the same, which is what
/// happens when an answer is lost on the way.
async fn serve(simulator: &Simulator, endpoint: &Endpoint, request: Request) -> Response {
    let fault = simulator.world().meet(request.uri().path());
    let response = match fault.instead_of_answer() {
        Some(response) => response,
        None => endpoint.answer(simulator, request, fault.refusal()).await,
    };
    fault.wait().await;
    fault.spoil(response)
}

impl Endpoint {
    async fn answer(&self, simulator: &Simulator, request: Request, injected: Option<Refusal>) -> Response {
        let (head, body) = request.into_parts();
        let query = Query::try_from_uri(&head.uri).map(|Query(query)| query).unwrap_or_default();
        let body = to_bytes(body, MOST_BODY).await.unwrap_or_default();
        let call = Call { query, body, now: simulator.clock.now(), random: &simulator.random, injected };
        let outcome = self.outcome(&head.method, simulator, &call);
        self.family.render(outcome, call.now, call.random)
    }

    fn outcome(&self, method: &Method, simulator: &Simulator, call: &Call<'_>) -> Outcome {
        if *method != self.method {
            return Err(Refusal::code(if self.method == Method::GET { 43001 } else { 43002 }));
        }
        (self.work)(&mut simulator.world(), call)
    }
}
