//! The store's contract: every case runs on SQLite and on a real Postgres
//! (`LATCHKEY_TEST_POSTGRES_URL`; without it the Postgres half fails, it is never skipped).

use latchkey::{
    clock::Millis,
    store::{
        Db, Listing, Start, StoreError,
        bindings::{self, BindingRow},
        login_codes::{self, Claim},
        operator_sessions::{self, OperatorSessionRow},
        operators::{self, OperatorRow},
        phone_changes::{self, PhoneChangeRow},
        session_keys::{self, SessionKeyRow},
        settings, sign_in_tries,
        tokens::{self, TokenRow},
        user_lists::{Filter, Key, Place, Search, Sort, SortBy, UserList},
        users::{self, ProfileChange, StoredPhone},
    },
};
use uuid::Uuid;

use crate::databases::{NOW, by_hand, on_both, open, postgres_url};

on_both!(crate::databases::open =>
    a_transaction_that_is_not_committed_has_not_happened,
    an_openid_belongs_to_one_user,
    a_code_is_claimed_once,
    a_failed_code_may_be_tried_again_by_who_comes_later,
    the_ring_keeps_the_newest_keys,
    pages_go_both_ways,
    search_finds_by_every_key,
    tokens_slide_and_die,
    what_is_taken_stays,
    migrating_twice_changes_nothing,
    the_phone_history_reads_newest_first,
    an_ended_operator_session_stays_ended,
    old_rows_go_in_small_batches,
);

/// A sweep that waited for a try would have other counts of it, for which the try waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_passes_over_counts_that_are_in_use() {
    let db = open(&postgres_url().await).await;
    let key = |byte| sign_in_tries::Key { hash: [byte; 32], account: None };
    let mut tx = db.write().await.unwrap();
    for byte in [1, 2] {
        sign_in_tries::count(&mut tx, key(byte), NOW, NOW, 10).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tried = db.write().await.unwrap();
    sign_in_tries::count(&mut tried, key(1), NOW.plus_seconds(1), NOW, 10).await.unwrap();
    let (mut sweep, later) = (db.write().await.unwrap(), NOW.plus_seconds(60));
    assert_eq!(sign_in_tries::expire(&mut sweep, later, 10).await.unwrap(), 1);
    sweep.commit().await.unwrap();
    tried.commit().await.unwrap();
    let mut sweep = db.write().await.unwrap();
    assert_eq!(sign_in_tries::expire(&mut sweep, later, 10).await.unwrap(), 1);
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn binding(number: u128, user: u128) -> BindingRow {
    BindingRow {
        id: id(number),
        user_id: id(user),
        appid: "wx0000000000000001".into(),
        openid: format!("o{number:027}"),
        unionid: Some(format!("u{number:027}")),
        created_at: NOW.0,
        last_login_at: NOW.0,
    }
}

async fn a_transaction_that_is_not_committed_has_not_happened(db: Db) {
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, id(1), NOW).await.unwrap();
    drop(tx);
    assert!(!users::any(&mut db.read().await.unwrap()).await.unwrap());
}

async fn an_openid_belongs_to_one_user(db: Db) {
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, id(1), NOW).await.unwrap();
    users::insert(&mut tx, id(2), NOW).await.unwrap();
    assert!(bindings::insert(&mut tx, &binding(10, 1)).await.unwrap());
    let rival = BindingRow { id: id(11), user_id: id(2), ..binding(10, 1) };
    assert!(!bindings::insert(&mut tx, &rival).await.unwrap());
    users::withdraw(&mut tx, id(2)).await.unwrap();
    let found = bindings::find_openid(&mut tx, &rival.appid, &rival.openid).await.unwrap().unwrap();
    assert_eq!((found.id, found.user_id), (id(10), id(1)));
    bindings::touch_login(&mut tx, id(10), None, NOW.plus_seconds(5)).await.unwrap();
    let touched = bindings::find(&mut tx, id(10)).await.unwrap().unwrap();
    assert_eq!((touched.unionid, touched.last_login_at), (found.unionid.clone(), NOW.plus_seconds(5).0));
    let owner = bindings::user_with_unionid(&mut tx, found.unionid.as_deref().unwrap()).await.unwrap();
    assert_eq!(owner, Some(id(1)));
    tx.commit().await.unwrap();
}

/// By a caller who has been there for `waited_ms`; an exchange may take a minute.
async fn claim(db: &Db, waited_ms: i64) -> bool {
    let mut tx = db.write().await.unwrap();
    let claim = Claim { hash: [7; 32], appid: "wx1", now: NOW, waited_ms, lease_ms: 60_000 };
    let claimed = login_codes::claim(&mut tx, claim, "given up").await;
    tx.commit().await.unwrap();
    claimed.unwrap()
}

