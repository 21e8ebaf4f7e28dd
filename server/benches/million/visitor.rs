//! An operator at a browser.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header, request},
};
use latchkey::{console::ConsoleServer, secret::Secret};
use latchkey_app::types::Role;
use tower::ServiceExt;

const PASSWORD: &str = "correct horse battery";

pub struct Visitor {
    router: Router,
    cookie: String,
}

impl Visitor {
    pub async fn new(server: &ConsoleServer, router: Router) -> Self {
        server.operators.create("anna", Role::Support, &Secret::new(PASSWORD)).await.unwrap();
        let mut this = Self { router, cookie: String::new() };
        let (_, headers, _) = this.post("/console/fn/sign_in", "username=anna&password=correct+horse+battery").await;
        headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().clone_into(&mut this.cookie);
        this
    }

    async fn send(&self, request: request::Builder, body: String) -> (u16, header::HeaderMap, String) {
        let request = request.header(header::COOKIE, &self.cookie).body(Body::from(body)).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap();
        (parts.status.as_u16(), parts.headers, String::from_utf8_lossy(&body).into_owned())
    }

    pub async fn get(&self, path: &str) -> (u16, header::HeaderMap, String) {
        self.send(Request::get(path), String::new()).await
    }

    pub async fn get_in(&self, path: &str, zone: &str) -> (u16, header::HeaderMap, String) {
        self.send(Request::get(path).header(header::COOKIE, format!("latchkey_zone={zone}")), String::new()).await
    }

    pub async fn post(&self, path: &str, form: &str) -> (u16, header::HeaderMap, String) {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len())
            .header(header::ACCEPT, "text/html");
        self.send(request, form.to_owned()).await
    }

    /// Where a link of the page at `path` leads.
    pub async fn link(&self, path: &str, rel: &str) -> String {
        let page = self.get(path).await.2;
        let (_, rest) =
            page.split_once(&format!("rel=\"{rel}\" href=\"")).unwrap_or_else(|| panic!("{path}: no {rel}"));
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }

    /// The first link of a page that begins like this and goes on.
    pub async fn link_to(&self, path: &str, begin: &str) -> String {
        let page = self.get(path).await.2;
        let start = format!("href=\"{begin}");
        let mut links = page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap());
        let id = links.find(|id| id.len() == 36).unwrap_or_else(|| panic!("{path}: no {begin}"));
        format!("{begin}{id}")
    }
}
