//! How WeChat's answers look: HTTP 200 whatever happened, errcode and errmsg with a request id, and slashes that are
//! escaped although JSON does not ask for it (protocol §0).

use axum::{
    Json,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{clock::Millis, random::Random};

/// What a call answers: the whole body, or why not.
pub(super) type Outcome = Result<Value, Refusal>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub errcode: i64,
    /// Without the request id.
    pub errmsg: String,
}

impl Refusal {
    /// With WeChat's own text for `errcode`.
    pub fn code(errcode: i64) -> Self {
        Self { errcode, errmsg: text(errcode).into() }
    }
}

/// The families of calls differ in content type and in how the request id is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Sns,
    Api,
    /// Like `Api`, with a hint before the request id where the code is to blame.
    Phone,
}

impl Family {
    pub fn render(self, outcome: Outcome, now: Millis, random: &Random) -> Response {
        let body = outcome.unwrap_or_else(|refusal| {
            let errmsg = format!("{}{}", refusal.errmsg, self.tail(refusal.errcode, now, random));
            json!({ "errcode": refusal.errcode, "errmsg": errmsg })
        });
        ([(CONTENT_TYPE, self.content_type())], with_escaped_slashes(&body)).into_response()
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Sns => "text/plain",
            Self::Api | Self::Phone => "application/json; encoding=utf-8",
        }
    }

    fn tail(self, errcode: i64, now: Millis, random: &Random) -> String {
        let rid = rid(now, random);
        match self {
            Self::Sns => format!(", rid: {rid}"),
            Self::Phone if matches!(errcode, 40029 | 40013) => {
                let hint = URL_SAFE_NO_PAD.encode(random.bytes::<12>());
                format!(" hint: [{hint}] rid: {rid}")
            }
            Self::Api | Self::Phone => format!(" rid: {rid}"),
        }
    }
}

/// The first group is the time.
fn rid(now: Millis, random: &Random) -> String {
    let [first, second] = [(); 2].map(|()| u32::from_be_bytes(random.bytes()));
    format!("{:08x}-{first:08x}-{second:08x}", now.seconds())
}

/// A slash stands in JSON only inside of strings, so that replacing them all is safe.
fn with_escaped_slashes(body: &Value) -> String {
    body.to_string().replace('/', "\\/")
}

/// WeChat's answer to an unknown path is not known; a clear one of our own helps more than a guess.
pub(super) async fn unknown_path(uri: Uri) -> Response {
    let error = format!("the simulator has no {}; WeChat's side and /sim are listed in contract §7", uri.path());
    (StatusCode::NOT_FOUND, Json(json!({ "error": error }))).into_response()
}

fn text(errcode: i64) -> &'static str {
    match errcode {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40002 => "invalid grant_type",
        40003 => "invalid openid",
        40013 => "invalid appid",
        40014 => "invalid access_token",
        40029 => "invalid code",
        40097 => "invalid args",
        40125 => "invalid appsecret",
        40163 => "code been used",
        40226 => "code blocked",
        41001 => "access_token missing",
        41002 => "appid missing",
        41004 => "appsecret missing",
        41008 => "missing code",
        42001 => "access_token expired",
        43001 => "require GET method",
        43002 => "require POST method",
        44002 => "empty post data",
        45009 => "reach max api daily quota limit",
        45011 => "api minute-quota reach limit  mustslower  retry next minute",
        47001 => "data format error",
        48001 => "api unauthorized",
        87007 => "session_key is not existd or expired",
        87008 => "invalid sig_method",
        87009 => "invalid signature",
        _ => "simulated error",
    }
}