async fn ages(db: &Db, ms: i64) {
    by_hand(db, &format!("UPDATE login_codes SET state_since = state_since - ({ms})")).await;
}

async fn a_code_is_claimed_once(db: Db) {
    let claims = futures::future::join_all((0..20).map(|_| claim(&db, 0))).await;
    assert_eq!(claims.into_iter().filter(|claimed| *claimed).count(), 1);
    ages(&db, 61_000).await;
    assert!(claim(&db, 0).await, "an exchange that nobody finished is taken over");
    let row = login_codes::find(&mut db.read().await.unwrap(), [7; 32]).await.unwrap().unwrap();
    assert_eq!(row.error.as_deref(), Some("given up"));
    assert!(!claim(&db, 0).await, "once");
    ages(&db, -3_600_000).await;
    assert!(claim(&db, 0).await, "the database's clock was set back: nobody waits for an hour");
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, id(1), NOW).await.unwrap();
    bindings::insert(&mut tx, &binding(10, 1)).await.unwrap();
    login_codes::spend(&mut tx, [7; 32], id(10), true, Millis(210)).await.unwrap();
    tx.commit().await.unwrap();
    ages(&db, 3_600_000).await;
    let mut tx = db.write().await.unwrap();
    login_codes::fail(&mut tx, [7; 32], "late", Millis(220)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!claim(&db, 0).await, "a spent code stays spent");
    let row = login_codes::find(&mut db.read().await.unwrap(), [7; 32]).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.binding_id, row.is_new), ("spent", Some(id(10)), true));
}

async fn a_failed_code_may_be_tried_again_by_who_comes_later(db: Db) {
    assert!(claim(&db, 0).await);
    let mut tx = db.write().await.unwrap();
    login_codes::fail(&mut tx, [7; 32], "unavailable", Millis(150)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!claim(&db, 60_000).await, "who came while it ran shares its outcome");
    assert!(claim(&db, 0).await);
}

