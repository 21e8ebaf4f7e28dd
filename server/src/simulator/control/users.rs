use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Asked, Refused};
use crate::simulator::{Simulator, identity::UserId, state::User};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Wanted {
    user: Option<UserId>,
    phone: Option<String>,
    country_code: Option<String>,
    nick_name: Option<String>,
    risk: Option<bool>,
}

/// `POST /sim/users`: makes a user, or changes the fields that are given of one that exists.
pub(super) async fn put(State(simulator): State<Simulator>, Asked(wanted): Asked<Wanted>) -> Answer {
    check_digits("phone", wanted.phone.as_deref(), 20)?;
    check_digits("countryCode", wanted.country_code.as_deref(), 4)?;
    let mut world = simulator.world();
    let id = wanted.user.clone().unwrap_or_else(|| world.unused_user_id());
    let user = world.user(&id);
    wanted.apply(user);
    Ok(Json(json!({ "user": id, "phone": user.phone.number, "countryCode": user.phone.country_code })))
}

impl Wanted {
    fn apply(self, user: &mut User) {
        set(&mut user.phone.number, self.phone);
        set(&mut user.phone.country_code, self.country_code);
        set(&mut user.nick_name, self.nick_name);
        set(&mut user.risk, self.risk);
    }
}

fn set<T>(field: &mut T, wanted: Option<T>) {
    if let Some(wanted) = wanted {
        *field = wanted;
    }
}

pub(super) fn check_digits(field: &str, text: Option<&str>, most: usize) -> Result<(), Refused> {
    let fits = |text: &str| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_none_or(fits) { Ok(()) } else { Err(Refused::bad(format!("{field}: 1 to {most} digits"))) }
}
