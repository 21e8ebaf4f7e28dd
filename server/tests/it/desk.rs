//! Support at the console: the previews and forms of resets and undos, and what the pages are made of.

use std::{ops::Deref, sync::Arc};

use latchkey_app::{
    port::Viewer,
    types::{Conflict, ConflictQuery, Role, User, UserQuery},
};

use crate::{
    browser::Browser,
    house::{Answer, House},
};

/// Of every form that does not say another one.
pub const REASON: &str = "用户来电核实";

pub struct Desk<'a> {
    browser: Browser<'a>,
    viewer: Arc<dyn Viewer>,
}

impl<'a> Deref for Desk<'a> {
    type Target = Browser<'a>;

    fn deref(&self) -> &Browser<'a> {
        &self.browser
    }
}

/// What a form is filled in with besides what the preview put there.
pub struct Filled<'a> {
    pub reason: &'a str,
    /// The whole id for its end.
    pub typed: &'a str,
}

/// What needs a browser alone.
impl Browser<'_> {
    pub async fn preview(&self, user: &str, what: &str, of: &str) -> Answer {
        self.get(&format!("/console/users/{user}/reset?what={what}&of={of}")).await
    }

    /// Sends a reset's form; where it leads to.
    pub async fn confirm(&self, user: &str, what: &str, of: &str, seen: &str, filled: &Filled<'_>) -> String {
        let typed = &filled.typed[filled.typed.len().saturating_sub(4)..];
        let fields =
            [("user", user), ("what", what), ("of", of), ("seen", seen), ("reason", filled.reason), ("typed", typed)];
        self.led("reset_user", &fields).await
    }

    pub async fn preview_undo(&self, user: &str, reset: &str) -> Answer {
        self.get(&format!("/console/users/{user}/undo/{reset}")).await
    }

    /// Sends an undo's form; where it leads to.
    pub async fn confirm_undo(&self, user: &str, reset: &str, seen: &str) -> String {
        let typed = &user[user.len() - 4..];
        let fields = [("user", user), ("reset", reset), ("seen", seen), ("reason", REASON), ("typed", typed)];
        self.led("undo_reset", &fields).await
    }
}

impl<'a> Desk<'a> {
    pub async fn of(house: &'a House, role: Role) -> Self {
        Self { browser: Browser::of(house, role).await, viewer: house.console("viewer").await.viewer().await.unwrap() }
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
        self.viewer.conflicts(query).await.unwrap().items
    }

    /// What the user's page is made of.
    pub async fn user(&self, user: &str) -> User {
        self.viewer.user(user).await.unwrap()
    }

    /// The newest fifty.
    pub async fn users(&self) -> Vec<User> {
        let mut users = Vec::new();
        for listed in self.viewer.users(UserQuery::default()).await.unwrap().page.items {
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