async fn the_ring_keeps_the_newest_keys(db: Db) {
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, id(1), NOW).await.unwrap();
    bindings::insert(&mut tx, &binding(10, 1)).await.unwrap();
    for number in 0..7_u8 {
        let received_at = NOW.plus_seconds(i64::from(number)).0;
        let row =
            SessionKeyRow { id: id(u128::from(number)), binding_id: id(10), key_sealed: vec![number], received_at };
        session_keys::insert(&mut tx, &row).await.unwrap();
    }
    session_keys::trim(&mut tx, id(10), NOW, 5).await.unwrap();
    session_keys::renew(&mut tx, id(3), NOW.plus_seconds(60)).await.unwrap();
    let ring = session_keys::ring(&mut tx, id(10), Millis(0), 10).await.unwrap();
    assert_eq!(ring.iter().map(|row| row.key_sealed[0]).collect::<Vec<_>>(), [3, 6, 5, 4, 2]);
    let ring = session_keys::ring(&mut tx, id(10), NOW.plus_seconds(5), 10).await.unwrap();
    assert_eq!(ring.iter().map(|row| row.key_sealed[0]).collect::<Vec<_>>(), [3, 6, 5]);
    assert_eq!(session_keys::expire(&mut tx, NOW.plus_seconds(60), 3).await.unwrap(), 3);
    assert_eq!(session_keys::expire(&mut tx, NOW.plus_seconds(60), 3).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

async fn pages_go_both_ways(db: Db) {
    let mut tx = db.write().await.unwrap();
    for number in 1..=5 {
        users::insert(&mut tx, id(number), NOW).await.unwrap();
    }
    let key = |number| Key { last_login_at: NOW.0, id: id(number) };
    // All have logged in at the same moment: either order is that of their ids.
    for by in [SortBy::Created, SortBy::LastLogin] {
        let mut page = async |descending, place| {
            let filter = Filter::default();
            let list = UserList::new(&mut tx, &filter).await.unwrap();
            let Listing { rows, previous, next, partial } =
                list.page(&mut tx, Sort { by, descending }, place, 2).await.unwrap();
            assert!(!partial);
            (rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>(), previous.is_some(), next.is_some())
        };
        assert_eq!(page(true, Place::First).await, (vec![5, 4], false, true));
        assert_eq!(page(true, Place::After(key(4))).await, (vec![3, 2], true, true));
        assert_eq!(page(true, Place::After(key(2))).await, (vec![1], true, false));
        assert_eq!(page(true, Place::Before(key(1))).await, (vec![3, 2], true, true));
        assert_eq!(page(true, Place::Before(key(3))).await, (vec![5, 4], false, true));
        assert_eq!(page(true, Place::After(key(1))).await, (vec![], true, false));
        assert_eq!(page(false, Place::First).await, (vec![1, 2], false, true));
        assert_eq!(page(false, Place::After(key(2))).await, (vec![3, 4], true, true));
        assert_eq!(page(false, Place::After(key(4))).await, (vec![5], true, false));
        assert_eq!(page(false, Place::Before(key(5))).await, (vec![3, 4], true, true));
        assert_eq!(page(false, Place::Before(key(3))).await, (vec![1, 2], false, true));
    }
}

async fn search_finds_by_every_key(db: Db) {
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, id(1), NOW).await.unwrap();
    users::insert(&mut tx, id(2), NOW).await.unwrap();
    bindings::insert(&mut tx, &binding(10, 1)).await.unwrap();
    let change = ProfileChange { nickname: Some("张Wei_100%"), ..ProfileChange::default() };
    users::set_profile(&mut tx, id(1), &change).await.unwrap();
    let phone = StoredPhone { sealed: vec![1], hash: [1; 32], national_hash: [2; 32], last_four_hash: [3; 32] };
    users::set_phone(&mut tx, id(1), Some(&phone), NOW).await.unwrap();
    assert_eq!(users::with_phone(&mut tx, [1; 32]).await.unwrap().len(), 1);
    let prefix = |text: &str| Search { nickname_prefix: Some(users::nickname_key(text)), ..Search::default() };
    let wechat_id = |text: String| Search { wechat_id: Some(text), ..Search::default() };
    for (found, search) in [
        (true, Search { id: Some(id(1)), ..Search::default() }),
        (true, wechat_id(binding(10, 1).openid)),
        (true, wechat_id(binding(10, 1).unionid.unwrap())),
        (true, prefix("张wEI_")),
        (false, prefix("张%")),
        (false, prefix("Wei")),
        (true, Search { phone_hash: Some([1; 32]), ..Search::default() }),
        (true, Search { national_hash: Some([2; 32]), ..Search::default() }),
        (true, Search { last_four_hash: Some([3; 32]), ..Search::default() }),
        (false, Search { phone_hash: Some([9; 32]), ..Search::default() }),
        (false, Search::default()),
    ] {
        let filter = Filter { search: Some(search.clone()), ..Filter::default() };
        let sort = Sort { by: SortBy::Created, descending: true };
        let list = UserList::new(&mut tx, &filter).await.unwrap();
        let rows = list.page(&mut tx, sort, Place::First, 50).await.unwrap().rows;
        let expected = if found { vec![id(1)] } else { vec![] };
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{search:?}");
    }
    users::set_phone(&mut tx, id(1), None, NOW).await.unwrap();
    assert!(users::with_phone(&mut tx, [1; 32]).await.unwrap().is_empty());
    assert_eq!(users::find(&mut tx, id(1)).await.unwrap().unwrap().phone_bound_at, None);
}

async fn tokens_slide_and_die(db: Db) {
    let mut tx = db.write().await.unwrap();
    users::insert(&mut tx, id(1), NOW).await.unwrap();
    bindings::insert(&mut tx, &binding(10, 1)).await.unwrap();
    let (user_id, binding_id) = (id(1), id(10));
    let row = TokenRow {
        hash: vec![5; 32],
        user_id,
        binding_id,
        created_at: NOW.0,
        last_used_at: NOW.0,
        expires_at: NOW.0,
        client: None,
        prefix: None,
    };
    tokens::insert(&mut tx, &row).await.unwrap();
    assert!(tokens::slide(&mut tx, [5; 32], NOW, NOW.plus_seconds(60)).await.unwrap());
    assert_eq!(tokens::find(&mut tx, [5; 32]).await.unwrap().unwrap().expires_at, NOW.plus_seconds(60).0);
    assert!(tokens::delete(&mut tx, [5; 32]).await.unwrap());
    assert!(!tokens::delete(&mut tx, [5; 32]).await.unwrap());
    assert!(!tokens::slide(&mut tx, [5; 32], NOW, NOW).await.unwrap());
    assert!(tokens::find(&mut tx, [5; 32]).await.unwrap().is_none());
}

