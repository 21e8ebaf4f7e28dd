//! What the key ring costs: a phone's ciphertext that only the oldest of five keys opens, and one that none opens, with
//! its diagnosis. `cargo bench -p latchkey`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark says what failed by failing")]

use criterion::{Criterion, criterion_group, criterion_main};
use latchkey::{
    clock::Millis,
    open_data::{
        Checks, Encrypted, SessionKey, Window,
        diagnosis::{Clues, HeldKey, Wanted, diagnose},
        open,
    },
};
use serde_json::Value;

const APP: &str = "wx4f4bc4dec97d474b";

fn ring(last: &str) -> Vec<HeldKey> {
    let others = [
        "AAAAAAAAAAAAAAAAAAAAAA==",
        "AQEBAQEBAQEBAQEBAQEBAQ==",
        "AgICAgICAgICAgICAgICAg==",
        "AwMDAwMDAwMDAwMDAwMDAw==",
    ];
    let keys = others.into_iter().chain([last]);
    keys.map(|key| HeldKey { key: SessionKey::new(key).unwrap(), received_at: Millis(0) }).collect()
}

fn decrypt(bench: &mut Criterion) {
    let vectors: Value = serde_json::from_str(include_str!("../src/open_data/vectors.json")).unwrap();
    let phone = &vectors["vectors"]["open_data_phone_selfmade"];
    let text = |field: &str| phone[field].as_str().unwrap().to_owned();
    let encrypted = Encrypted { data: text("encryptedData"), iv: text("iv") };
    let checks = Checks { appid: APP, now: Millis(1_637_744_274_000), window: Window::default() };
    let right = ring(&text("session_key"));
    assert_eq!(open(&right, &checks, &encrypted).unwrap().key_index, 4);
    bench.bench_function("a phone under the fifth key", |bench| bench.iter(|| open(&right, &checks, &encrypted)));
    let wrong = ring("BAQEBAQEBAQEBAQEBAQEBA==");
    assert!(open(&wrong, &checks, &encrypted).is_err());
    bench.bench_function("a phone under no key", |bench| bench.iter(|| open(&wrong, &checks, &encrypted)));
    let clues = Clues {
        checks,
        openid: None,
        wanted: Wanted::Phone,
        ring: &wrong,
        has_logged_in: true,
        elsewhere: &[],
        seen: None,
        referer_appid: None,
    };
    bench.bench_function("why no key opens it", |bench| bench.iter(|| diagnose(&encrypted, &clues)));
}

criterion_group!(benches, decrypt);
criterion_main!(benches);
