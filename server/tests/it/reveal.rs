//! Seeing a phone in full, over HTTP, as a browser without JavaScript does.

use latchkey_app::types::Role;

use crate::{
    browser::Browser,
    databases::{by_hand, on_both},
    house::House,
    resets::person,
};

on_both!(crate::house::House::new =>
    who_may_not_see_a_number_does_not,
    a_number_is_shown_for_a_minute_to_whoever_asked,
    thirty_an_hour_on_every_node,
);

const PHONE: &str = "13580006666";
const MASKED: &str = "135******66";
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

async fn who_may_not_see_a_number_does_not(house: House) {
    let (id, _) = person(&house, "u1", PHONE).await;
    let bare = house.log_in("u2").await["userInfo"]["userId"].as_str().unwrap().to_owned();
    let (viewer, support) = (Browser::of(&house, Role::Viewer).await, Browser::of(&house, Role::Support).await);
    let form = [("user", id.as_str()), ("reason", "the user called")];
    let page = format!("/console/users/{id}");
    assert!(Browser::new(&house).led("reveal_phone", &form).await.starts_with("/console/login?next="));
    assert_eq!(viewer.led("reveal_phone", &form).await, format!("{page}?problem=Forbidden"));
    for reason in ["", "   ", "he said 135 8000 6666", &"x".repeat(501)] {
        let to = support.led("reveal_phone", &[("user", &id), ("reason", reason)]).await;
        assert_eq!(to, format!("{page}?problem=Reason"), "{reason}");
    }
    assert_ne!(
        support.post("reveal_phone", &[("user", &id)]).await.header("location"),
        page,
        "a form without a reason"
    );
    for (user, problem) in [(NOBODY, "NotFound"), ("x", "NotFound"), ("", "NotFound"), (&bare, "NoPhone")] {
        let to = support.led("reveal_phone", &[("user", user), ("reason", "the user called")]).await;
        assert!(to.ends_with(&format!("?problem={problem}")), "{user}: {to}");
    }
    for header in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        assert_eq!(support.post_with("reveal_phone", &form, header).await.status, 403);
    }
    assert_ne!(support.get("/console/fn/reveal_phone").await.status, 302, "a link does nothing");
    assert!(support.page(&format!("{page}?problem=Reason")).await.contains("请填写原因，且不要包含手机号"));
    for desk in [&viewer, &support] {
        let text = desk.page(&page).await;
        assert!(text.contains(MASKED) && !text.contains(PHONE) && text.contains("还没有人看过完整数据"));
    }
    assert!(!viewer.page(&page).await.contains("fn/reveal_phone"), "a viewer gets no form");
    assert_eq!(house.count("audit WHERE action = 'reveal_phone'").await, 0);
}

async fn a_number_is_shown_for_a_minute_to_whoever_asked(house: House) {
    let (id, _) = person(&house, "u1", PHONE).await;
    let (other, _) = person(&house, "u2", "13912345678").await;
    let support = Browser::of(&house, Role::Support).await;
    let page = format!("/console/users/{id}");
    let to = support.led("reveal_phone", &[("user", &id), ("reason", " 用户来电 & <b>核对</b> ")]).await;
    assert_eq!(to, page, "nothing of it stands in the address");

    let shown = support.page(&page).await;
    assert!(shown.contains(&format!("<code>{PHONE}</code>")), "{shown}");
    // In the page's text and on its copy button, which names it for screen readers: nowhere else.
    assert_eq!(shown.matches(PHONE).count(), 3);
    let title = shown.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
    assert!(!title.contains(PHONE));
    for island in shown.split("<leptos-island").skip(1) {
        assert!(!island.split("</leptos-island>").next().unwrap().contains(PHONE), "{island}");
    }
    let again = format!("http-equiv=\"refresh\" content=\"60; url={page}\"");
    assert!(shown.split("<noscript>").nth(1).is_some_and(|rest| rest.contains(&again)), "{shown}");

    // Nobody else, no other page, no other session of the same operator.
    let second = Browser::of(&house, Role::Support).await;
    let admin = Browser::of(&house, Role::Admin).await;
    for desk in [&second, &admin] {
        assert!(!desk.page(&page).await.contains(PHONE));
    }
    for path in [format!("/console/users/{other}"), "/console/users".into(), "/console/audit".into()] {
        assert!(!support.page(&path).await.contains(PHONE), "{path}");
    }
    let node = house.second_node().await;
    assert!(support.at(&node).page(&page).await.contains(PHONE), "the session is known on every node");
    house.clock.advance(59);
    assert!(support.page(&page).await.contains("content=\"1; url="));
    house.clock.advance(1);
    let text = support.page(&page).await;
    assert!(!text.contains(PHONE) && text.contains(MASKED));

    // Who looked, and why; the number is not in the log.
    for part in ["谁看过", "<strong>support</strong>", "用户来电 &amp; &lt;b&gt;核对&lt;/b&gt;"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(house.count("audit WHERE action = 'reveal_phone' AND actor = 'support'").await, 1);
    assert_eq!(house.count(&format!("audit WHERE detail LIKE '%{PHONE}%'")).await, 0);
    assert_eq!(house.count(&format!("operator_sessions WHERE data LIKE '%{PHONE}%'")).await, 0);
}

async fn thirty_an_hour_on_every_node(house: House) {
    let (id, _) = person(&house, "u1", PHONE).await;
    let node = house.second_node().await;
    let (support, admin) = (Browser::of(&house, Role::Support).await, Browser::of(&house, Role::Admin).await);
    let form = [("user", id.as_str()), ("reason", "an afternoon at the desk")];
    let page = format!("/console/users/{id}");
    for number in 0..30 {
        let desk = if number % 2 == 0 { support.at(&node) } else { support.at(&house) };
        assert_eq!(desk.led("reveal_phone", &form).await, page, "{number}");
        house.clock.advance(10);
    }
    house.clock.advance(60);
    let refused = format!("{page}?problem=TooManyReveals");
    for desk in [support.at(&house), support.at(&node), Browser::of(&house, Role::Support).await] {
        assert_eq!(desk.led("reveal_phone", &form).await, refused);
    }
    let answer = support.get(&refused).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "3240"));
    assert!(answer.text.contains("本小时的查看次数已用完") && answer.text.contains("54 分"), "{}", answer.text);
    assert!(!answer.text.contains(PHONE));
    assert_eq!(admin.led("reveal_phone", &form).await, page, "another operator's hour is his own");
    assert_eq!(house.count("audit WHERE action = 'reveal_phone'").await, 31, "a refusal is no look");

    house.clock.advance(3239);
    let support = Browser::of(&house, Role::Support).await;
    assert_eq!(support.led("reveal_phone", &form).await, refused);
    house.clock.advance(1);
    assert_eq!(support.led("reveal_phone", &form).await, page, "the first of them is an hour ago");
    assert_eq!(support.led("reveal_phone", &form).await, refused, "and only that one");
    assert_eq!(support.get(&refused).await.header("retry-after"), "10");

    // Two that come at once for the last place: one gets it.
    house.clock.advance(10);
    let (one, two) = (support.at(&house), support.at(&node));
    let both = tokio::join!(one.led("reveal_phone", &form), two.led("reveal_phone", &form));
    assert!(both == (page.clone(), refused.clone()) || both == (refused, page), "{both:?}");
    by_hand(&house.server.accounts.db, "DELETE FROM operator_sessions").await;
    assert!(support.led("reveal_phone", &form).await.starts_with("/console/login"));
}
