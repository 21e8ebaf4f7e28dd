//! An operator at a browser without JavaScript, and somebody who changes the database by hand.

use axum::{
    body::Body,
    http::{Request, header},
};
use latchkey::{secret::Secret, store::Db};
use latchkey_app::types::Role;

use crate::house::{Answer, House};

const PASSWORD: &str = "correct horse battery";

/// A session of an operator, on one node.
pub struct Desk<'a> {
    pub house: &'a House,
    pub cookie: String,
}

impl<'a> Desk<'a> {
    /// Another session of the operator who is named as his role.
    pub async fn of(house: &'a House, role: Role) -> Self {
        // The second time he is there already.
        let _ = house.server.operators.create(role.name(), role, &Secret::new(PASSWORD)).await;
        let form = [("username", role.name()), ("password", PASSWORD)];
        let answer = Self::stranger(house).post("sign_in", &form).await;
        assert_eq!((answer.status, answer.header("location")), (302, "/console"), "{}", answer.text);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        Self { house, cookie }
    }

    pub fn stranger(house: &'a House) -> Self {
        Self { house, cookie: String::new() }
    }

    /// The same session through another node.
    pub fn at(&self, house: &'a House) -> Self {
        Self { house, cookie: self.cookie.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.house.send(Request::get(path).header(header::COOKIE, &self.cookie).body(Body::empty()).unwrap()).await
    }

    /// A page that must be there.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{path}");
        answer.text
    }

    pub async fn post(&self, name: &str, form: &[(&str, &str)]) -> Answer {
        self.post_with(name, form, ("accept", "text/html")).await
    }

    pub async fn post_with(&self, name: &str, form: &[(&str, &str)], header: (&str, &str)) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(format!("/console/fn/{name}"))
            .header(header::HOST, "login.example")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header.0, header.1);
        self.house.send(request.body(Body::from(form)).unwrap()).await
    }

    /// Where a form leads to.
    pub async fn led(&self, name: &str, form: &[(&str, &str)]) -> String {
        let answer = self.post(name, form).await;
        assert_eq!(answer.status, 302, "{name}: {}", answer.text);
        answer.header("location").to_owned()
    }
}

/// Somebody who has the database and nothing else.
pub async fn by_hand(house: &House, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match &house.server.accounts.db {
        Db::Sqlite { writer, .. } => drop(sqlx::query(sql).execute(writer).await.unwrap()),
        Db::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
    }
}

/// A user in the first mini program with a phone; his id and token.
pub async fn with_phone(house: &House, user: &str, phone: &str) -> (String, String) {
    house.sim("users", serde_json::json!({ "user": user, "phone": phone })).await;
    let login = house.log_in(user).await;
    let token = login["token"].as_str().unwrap().to_owned();
    house.post_as(&token, "/api/bindPhone", house.tap(user, "code").await).await.data();
    (login["userInfo"]["userId"].as_str().unwrap().to_owned(), token)
}
