use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Asked, Refused};
use crate::simulator::Simulator;

/// Ten years: far more than any life here, and far from where milliseconds overflow.
const FARTHEST_S: i64 = 10 * 366 * 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Step {
    #[serde(default)]
    advance_s: i64,
}

/// `POST /sim/clock`: moves the simulator's time, backwards too; with `{}` it only tells it.
pub(super) async fn clock(State(simulator): State<Simulator>, Asked(step): Asked<Step>) -> Answer {
    if !(-FARTHEST_S..=FARTHEST_S).contains(&step.advance_s) {
        return Err(Refused::bad("advanceS: seconds, ten years at most"));
    }
    simulator.clock.advance(step.advance_s);
    Ok(Json(json!({ "now": simulator.clock.now().rfc3339() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    appid: String,
    linked: bool,
}

/// `POST /sim/openplatform`: links a mini program to the Open Platform account, or takes it off. Both are on it at first.
pub(super) async fn open_platform(State(simulator): State<Simulator>, Asked(link): Asked<Link>) -> Answer {
    let mut world = simulator.world();
    let app = world.apps.get_mut(&link.appid).ok_or_else(|| Refused::no_app(&link.appid))?;
    app.linked = link.linked;
    Ok(Json(json!({})))
}

/// `GET /sim/calls`: how often each path of WeChat's side was called since the start.
pub(super) async fn calls(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!(simulator.world().calls))
}
