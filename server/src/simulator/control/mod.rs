//! `/sim`: the phone's side and the stage's (contract §7). Nothing of this exists at WeChat. Its JSON is plain, without
//! the escaped slashes of WeChat's side, so that a ciphertext can be copied out of a terminal as it stands.

mod buttons;
mod faults;
mod keys;
mod push;
mod stage;
mod users;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{FromRequest, Request},
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Simulator, identity::UserId};

pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route("/users", post(users::put))
        .route("/login", post(buttons::login))
        .route("/phone", post(buttons::phone))
        .route("/userinfo", post(buttons::user_info))
        .route("/rotate", post(keys::rotate))
        .route("/expire", post(keys::expire))
        .route("/push", post(push::push))
        .route("/faults", post(faults::set))
        .route("/openplatform", post(stage::open_platform))
        .route("/clock", post(stage::clock))
        .route("/calls", get(stage::calls))
        .method_not_allowed_fallback(wrong_method)
}

type Answer = Result<Json<Value>, Refused>;

/// Who presses a button where.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    user: UserId,
    appid: String,
}

/// Why a call under `/sim` was not done, in words.
struct Refused(StatusCode, String);

impl Refused {
    fn bad(why: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, why.into())
    }

    fn no_app(appid: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("appid: there is no app {appid:?} here"))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// A JSON body, whatever its content type says (`curl -d` says "form"); no body is `{}`.
struct Asked<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let body = Bytes::from_request(request, state).await.map_err(|why| Refused::bad(why.body_text()))?;
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        let mut json = serde_json::Deserializer::from_slice(body);
        let asked = serde_path_to_error::deserialize(&mut json).map_err(|why| Refused::bad(why.to_string()))?;
        json.end().map_err(|why| Refused::bad(why.to_string()))?;
        Ok(Self(asked))
    }
}

async fn wrong_method(method: Method, uri: Uri) -> Refused {
    Refused(StatusCode::METHOD_NOT_ALLOWED, format!("{} does not take {method}", uri.path()))
}