async fn what_is_taken_stays(db: Db) {
    let mut tx = db.write().await.unwrap();
    assert!(settings::insert(&mut tx, "key", b"first").await.unwrap());
    assert!(!settings::insert(&mut tx, "key", b"second").await.unwrap());
    assert_eq!(settings::find(&mut tx, "key").await.unwrap().as_deref(), Some(&b"first"[..]));
    let operator = OperatorRow {
        id: id(1),
        username: "admin".into(),
        folded: "admin".into(),
        password_hash: "hash".into(),
        role: "admin".into(),
        created_at: NOW.0,
        disabled_at: None,
        last_sign_in_at: None,
        totp_sealed: None,
        totp_step: None,
    };
    assert!(operators::insert(&mut tx, &operator).await.unwrap());
    assert!(!operators::insert(&mut tx, &OperatorRow { id: id(2), ..operator }).await.unwrap());
    operators::set_disabled(&mut tx, id(1), Some(NOW)).await.unwrap();
    let found = operators::find_username(&mut tx, "admin").await.unwrap().unwrap();
    assert_eq!((found.id, found.disabled_at), (id(1), Some(NOW.0)));
}

async fn migrating_twice_changes_nothing(db: Db) {
    let again = db.migrate().await.unwrap();
    assert_eq!(again.applied, Vec::<String>::new());
    db.ready().await.unwrap();
    db.close().await;
    assert!(matches!(db.ready().await, Err(StoreError::Database(_))));
}

fn change(number: u128, user: u128) -> PhoneChangeRow {
    PhoneChangeRow {
        id: id(number),
        user_id: id(user),
        at: NOW.0,
        old_sealed: None,
        new_sealed: Some(vec![1]),
        source: "code".into(),
        appid: Some("wx1".into()),
        erased_at: None,
        request_id: "r".into(),
        operator: None,
    }
}

async fn the_phone_history_reads_newest_first(db: Db) {
    let mut tx = db.write().await.unwrap();
    for user in [1, 2] {
        users::insert(&mut tx, id(user), NOW).await.unwrap();
    }
    for (number, user) in [(11, 1), (12, 2), (13, 1)] {
        phone_changes::insert(&mut tx, &change(number, user)).await.unwrap();
    }
    let ids = |rows: &[PhoneChangeRow]| rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
    let of_user = phone_changes::of_user(&mut tx, id(1), 10).await.unwrap();
    assert_eq!(ids(&of_user), [13, 11]);
    assert_eq!((of_user[0].old_sealed.as_deref(), of_user[0].new_sealed.as_deref()), (None, Some(&[1_u8][..])));
    let page = phone_changes::list(&mut tx, Start::Newest, 2).await.unwrap();
    assert_eq!((ids(&page.rows), page.newer, page.older), (vec![13, 12], false, true));
}

async fn an_ended_operator_session_stays_ended(db: Db) {
    let mut tx = db.write().await.unwrap();
    let row = OperatorSessionRow {
        hash: vec![8; 32],
        operator_id: None,
        data: "{}".into(),
        expires_at: NOW.plus_seconds(60).0,
    };
    assert!(operator_sessions::insert(&mut tx, &row).await.unwrap());
    assert!(!operator_sessions::insert(&mut tx, &row).await.unwrap());
    assert!(operator_sessions::find(&mut tx, [8; 32], NOW).await.unwrap().is_some());
    assert!(operator_sessions::find(&mut tx, [8; 32], NOW.plus_seconds(60)).await.unwrap().is_none());
    operator_sessions::delete(&mut tx, [8; 32]).await.unwrap();
    assert!(!operator_sessions::update(&mut tx, &row).await.unwrap());
    assert!(operator_sessions::find(&mut tx, [8; 32], NOW).await.unwrap().is_none());
}

async fn old_rows_go_in_small_batches(db: Db) {
    for number in 0..3 {
        let mut tx = db.write().await.unwrap();
        let claim = Claim { hash: [number; 32], appid: "wx1", now: NOW, waited_ms: 0, lease_ms: 0 };
        login_codes::claim(&mut tx, claim, "given up").await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = db.write().await.unwrap();
    assert_eq!(login_codes::expire(&mut tx, NOW, 2).await.unwrap(), 0, "what is not old stays");
    assert_eq!(login_codes::expire(&mut tx, NOW.plus_seconds(1), 2).await.unwrap(), 2);
    assert_eq!(login_codes::expire(&mut tx, NOW.plus_seconds(1), 2).await.unwrap(), 1);
    assert_eq!(tokens::expire(&mut tx, NOW, 2).await.unwrap(), 0);
    assert_eq!(operator_sessions::expire(&mut tx, NOW, 2).await.unwrap(), 0);
}
