//! An operator at the console: his session, and the forms that he sends, as a browser without JavaScript sends them.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, header},
};
use latchkey::secret::Secret;
use latchkey_app::{
    port::Viewer,
    types::{Conflict, ConflictQuery, Role, User, UserQuery},
};

use crate::house::{Answer, House};

const PASSWORD: &str = "correct horse";
/// Of every form that does not say another one.
pub const REASON: &str = "用户来电核实";

pub struct Desk<'a> {
    pub house: &'a House,
    pub cookie: String,
    viewer: Option<Arc<dyn Viewer>>,
}

/// What a form is filled in with besides what the preview put there.
pub struct Filled<'a> {
    pub reason: &'a str,
    /// The whole id for its end.
    pub typed: &'a str,
}

impl<'a> Desk<'a> {
    /// Signs in as an operator of this role, whose name is the role's.
    pub async fn of(house: &'a House, role: &str) -> Self {
        let known = Role::from_name(role).unwrap();
        // The second time he is there already.
        let _ = house.server.operators.create(role, known, &Secret::new(PASSWORD)).await;
        let answer = Self::stranger(house).post("sign_in", &[("username", role), ("password", PASSWORD)]).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(!cookie.is_empty(), "{}", answer.text);
        Self { house, cookie, viewer: Some(house.console("viewer").await.viewer().await.unwrap()) }
    }

    pub fn stranger(house: &'a House) -> Self {
        Self { house, cookie: String::new(), viewer: None }
    }

    pub fn in_english(&self) -> Self {
        Self { house: self.house, cookie: format!("{}; latchkey_lang=en", self.cookie), viewer: None }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap();
        self.house.send(request).await
    }

    /// Sends a form; the answer is a redirect.
    pub async fn post(&self, name: &str, fields: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(format!("/console/fn/{name}"))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::CONTENT_LENGTH, form.len())
            .header(header::ACCEPT, "text/html");
        self.house.send(request.body(Body::from(form)).unwrap()).await
    }

    pub async fn preview(&self, user: &str, what: &str, of: &str) -> Answer {
        self.get(&format!("/console/users/{user}/reset?what={what}&of={of}")).await
    }

    /// Sends a reset's form; where it leads to.
    pub async fn confirm(&self, user: &str, what: &str, of: &str, seen: &str, filled: &Filled<'_>) -> String {
        let typed = &filled.typed[filled.typed.len().saturating_sub(4)..];
        let fields =
            [("user", user), ("what", what), ("of", of), ("seen", seen), ("reason", filled.reason), ("typed", typed)];
        self.post("reset_user", &fields).await.header("location").to_owned()
    }

    /// Previews and confirms; the text of the preview.
    pub async fn reset(&self, user: &str, what: &str, of: &str) -> String {
        let preview = self.preview(user, what, of).await;
        assert_eq!(preview.status, 200, "{what}: {}", preview.text);
        let filled = Filled { reason: REASON, typed: user };
        let to = self.confirm(user, what, of, &seen(&preview.text), &filled).await;
        assert_eq!(to, format!("/console/users/{user}?done={what}"));
        preview.text
    }

    pub async fn preview_undo(&self, user: &str, reset: &str) -> Answer {
        self.get(&format!("/console/users/{user}/undo/{reset}")).await
    }

    /// Sends an undo's form; where it leads to.
    pub async fn confirm_undo(&self, user: &str, reset: &str, seen: &str) -> String {
        let typed = &user[user.len() - 4..];
        let fields = [("user", user), ("reset", reset), ("seen", seen), ("reason", REASON), ("typed", typed)];
        self.post("undo_reset", &fields).await.header("location").to_owned()
    }

    /// Previews and confirms the undo of the user's newest reset; the text of the preview.
    pub async fn undo(&self, user: &str) -> String {
        let reset = self.newest_reset(user).await;
        let preview = self.preview_undo(user, &reset).await;
        assert_eq!(preview.status, 200, "{}", preview.text);
        let to = self.confirm_undo(user, &reset, &seen(&preview.text)).await;
        assert_eq!(to, format!("/console/users/{user}?done=undone"));
        preview.text
    }

    pub async fn newest_reset(&self, user: &str) -> String {
        self.user(user).await.resets[0].id.clone()
    }

    /// The open conflicts, or the settled ones.
    pub async fn conflicts(&self, settled: bool) -> Vec<Conflict> {
        let query = ConflictQuery { settled, cursor: None };
        self.viewer.as_ref().unwrap().conflicts(query).await.unwrap().items
    }

    /// What the user's page is made of.
    pub async fn user(&self, user: &str) -> User {
        self.viewer.as_ref().unwrap().user(user).await.unwrap()
    }

    /// The newest fifty.
    pub async fn users(&self) -> Vec<User> {
        let mut users = Vec::new();
        for listed in self.viewer.as_ref().unwrap().users(UserQuery::default()).await.unwrap().page.items {
            users.push(self.user(&listed.summary.id).await);
        }
        users
    }
}

/// The state that a preview shows, as its form carries it.
pub fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap_or_else(|| panic!("no form: {page}"));
    rest.split('"').next().unwrap().to_owned()
}
