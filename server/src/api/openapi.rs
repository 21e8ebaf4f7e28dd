//! The OpenAPI document: made from the handlers and the very types they read and write, so that it cannot be out of date.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Router,
    http::{HeaderValue, header::CONTENT_SECURITY_POLICY},
    response::Response,
};
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        self, ContentBuilder, HeaderBuilder, Ref, RefOr, ResponseBuilder,
        path::{Operation, Parameter, ParameterIn},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::error::{FailureBody, Failures};

/// Swagger UI styles itself as it goes; nothing comes from elsewhere.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                           img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors 'none'";

/// What every call has in common.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Latchkey",
        description = "Login and phone numbers for WeChat mini programs (微信小程序登录与手机号).\n\n\
                       Success is `{code: 0, msg, data, requestId}`; a failure says in `nextStep` what the mini program \
                       does next: `relogin` (wx.login and log in again), `reauthorize` (tap the phone button again), \
                       `retry` (the same request again after `Retry-After`), `stop`."
    ),
    components(schemas(FailureBody)),
    modifiers(&Keys),
    tags(
        (name = "mini program", description = "What a mini program calls."),
        (name = "older clients", description = "The same under the paths that older mini programs call. Fields stand at the top level and under `data`."),
        (name = "back end", description = "What the business's own servers call."),
        (name = "from WeChat", description = "What WeChat calls.")
    )
)]
pub struct Document;

struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let bearer = |description: &str| {
            let mut http = Http::new(HttpAuthScheme::Bearer);
            http.description = Some(description.to_owned());
            SecurityScheme::Http(http)
        };
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", bearer("The token of a login."));
        components.add_security_scheme("apiKey", bearer("A key of `latchkey apikey create`."));
    }
}

/// Every answer that any call may give besides its success (contract §3).
const FAILURES: &[(u16, &str)] = &[
    (400, "`invalid_request` (the field is named), `unknown_app`"),
    (401, "`unauthorized`, `login_code_invalid`, `login_code_used`"),
    (403, "`user_blocked`"),
    (408, "`invalid_request`: the body did not come in time"),
    (409, "`phone_conflict`"),
    (413, "`invalid_request`: the body is longer than 64 KiB"),
    (422, "`phone_code_invalid`, `login_code_in_phone_field`, `decrypt_failed`, `signature_mismatch`"),
    (429, "`rate_limited`; `Retry-After` says when to come again"),
    (500, "`misconfigured`, `internal`"),
    (503, "`wechat_unavailable`, `unavailable` (our own database); `Retry-After` says when to come again"),
];

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("FailureBody"))).build();
        let response = |description: &str, again: bool| {
            let response = ResponseBuilder::new().description(description).content("application/json", body.clone());
            let seconds = || {
                HeaderBuilder::new()
                    .schema(Some(<u32 as utoipa::PartialSchema>::schema()))
                    .description(Some("Seconds."))
                    .build()
            };
            if again { response.header("Retry-After", seconds()) } else { response }
        };
        let failures = FAILURES.iter().map(|(status, description)| {
            let again = [429, 500, 503].contains(status);
            (status.to_string(), RefOr::T(response(description, again).build()))
        });
        failures.collect()
    }
}

/// A call that takes GET and POST is described by one annotation: here each gets its own name, and only what it reads.
pub fn tidy(mut document: openapi::OpenApi) -> openapi::OpenApi {
    for item in document.paths.paths.values_mut() {
        let both = item.get.is_some() && item.post.is_some();
        if let Some(get) = &mut item.get {
            get.request_body = None;
        }
        if let Some(post) = item.post.as_mut().filter(|_| both) {
            distinguish(post);
        }
    }
    document
}

fn distinguish(post: &mut Operation) {
    post.operation_id = post.operation_id.take().map(|id| format!("{id}_post"));
    if post.request_body.is_some() {
        let in_query = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query);
        post.parameters =
            post.parameters.take().map(|all| all.into_iter().filter(|parameter| !in_query(parameter)).collect());
    }
}

/// The paths of which some call has this tag.
pub fn paths_tagged(document: &openapi::OpenApi, tag: &str) -> BTreeSet<String> {
    let tagged = |operation: &Operation| operation.tags.iter().flatten().any(|own| own == tag);
    let paths =
        document.paths.paths.iter().filter(|(_, item)| [&item.get, &item.post].into_iter().flatten().any(tagged));
    paths.map(|(path, _)| path.clone()).collect()
}

/// `/api/openapi.json`, and `/api/docs` to read and try it.
pub fn router<S: Clone + Send + Sync + 'static>(document: openapi::OpenApi) -> Router<S> {
    let docs: Router<S> = SwaggerUi::new("/api/docs")
        .url("/api/openapi.json", document)
        // Its badge would tell a site elsewhere that this page was opened.
        .config(Config::default().validator_url("none").try_it_out_enabled(true))
        .into();
    docs.layer(axum::middleware::map_response(|mut response: Response| async {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCS_POLICY));
        response
    }))
}
