//! The house's plan (server/docs/architecture.md): which room may know which. Looks at every path that begins with
//! `crate::`, in `use` lines or in the middle of the code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What lies outside every room: parameters and plain values.
const EVERYWHERE: [&str; 7] = ["arrival", "clock", "metrics", "phone", "random", "secret", "support_code"];

/// Each room and the rooms it may know.
const ROOMS: &[(&str, &[&str])] = &[
    ("open_data", &[]),
    ("sealed", &[]),
    ("store", &[]),
    ("config", &["sealed"]),
    ("wechat", &["config", "open_data"]),
    ("accounts", &["config", "open_data", "sealed", "store", "wechat"]),
    ("api", &["accounts", "config", "open_data"]),
    ("console", &["accounts", "open_data", "sealed", "store"]),
    ("http", &["accounts", "api", "config", "console", "store"]),
    ("jobs", &["accounts", "store"]),
    ("simulator", &[]),
];

/// Crates that only these rooms may know.
const CRATES: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("reqwest", &["wechat", "cli", "simulator", "start.rs"]),
    ("axum", &["api", "http", "simulator"]),
    ("leptos", &["http"]),
    ("aes_gcm", &["sealed"]),
    ("argon2", &["console"]),
    ("rust_xlsxwriter", &["console"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// The product's code by room (or file, outside of all rooms), without its unit tests and comments.
fn rooms() -> BTreeMap<String, String> {
    let sources_root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&sources_root, &mut files);
    let mut rooms = BTreeMap::<String, String>::new();
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let room = file.strip_prefix(&sources_root).unwrap().iter().next().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        rooms.entry(room).or_default().push_str(&code);
    }
    rooms
}

/// The names that follow `prefix`, also inside the braces of a `use`.
fn named_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let word =
        |text: &str| text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (index, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                letter if start && !letter.is_whitespace() => {
                    found.insert(word(&group[index..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn no_room_knows_one_that_it_must_not() {
    let rooms = rooms();
    for (room, allowed) in ROOMS {
        for named in named_after(&rooms[*room], "crate::") {
            let own = named == *room || named.is_empty() || named == "store" && *room == "store";
            let fine = own || EVERYWHERE.contains(&named.as_str()) || allowed.contains(&named.as_str());
            assert!(fine, "{room} must not know {named}");
        }
    }
}

#[test]
fn only_some_rooms_know_a_crate() {
    for (krate, allowed) in CRATES {
        for (room, code) in rooms() {
            let known = code.contains(&format!("{krate}::"));
            assert!(!known || allowed.contains(&room.as_str()), "{room} must not know {krate}");
        }
    }
}

#[test]
fn the_search_itself_finds_what_it_must() {
    let code = "use crate::{accounts::{Accounts, Failure}, store::Db};\nfn f() { crate::wechat::g() }";
    assert_eq!(named_after(code, "crate::"), ["accounts", "store", "wechat"].map(str::to_owned).into());
}
