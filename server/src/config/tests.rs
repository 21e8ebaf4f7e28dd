use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use super::*;
use crate::random::Random;

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let folder = folder();
    let path = folder.path().join("latchkey.toml");
    fs::write(&path, text).unwrap();
    Config::load(Some(path), &environment(variables)).map_err(|error| error.to_string())
}

#[test]
fn what_cannot_be_used_is_named() {
    for (text, variables, named) in [
        ("lisen = \"127.0.0.1:1\"", &[][..], "lisen"),
        ("\n\n[wechat]\nbase = \"x\"", &[], "line 4"),
        ("listen = \"here\"", &[], "listen"),
        ("token_ttl_s = 0", &[], "token_ttl_s"),
        ("phone_conflict = \"maybe\"", &[], "maybe"),
        ("trusted_proxies = [\"10.0.0.0/33\"]", &[], "trusted_proxies"),
        ("public_url = \"login.example.com\"", &[], "public_url"),
        ("[[apps]]\nappid = \"wx1\"", &[], "secret"),
        (
            "[[apps]]\nappid = \"wx1\"\nsecret = \"a\"\n[[apps]]\nappid = \"wx1\"\nsecret = \"b\"",
            &[],
            "wx1 is there twice",
        ),
        ("[[apps]]\nappid = \"wx1\"\nsecret = \"file:/no/such/file\"", &[], "/no/such/file"),
        ("", &[("LATCHKEY_APPID", "wx1")], "LATCHKEY_SECRET"),
        ("", &[("LATCHKEY_TOKEN_TTL_S", "long")], "LATCHKEY_TOKEN_TTL_S"),
        ("", &[("LATCHKEY_COMPAT", "maybe")], "LATCHKEY_COMPAT"),
    ] {
        let error = load(text, variables).unwrap_err();
        assert!(error.contains(named), "{text} {variables:?}: {error}");
    }
}

#[test]
fn a_missing_file_is_an_error_only_when_it_was_named() {
    let missing = PathBuf::from("/no/such/latchkey.toml");
    assert!(Config::load(Some(missing), &Environment::default()).is_err());
    let config = Config::load(None, &Environment::default()).unwrap();
    assert_eq!(config.public_url, "http://127.0.0.1:3000");
    assert_eq!(config.wechat.base_url, WECHAT);
}

#[test]
fn the_environment_wins_over_the_file() {
    let text = "listen = \"127.0.0.1:1\"\n[wechat]\ntimeout_ms = 100\n[[apps]]\nappid = \"wx1\"\nsecret = \"old\"\nname = \"Shop\"";
    let variables = [
        ("LATCHKEY_LISTEN", "127.0.0.1:2"),
        ("LATCHKEY_WECHAT_BASE_URL", "http://127.0.0.1:3999/"),
        ("LATCHKEY_APPID", "wx1"),
        ("LATCHKEY_SECRET", "new"),
        ("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.1"),
        ("LATCHKEY_COMPAT", "false"),
    ];
    let config = load(text, &variables).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.wechat, WeChatConfig { base_url: "http://127.0.0.1:3999".into(), timeout_ms: 100 });
    let app = config.apps.only().unwrap();
    assert_eq!((app.secret.expose(), app.name.as_str()), ("new", "Shop"));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(!config.compat);
}

#[test]
fn printing_masks_every_secret_and_reads_back() {
    let text = "database_url = \"postgres://me:hunter2@db/latchkey\"\ndata_keys = \"hunter3\"\n[[apps]]\nappid = \"wx1\"\n\
                secret = \"hunter4\"\npush_token = \"hunter5\"\npush_aes_key = \"hunter6\"";
    let config = load(text, &[]).unwrap();
    let printed = print(&config);
    assert!(!printed.contains("hunter") && !format!("{config:?}").contains("hunter"), "{printed}");
    assert!(printed.contains("postgres://me:***@db/latchkey"), "{printed}");
    assert_eq!(print(&load(&printed, &[]).unwrap()), printed);
}

#[test]
fn a_data_key_is_made_once_and_only_for_its_owner() {
    let folder = folder();
    let url = format!("sqlite://{}/latchkey.db", folder.path().display());
    let config = load(&format!("database_url = \"{url}\""), &[]).unwrap();
    let (_, made) = data_keys(&config, &Random::System).unwrap();
    let DataKeySource::Made(path) = made else { panic!("{made:?}") };
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(data_keys(&config, &Random::System).unwrap().1, DataKeySource::File(path));
}

#[test]
fn postgres_without_a_data_key_says_how_to_make_one() {
    let config = load("database_url = \"postgres://db/latchkey\"", &[]).unwrap();
    assert!(data_keys(&config, &Random::System).unwrap_err().to_string().contains("/dev/urandom"));
}
