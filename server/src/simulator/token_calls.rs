//! The two calls that give tokens, and the check of a token at every other call (protocol §5, §9.1 rows 11-14).

use serde_json::{Map, Value, json};

use super::{
    identity,
    reply::{Outcome, Refusal},
    serve::Call,
    state::{App, World},
    token::Granted,
};

/// `GET /cgi-bin/token`.
pub(super) fn token(world: &mut World, call: &Call<'_>) -> Outcome {
    let appid = call.required("appid", 41002)?;
    let secret = call.required("secret", 41004)?;
    call.grant("client_credential")?;
    let app = world.authenticated(appid, secret)?;
    call.injected()?;
    app.normal_tokens.grant(call.now, call.random).map(answer)
}

/// `POST /cgi-bin/stable_token`, which takes JSON and nothing else.
pub(super) fn stable_token(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = call.json()?;
    let appid = field(&body, "appid", 41002)?;
    let secret = field(&body, "secret", 41004)?;
    if field(&body, "grant_type", 40002)? != "client_credential" {
        return Err(Refusal::code(40002));
    }
    let app = world.authenticated(appid, secret)?;
    call.injected()?;
    match body.get("force_refresh").unwrap_or(&Value::Bool(false)) {
        Value::Bool(true) => app.stable_tokens.force(call.now, call.random).map(answer),
        Value::Bool(false) => Ok(answer(app.stable_tokens.grant(call.now, call.random))),
        _ => Err(Refusal::code(47001)),
    }
}

fn answer((text, seconds): Granted) -> Value {
    json!({ "access_token": text, "expires_in": seconds })
}

fn field<'a>(body: &'a Map<String, Value>, name: &str, missing: i64) -> Result<&'a str, Refusal> {
    let text = body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or(Refusal::code(missing))
}

impl Call<'_> {
    /// The app whose access_token the call carries, of either kind.
    pub fn app_of_token<'a>(&self, world: &'a mut World) -> Result<(String, &'a mut App), Refusal> {
        let token = self.required("access_token", 41001)?;
        if !identity::has_token_shape(token) {
            return Err(Refusal::code(40014));
        }
        for (appid, app) in &mut world.apps {
            let normal = app.normal_tokens.accept(token, self.now);
            if let Some(accepted) = normal.or_else(|| app.stable_tokens.accept(token, self.now)) {
                return accepted.map(|()| (appid.clone(), app));
            }
        }
        Err(Refusal::code(40001))
    }
}
