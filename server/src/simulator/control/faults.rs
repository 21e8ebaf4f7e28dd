use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Asked, Refused};
use crate::simulator::{
    Simulator,
    faults::{Fault, Garbage},
    reply::Refusal,
};

/// Ten minutes, longer than any client waits.
const LONGEST_MS: u64 = 600_000;

#[derive(Deserialize, Default, PartialEq)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Wanted {
    busy: Option<bool>,
    errcode: Option<i64>,
    errmsg: Option<String>,
    latency_ms: Option<u64>,
    drop_after: Option<bool>,
    status: Option<u16>,
    garbage: Option<Value>,
    times: Option<u32>,
    path: Option<String>,
}

/// `POST /sim/faults`: adds a fault after those still to come; `{}` takes all of them away.
pub(super) async fn set(State(simulator): State<Simulator>, Asked(wanted): Asked<Wanted>) -> Answer {
    if wanted == Wanted::default() {
        simulator.world().faults.clear();
        return Ok(Json(json!({})));
    }
    let fault = wanted.fault()?;
    if !fault.does_something() {
        return Err(Refused::bad(
            "nothing to do: one of busy, errcode, latencyMs, dropAfter, status, garbage is needed",
        ));
    }
    simulator.world().faults.push_back(fault);
    Ok(Json(json!({})))
}

impl Wanted {
    fn fault(self) -> Result<Fault, Refused> {
        Ok(Fault {
            latency: self.latency()?,
            status: self.status.map(gateway_status).transpose()?,
            garbage: self.garbage.as_ref().map(garbage).transpose()?.flatten(),
            times: self.times()?,
            drop_after: self.drop_after.unwrap_or_default(),
            errcode: self.refusal()?,
            path: self.path.unwrap_or_default(),
        })
    }

    fn times(&self) -> Result<u32, Refused> {
        let times = self.times.unwrap_or(1);
        if times > 0 { Ok(times) } else { Err(Refused::bad("times: 1 at least; a body of {} clears all faults")) }
    }

    fn latency(&self) -> Result<Duration, Refused> {
        let ms = self.latency_ms.unwrap_or_default();
        if ms <= LONGEST_MS { Ok(Duration::from_millis(ms)) } else { Err(Refused::bad("latencyMs: 600000 at most")) }
    }

    /// `busy` is short for errcode -1.
    fn refusal(&self) -> Result<Option<Refusal>, Refused> {
        if self.errcode == Some(0) {
            return Err(Refused::bad("errcode: 0 is no failure"));
        }
        let busy = self.busy.unwrap_or_default().then_some(-1);
        let Some(errcode) = self.errcode.or(busy) else { return Ok(None) };
        let refusal = Refusal::code(errcode);
        Ok(Some(match &self.errmsg {
            Some(errmsg) => Refusal { errmsg: errmsg.clone(), ..refusal },
            None => refusal,
        }))
    }
}

/// A final status: anything below 200 would be no answer yet.
fn gateway_status(number: u16) -> Result<StatusCode, Refused> {
    let status = StatusCode::from_u16(number).ok().filter(|status| (200..600).contains(&status.as_u16()));
    status.ok_or_else(|| Refused::bad("status: an HTTP status from 200 to 599"))
}

fn garbage(wanted: &Value) -> Result<Option<Garbage>, Refused> {
    match wanted {
        Value::Bool(false) => Ok(None),
        Value::Bool(true) => Ok(Some(Garbage::Truncated)),
        Value::String(kind) => match kind.as_str() {
            "html" => Ok(Some(Garbage::Html)),
            "truncated" => Ok(Some(Garbage::Truncated)),
            "empty" => Ok(Some(Garbage::Empty)),
            "huge" => Ok(Some(Garbage::Huge)),
            _ => Err(bad_garbage()),
        },
        _ => Err(bad_garbage()),
    }
}

fn bad_garbage() -> Refused {
    Refused::bad("garbage: true, \"html\", \"truncated\", \"empty\" or \"huge\"")
}
