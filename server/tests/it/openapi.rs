//! The OpenAPI document, as it is served and printed.

use std::collections::BTreeSet;

use axum::{body::Body, http::Method};
use serde_json::{Value, json};

use crate::{databases::sqlite_url, house::House};

/// Contract §3, §4, §5.
const CALLS: &[(&str, &[&str])] = &[
    ("/api/login", &["post"]),
    ("/api/bindPhone", &["post"]),
    ("/api/me", &["get"]),
    ("/api/profile", &["post"]),
    ("/api/checkSession", &["post"]),
    ("/api/logout", &["post"]),
    ("/api/introspect", &["post"]),
    ("/user", &["post"]),
    ("/code2Session", &["post"]),
    ("/getWXUserPhone", &["post"]),
    ("/getOpenid.html", &["get", "post"]),
    ("/getPhoneNumber", &["get", "post"]),
    ("/thirdSession", &["get", "post"]),
    ("/userInfo", &["get", "post"]),
    ("/thirdLogin", &["post"]),
    ("/wechat/push/{appid}", &["get", "post"]),
];

async fn document(house: &House) -> Value {
    let answer = house.call(Method::GET, "/api/openapi.json", None, Body::empty()).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

#[tokio::test]
async fn it_has_every_call_and_no_other() {
    let house = House::new(&sqlite_url()).await;
    let document = document(&house).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let paths = document["paths"].as_object().unwrap();
    let told: BTreeSet<_> = paths
        .iter()
        .map(|(path, item)| (path.as_str(), item.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    let expected = CALLS.iter().map(|(path, methods)| (*path, methods.to_vec())).collect();
    assert_eq!(told, expected);
    assert_eq!(serde_json::from_str::<Value>(&latchkey::api::document().unwrap()).unwrap(), document);
}

#[tokio::test]
async fn operations_have_names_of_their_own_and_read_what_they_say() {
    let house = House::new(&sqlite_url()).await;
    let document = document(&house).await;
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(method != "get" || operation["requestBody"].is_null(), "{path}");
        }
    }
    assert_eq!(document["paths"]["/api/me"]["get"]["security"], json!([{ "token": [] }]));
}

#[tokio::test]
async fn it_leaves_out_what_is_switched_off() {
    let house = House::with(&sqlite_url(), |config| config.compat = false).await;
    assert!(document(&house).await["paths"]["/thirdLogin"].is_null());
}

#[tokio::test]
async fn the_page_to_try_it_asks_nobody_else() {
    let house = House::new(&sqlite_url()).await;
    let get = async |path: &str| house.call(Method::GET, path, None, Body::empty()).await;
    let redirect = get("/api/docs").await;
    assert!((300..400).contains(&redirect.status) && redirect.header("location").ends_with("/api/docs/"));
    let page = get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'none'; script-src 'self'"));
    assert_eq!(get("/api/docs/swagger-ui-bundle.js").await.status, 200);
}
