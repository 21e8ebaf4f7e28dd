//! One person in two mini programs.

use serde_json::json;

use crate::{
    databases::on_both,
    house::{APP_1, APP_2, House},
};

on_both!(crate::house::House::new =>
    a_unionid_that_appears_later_is_attached,
    one_that_is_another_users_is_a_conflict_and_nothing_is_merged,
);

async fn log_in(house: &House, user: &str, appid: &str) -> serde_json::Value {
    let code = house.code(user, appid).await;
    house.post("/api/login", json!({ "code": code, "appid": appid })).await.data()["userInfo"].clone()
}

async fn link(house: &House, appid: &str, linked: bool) {
    house.sim("openplatform", json!({ "appid": appid, "linked": linked })).await;
}

async fn a_unionid_that_appears_later_is_attached(house: House) {
    link(&house, APP_1, false).await;
    let before = log_in(&house, "u1", APP_1).await;
    assert!(before["unionId"].is_null());
    link(&house, APP_1, true).await;
    let after = log_in(&house, "u1", APP_1).await;
    assert_eq!((after["unionId"].is_null(), &after["userId"]), (false, &before["userId"]));
    let elsewhere = log_in(&house, "u1", APP_2).await;
    assert_eq!((&elsewhere["userId"], &elsewhere["unionId"]), (&after["userId"], &after["unionId"]));
    assert_eq!(house.count("conflicts").await, 0);
}

async fn one_that_is_another_users_is_a_conflict_and_nothing_is_merged(house: House) {
    link(&house, APP_1, false).await;
    let first = log_in(&house, "u1", APP_1).await;
    let second = log_in(&house, "u1", APP_2).await;
    assert_ne!(first["userId"], second["userId"], "without a unionid nobody can know");
    link(&house, APP_1, true).await;
    for _ in 0..3 {
        let again = log_in(&house, "u1", APP_1).await;
        assert_eq!((&again["userId"], &again["unionId"]), (&first["userId"], &second["unionId"]));
        assert_eq!(log_in(&house, "u1", APP_2).await["userId"], second["userId"]);
    }
    assert_eq!((house.count("users").await, house.count("conflicts").await), (2, 1));
}
