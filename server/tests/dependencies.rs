//! What the program is built from, against `deny.toml`: licences, sources, and crates that are there twice. Needs no network,
//! but what is locked must have been fetched (`cargo fetch --locked`). Advisories are `make audit`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test says what failed by failing")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

const OURS: [&str; 3] = ["latchkey", "latchkey-app", "latchkey-frontend"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn toml(file: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(&read(file)).unwrap()).unwrap()
}

fn text<'a>(table: &'a Value, key: &str) -> &'a str {
    table[key].as_str().unwrap_or_default()
}

fn texts(list: &Value) -> BTreeSet<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// What is compiled: for the server its tests, benches and build scripts, too, and the console's scripts for the browser.
const COMPILED: [&[&str]; 2] = [
    &["--workspace", "--target", "x86_64-unknown-linux-gnu", "--edges", "normal,build,dev"],
    &["--package", "latchkey-frontend", "--target", "wasm32-unknown-unknown", "--edges", "normal,build"],
];

/// Name, version and licence of every crate that is compiled. `cargo tree` asks only for these; `cargo metadata` would need
/// those of other systems, which no build fetches.
fn crates() -> BTreeSet<(String, String, String)> {
    let mut crates = BTreeSet::new();
    for selection in COMPILED {
        let mut command = Command::new(env!("CARGO"));
        command.args(["tree", "--offline", "--locked", "--prefix", "none", "--format", "{p}|{l}"]);
        let output = command.args(selection).current_dir(root()).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`cargo fetch --locked` may help: {error}");
        for line in String::from_utf8(output.stdout).unwrap().lines().filter(|line| !line.is_empty()) {
            let (package, licence) = line.trim_end_matches(" (*)").split_once('|').unwrap();
            let mut words = package.split(' ');
            let (name, version) = (words.next().unwrap(), words.next().unwrap().trim_start_matches('v'));
            crates.insert((name.to_owned(), version.to_owned(), licence.to_owned()));
        }
    }
    crates
}

#[test]
fn every_dependency_has_a_licence_a_source_and_a_reason_to_be_there_twice() {
    let rules = toml("deny.toml");
    let crates = crates();
    assert!(crates.len() > 300, "{} crates", crates.len());
    let allowed = texts(&rules["licenses"]["allow"]);
    let mut versions = BTreeMap::<&str, BTreeSet<String>>::new();
    for (name, version, licence) in &crates {
        assert!(permits(licence, &allowed), "{name} {version}: licence {licence}");
        versions.entry(name).or_default().insert(format!("{name}@{version}"));
    }
    for package in toml("Cargo.lock")["package"].as_array().unwrap() {
        match package["source"].as_str() {
            Some(source) => assert_eq!(source, CRATES_IO, "{}", package["name"]),
            None => assert!(OURS.contains(&text(package, "name")), "{}: a path", package["name"]),
        }
    }
    let skipped = rules["bans"]["skip"].as_array().unwrap();
    assert!(skipped.iter().all(|entry| text(entry, "reason").len() > 5), "every entry has a reason");
    let skipped: BTreeSet<String> = skipped.iter().map(|entry| text(entry, "crate").to_owned()).collect();
    let twice = versions.values().filter(|versions| versions.len() > 1);
    let mut needed = BTreeSet::new();
    for versions in twice {
        let unexplained: Vec<_> = versions.difference(&skipped).collect();
        assert_eq!(unexplained.len(), 1, "every version but one needs a reason in deny.toml: {versions:?}");
        needed.extend(versions.intersection(&skipped).cloned());
    }
    assert_eq!(needed, skipped, "an entry of deny.toml that nothing needs any more");
}

/// Whether an SPDX expression leaves a choice of allowed licences alone: `MIT OR (Apache-2.0 AND ISC)`.
fn permits(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    // An older way to write OR.
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = expression.split_whitespace().peekable();
    let permitted = any_of(&mut words, allowed);
    permitted && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut permitted = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        permitted |= all_of(words, allowed);
    }
    permitted
}

fn all_of(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut permitted = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        permitted &= one(words, allowed);
    }
    permitted
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let Some(word) = words.next() else { return false };
    if word == "(" {
        let permitted = any_of(words, allowed);
        return words.next() == Some(")") && permitted;
    }
    match words.next_if_eq(&"WITH").and_then(|_| words.next()) {
        Some(exception) => allowed.contains(format!("{word} WITH {exception}").as_str()),
        None => allowed.contains(word),
    }
}

#[test]
fn expressions_of_licences_are_understood() {
    let allowed = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
    for right in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "MIT AND ISC", "(GPL-3.0 OR MIT) AND ISC"] {
        assert!(permits(right, &allowed), "{right}");
    }
    assert!(permits("Apache-2.0 WITH LLVM-exception OR Apache-2.0", &allowed));
    for wrong in ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "MIT ISC", "(MIT", "MIT AND"] {
        assert!(!permits(wrong, &allowed), "{wrong}");
    }
}

#[test]
fn no_crate_of_ours_has_unsafe_code_and_every_build_uses_the_lock_file() {
    let workspace = toml("Cargo.toml");
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"], "forbid");
    for member in texts(&workspace["workspace"]["members"]) {
        assert_eq!(toml(&format!("{member}/Cargo.toml"))["lints"]["workspace"], true, "{member}");
    }
    assert_eq!(toml("deny.toml")["sources"]["unknown-git"], "deny");
    for script in ["Makefile", ".ci/run", "end2end/run.sh", "server/tests/with-postgres.sh"] {
        let text = read(script);
        let calls = text.lines().filter(|line| {
            line.trim_start_matches(['\t', '@', ' ']).starts_with("cargo ") || line.contains("= cargo ")
        });
        for call in calls {
            assert!(call.contains("--locked"), "{script}: {call}");
        }
    }
    assert!(read("Makefile").contains("CARGO = cargo --locked"));
    assert!(read("end2end/package-lock.json").contains("\"lockfileVersion\""));
}
