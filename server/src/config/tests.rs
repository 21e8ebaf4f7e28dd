use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

use super::*;
use crate::random::Random;

/// An AppSecret of the right form.
const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210";

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

fn app(fields: &str) -> String {
    format!("[[apps]]\nappid = \"wx1\"\nsecret = \"{OLD}\"\n{fields}")
}

/// Loads, and says every wrong value in one line that names all of `named`.
fn refused(text: &str, variables: &[(&str, &str)], named: &[&str]) {
    let error = load(text, variables).expect_err(&format!("{text} {variables:?}"));
    for part in named {
        assert!(error.contains(part), "{part}: {text} {variables:?}: {error}");
    }
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn what_cannot_be_used_is_named() {
    for (text, variables, named) in [
        ("lisen = \"127.0.0.1:1\"", &[][..], "lisen"),
        ("\n\n[wechat]\nbase = \"x\"", &[], "line 4"),
        ("listen = \"here\"", &[], "listen"),
        ("token_ttl_s = 0", &[], "token_ttl_s"),
        ("watermark_max_age_s = 59", &[], "watermark_max_age_s"),
        ("watermark_max_age_s = 86401", &[], "watermark_max_age_s"),
        ("", &[("LATCHKEY_WATERMARK_MAX_AHEAD_S", "3601")], "watermark_max_ahead_s"),
        ("phone_conflict = \"maybe\"", &[], "maybe"),
        ("trusted_proxies = [\"10.0.0.0/33\"]", &[], "trusted_proxies"),
        ("public_url = \"login.example.com\"", &[], "public_url"),
        ("[[apps]]\nappid = \"wx1\"", &[], "secret"),
        (&format!("{}{}", app(""), app("").replace(OLD, NEW)), &[], "wx1 is there twice"),
        ("[[apps]]\nappid = \"wx1\"\nsecret = \"file:/no/such/file\"", &[], "/no/such/file"),
        ("", &[("LATCHKEY_APPID", "wx1")], "LATCHKEY_SECRET"),
        ("", &[("LATCHKEY_TOKEN_TTL_S", "long")], "LATCHKEY_TOKEN_TTL_S"),
        ("", &[("LATCHKEY_COMPAT", "maybe")], "LATCHKEY_COMPAT"),
    ] {
        let error = load(text, variables).unwrap_err();
        assert!(error.contains(named), "{text} {variables:?}: {error}");
    }
}

/// Every setting, wrong in every way that it can be: the line names the key, the variable and what is allowed.
#[test]
fn a_wrong_value_names_its_key_its_variable_and_what_is_allowed() {
    let numbers = [
        ("wechat.timeout_ms", "LATCHKEY_WECHAT_TIMEOUT_MS", "from 50 to 60000 (milliseconds)"),
        ("token_ttl_s", "LATCHKEY_TOKEN_TTL_S", "from 60 to 315360000 (seconds)"),
        ("failures_kept_days", "LATCHKEY_FAILURES_KEPT_DAYS", "from 1 to 3650 (days)"),
        ("limits.login_per_minute", "LATCHKEY_LOGIN_RATE_PER_MIN", "from 1 to 4294967295 (calls)"),
        ("limits.failed_per_minute", "LATCHKEY_FAILED_RATE_PER_MIN", "from 1 to 4294967295 (calls)"),
    ];
    for (key, variable, allowed) in numbers {
        for text in
            ["-5", "0", "9999999999999", "99999999999999999999999", "5s", "1e3", "3.5", "0x10", "1 000", "１００"]
        {
            refused("", &[(variable, text)], &[key, variable, allowed]);
        }
        for value in ["-5", "0", "9999999999999", "3.5", "\"100\"", "true", "[100]"] {
            refused(&format!("{key} = {value}"), &[], &[key, variable, allowed]);
        }
        refused(&format!("{key} = 99999999999999999999999"), &[], &["line 1"]);
    }
    for (key, variable, text, value, allowed) in [
        ("phone_conflict", "LATCHKEY_PHONE_CONFLICT", "steal", "5", "allow, reject, move"),
        ("compat", "LATCHKEY_COMPAT", "yes", "\"true\"", "true or false"),
        ("require_admin_totp", "LATCHKEY_REQUIRE_ADMIN_TOTP", "on", "1", "true or false"),
        ("listen", "LATCHKEY_LISTEN", "3000", "3000", ""),
        ("log", "LATCHKEY_LOG", "", "[]", ""),
        ("trusted_proxies", "LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8;10.1.0.0/16", "\"10.0.0.0/8\"", ""),
        ("public_url", "LATCHKEY_PUBLIC_URL", "ftp://login.example.com", "false", ""),
        ("wechat.base_url", "LATCHKEY_WECHAT_BASE_URL", "api.weixin.qq.com", "443", ""),
        ("database_url", "LATCHKEY_DATABASE_URL", "mysql://me:hunter2@db/latchkey", "1", ""),
    ] {
        refused("", &[(variable, text)], &[key, variable, allowed]);
        refused(&format!("{key} = {value}"), &[], &[key, variable, allowed]);
    }
    refused("wechat = 5", &[("LATCHKEY_WECHAT_TIMEOUT_MS", "100")], &["wechat", "[wechat]"]);
    refused("limits = \"many\"", &[], &["limits", "[limits]"]);
    refused("[apps]\nappid = \"wx1\"", &[], &["apps"]);
    refused("apps = 5", &[], &["apps"]);
    refused(&app("pushtoken = \"abc\""), &[], &["pushtoken", "push_token"]);
    refused("listen = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"", &[], &["line 2"]);
}

#[test]
fn addresses_have_a_port_and_proxies_are_networks() {
    for text in ["127.0.0.1", "localhost:3000", ":3000", "0.0.0.0:65536", "::1", "::1:3000", "[::1]", "127.0.0.1:3000/"]
    {
        refused("", &[("LATCHKEY_LISTEN", text)], &["listen", "127.0.0.1:3000"]);
        refused("", &[("LATCHKEY_METRICS_LISTEN", text)], &["metrics_listen", "127.0.0.1:3000"]);
    }
    for text in ["[::1]:3000", "[::]:80", "0.0.0.0:0", " 127.0.0.1:3000 ", "127.0.0.1:3000\r\n", "\"127.0.0.1:3000\""] {
        load("", &[("LATCHKEY_LISTEN", text)]).expect(text);
    }
    for text in ["proxy.internal", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/-1", "*", "2001:db8::/129", "10.0.0.1:80"] {
        refused("", &[("LATCHKEY_TRUSTED_PROXIES", text)], &["trusted_proxies", "LATCHKEY_TRUSTED_PROXIES"]);
    }
    let config = load("", &[("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.1 ,::1,fd00::/8,")]).unwrap();
    assert_eq!(config.trusted_proxies.len(), 4);
    let file = "trusted_proxies = [\"10.0.0.0/8\"]";
    assert!(load(file, &[("LATCHKEY_TRUSTED_PROXIES", "")]).unwrap().trusted_proxies.is_empty(), "none is a list, too");
    for text in [
        "login.example.com",
        "https://",
        "https:///x",
        "//x",
        "https://a b",
        "https://a?b",
        "https://a#b",
        "https://me:pw@a",
    ] {
        refused("", &[("LATCHKEY_PUBLIC_URL", text)], &["public_url (LATCHKEY_PUBLIC_URL)"]);
    }
}

/// An unset variable in a compose file must not become a fresh database.
#[test]
fn a_variable_that_is_set_but_empty_is_refused_by_name() {
    for setting in settings::SETTINGS.iter().filter(|setting| !setting.may_be_empty()) {
        for text in ["", " ", "\r\n", "\"\"", "''"] {
            refused("", &[(setting.variable, text)], &[setting.variable, "empty"]);
        }
    }
    refused("", &[("LATCHKEY_APPID", ""), ("LATCHKEY_SECRET", OLD)], &["LATCHKEY_APPID", "empty"]);
    refused("", &[("LATCHKEY_APPID", "wx1"), ("LATCHKEY_SECRET", "")], &["LATCHKEY_SECRET", "empty"]);
    refused("", &[("LATCHKEY_SECRET", OLD)], &["LATCHKEY_APPID", "both"]);
}

#[test]
fn bytes_that_are_no_text_are_an_error_by_name_and_never_a_panic() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    let bytes = || OsString::from_vec(b"\xff\xfe".to_vec());
    let strange = OsString::from_vec(b"LATCHKEY_\xff".to_vec());
    let of_others = [(OsString::from("PATH"), bytes()), (bytes(), bytes()), (strange, bytes())];
    let environment: Environment = of_others.into_iter().collect();
    assert!(Config::load(Some("/dev/null".into()), &environment).is_ok());
    assert_eq!(environment.unknown().count(), 1);
    for name in ["LATCHKEY_SECRET", "LATCHKEY_LISTEN", "LATCHKEY_TRUSTED_PROXIES"] {
        let environment: Environment =
            [("LATCHKEY_APPID", OsString::from("wx1")), (name, bytes())].into_iter().collect();
        let error = Config::load(Some("/dev/null".into()), &environment).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("UTF-8"), "{error}");
    }
}

#[test]
fn an_address_of_a_database_is_one_of_two_kinds() {
    for url in [
        "mysql://me:hunter2@db/latchkey",
        "postgres:/db",
        "POSTGRES://db/latchkey",
        "latchkey.db",
        "/var/lib/latchkey.db",
        "sqlite://",
        "sqlite:",
        "sqlite::memory:",
        "sqlite://?mode=rwc",
        "sqlite://x.db?mode=memory",
        "file:/no/such/file",
    ] {
        refused("", &[("LATCHKEY_DATABASE_URL", url)], &["database_url (LATCHKEY_DATABASE_URL)"]);
        assert!(!load("", &[("LATCHKEY_DATABASE_URL", url)]).unwrap_err().contains("hunter2"));
    }
    let config = load("", &[("LATCHKEY_DATABASE_URL", " \"sqlite:///srv/a.db?mode=rwc\"\r\n")]).unwrap();
    assert_eq!(config.sqlite_file(), Some("/srv/a.db".into()));
    assert_eq!(load("", &[("LATCHKEY_DATABASE_URL", "postgresql://db/latchkey")]).unwrap().sqlite_file(), None);
}

/// As copying, editors, shells and container tools leave it.
#[test]
fn whatever_stands_around_a_secret_is_taken_off() {
    let folder = folder();
    let file = folder.path().join("secret");
    for (before, after) in [
        ("", " "),
        ("\u{feff}", "\r\n"),
        ("\"", "\""),
        ("'", "'"),
        (" \"", "\" \r"),
        ("\t", "\n\n"),
        ("\u{200b}", "\u{200b}"),
        ("“", "”"),
        ("\u{a0}", "\u{3000}"),
        ("", "\0"),
    ] {
        let around = |text: &str| format!("{before}{text}{after}");
        let secret_of = |config: Config| config.apps.only().unwrap().secret.expose().to_owned();
        let config = load("", &[("LATCHKEY_APPID", &around("wx1")), ("LATCHKEY_SECRET", &around(OLD))]).unwrap();
        assert_eq!(config.apps.only().unwrap().appid, "wx1");
        assert_eq!(secret_of(config), OLD, "{before:?} {after:?}");
        fs::write(&file, around(OLD)).unwrap();
        let by_file = format!("file:{}", file.display());
        let variables = [("LATCHKEY_APPID", "wx1"), ("LATCHKEY_SECRET", by_file.as_str())];
        assert_eq!(secret_of(load("", &variables).unwrap()), OLD, "{before:?} {after:?} in a file");
        let quoted = toml::Value::String(around(OLD)).to_string();
        let text = format!("[[apps]]\nappid = \"wx1\"\nsecret = {quoted}");
        assert_eq!(secret_of(load(&text, &[]).unwrap()), OLD, "{before:?} {after:?} in toml");
        let keys = load("", &[("LATCHKEY_DATA_KEYS", &around("a2V5"))]).unwrap().data_keys.unwrap();
        assert_eq!(keys.expose(), "a2V5");
    }
}

#[test]
fn a_secret_of_the_wrong_form_is_refused_by_name_and_not_shown() {
    let long = "A".repeat(43);
    let shown = "hunter2hunter2hunter2hunter2hunt";
    for secret in [shown, "wx0123456789abcdef", &OLD[1..], &format!("{OLD}0"), &format!("{OLD},{OLD}"), "０１２３"]
    {
        let variables = [("LATCHKEY_APPID", "wx1"), ("LATCHKEY_SECRET", secret)];
        refused("", &variables, &["LATCHKEY_SECRET", "32 characters"]);
        let error = load(&format!("{}[[apps]]\nappid = \"wx2\"\nsecret = \"{secret}\"", app("")), &[]).unwrap_err();
        assert!(error.contains("apps.secret (entry 2 of [[apps]])") && !error.contains(secret), "{error}");
    }
    for (fields, named) in [
        ("push_token = \"to\"".to_owned(), "apps.push_token"),
        (format!("push_token = \"{}\"", "t".repeat(33)), "apps.push_token"),
        ("push_token = \"hunter-2\"".into(), "apps.push_token"),
        (format!("push_token = \"token\"\npush_aes_key = \"{}\"", &long[1..]), "apps.push_aes_key"),
        (format!("push_token = \"token\"\npush_aes_key = \"{long}=\""), "apps.push_aes_key"),
        (format!("push_token = \"token\"\npush_aes_key = \"{long},\""), "apps.push_aes_key"),
        (format!("push_aes_key = \"{long}\""), "apps.push_token"),
        ("push_plain = true".into(), "apps.push_token"),
        ("push_token = \"\"".into(), "apps.push_token"),
        ("push_plain = \"yes\"".into(), "push_plain"),
    ] {
        refused(&app(&fields), &[], &[named]);
        assert!(!load(&app(&fields), &[]).unwrap_err().contains("hunter"));
    }
    let config =
        load(&app(&format!("push_token = \" token \"\npush_aes_key = \"{long}, {long}\"\npush_plain = true")), &[]);
    assert!(config.unwrap().apps.only().unwrap().push_plain);
    // Numbers without quotes are a slip, and a secret all the same.
    for line in [
        "push_token = 48151623",
        "push_token = 4815.1623",
        "push_token = 48151623481516234815162348151623",
        "push_token = 4815f1623",
        "push_token = hunter2",
    ] {
        let error = load(&app(line), &[]).unwrap_err();
        assert!(error.contains("line 4") && !error.contains("4815") && !error.contains("hunter"), "{error}");
    }
    let appid_is_secret = format!("[[apps]]\nappid = \"{OLD}-\"\nsecret = \"wx1\"");
    assert!(!load(&appid_is_secret, &[]).unwrap_err().contains(OLD));
}

#[test]
fn a_file_that_is_no_secret_says_why() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("empty"), "").unwrap();
    fs::write(path("blank"), " \r\n").unwrap();
    fs::write(path("utf16"), [0xff, 0xfe, b'a', 0]).unwrap();
    fs::create_dir(path("folder")).unwrap();
    for (place, named) in [
        (path("empty").display().to_string(), "empty"),
        (path("blank").display().to_string(), "empty"),
        (path("utf16").display().to_string(), "UTF-8"),
        (path("folder").display().to_string(), "directory"),
        (path("none").display().to_string(), "No such file"),
        ("/dev/zero".into(), "too long"),
        (String::new(), "file:"),
    ] {
        let value = format!("file:{place}");
        refused("", &[("LATCHKEY_APPID", "wx1"), ("LATCHKEY_SECRET", &value)], &["LATCHKEY_SECRET", named]);
        refused(&format!("data_keys = \"{value}\""), &[], &["data_keys (LATCHKEY_DATA_KEYS)", named]);
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
    let text = format!(
        "listen = \"127.0.0.1:1\"\n[wechat]\ntimeout_ms = 100\n[[apps]]\nappid = \"wx1\"\nsecret = \"{OLD}\"\nname = \"Shop\""
    );
    let variables = [
        ("LATCHKEY_LISTEN", "127.0.0.1:2"),
        ("LATCHKEY_WECHAT_BASE_URL", "http://127.0.0.1:3999/"),
        ("LATCHKEY_APPID", "wx1"),
        ("LATCHKEY_SECRET", NEW),
        ("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.1"),
        ("LATCHKEY_COMPAT", "false"),
    ];
    let config = load(&text, &variables).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.wechat, WeChatConfig { base_url: "http://127.0.0.1:3999".into(), timeout_ms: 100 });
    let app = config.apps.only().unwrap();
    assert_eq!((app.secret.expose(), app.name.as_str()), (NEW, "Shop"));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert!(!config.compat);
    let blanks = [("LATCHKEY_TOKEN_TTL_S", " 60 "), ("LATCHKEY_COMPAT", "0\r"), ("LATCHKEY_PHONE_CONFLICT", "move\n")];
    let config = load("\u{feff}token_ttl_s = 61", &blanks).unwrap();
    assert_eq!((config.token_ttl_s, config.compat, config.phone_conflict), (60, false, PhoneConflict::Move));
}

#[test]
fn printing_masks_every_secret_and_reads_back() {
    let (secret, key) = ("f00d".repeat(8), "f00dF00D".repeat(5) + "f00");
    let text = format!(
        "database_url = \"postgres://me:f00d@db/latchkey\"\ndata_keys = \"f00d\"\n[[apps]]\nappid = \"wx1\"\n\
         secret = \"{secret}\"\npush_token = \"f00d\"\npush_aes_key = \"{key}\"\npush_plain = true"
    );
    let config = load(&text, &[]).unwrap();
    let printed = print(&config);
    assert!(!printed.contains("f00d") && !format!("{config:?}").contains("f00d"), "{printed}");
    assert!(printed.contains("postgres://me:***@db/latchkey"), "{printed}");
    let read = load(&printed, &[]).unwrap();
    assert_eq!(print(&read), printed);
    config.check_unmasked().unwrap();
    assert!(read.check_unmasked().unwrap_err().to_string().contains("config print"), "it can be looked at, not used");
}

#[test]
fn a_data_key_is_made_once_and_only_for_its_owner() {
    let folder = folder();
    let url = format!("sqlite://{}/latchkey.db?mode=rwc", folder.path().display());
    let config = load(&format!("database_url = \"{url}\""), &[]).unwrap();
    let place = DataKeyPlace::of(&config);
    assert!(place.read().unwrap().is_none());
    place.make(&Random::System).unwrap();
    let DataKeyPlace::File(path) = &place else { panic!("{place:?}") };
    assert_eq!(*path, folder.path().join("latchkey.db.key"));
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(path).unwrap();
    place.make(&Random::System).unwrap();
    assert_eq!(fs::read_to_string(path).unwrap(), text, "another process was faster");
    assert!(place.read().unwrap().is_some());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
    fs::write(path, "half a key").unwrap();
    let error = place.read().unwrap_err().to_string();
    assert!(error.contains("latchkey.db.key") && !error.contains("half a key"), "{error}");
}

#[test]
fn postgres_without_a_data_key_says_how_to_make_one() {
    let config = load("database_url = \"postgres://db/latchkey\"", &[]).unwrap();
    let place = DataKeyPlace::of(&config);
    assert!(place.read().unwrap().is_none());
    assert!(place.make(&Random::System).unwrap_err().to_string().contains("/dev/urandom"));
}

fn warned(text: &str, word: &str) -> bool {
    warnings(&load(text, &[]).unwrap()).iter().any(|warning| warning.contains(word))
}

#[test]
fn what_most_likely_should_not_be_is_warned_about() {
    for (networks, wide) in [
        ("\"0.0.0.0/0\"", true),
        ("\"::/0\"", true),
        ("\"0.0.0.0/1\", \"128.0.0.0/1\"", true),
        ("\"64.0.0.0/2\"", true),
        ("\"10.0.0.0/7\"", true),
        ("\"10.0.0.0/8\", \"11.0.0.0/8\"", true),
        ("\"2000::/3\"", true),
        ("\"2001::/15\"", true),
        ("\"10.0.0.0/8\", \"172.16.0.0/12\", \"192.168.0.0/16\", \"127.0.0.1\"", false),
        ("\"fd00:1234::/16\", \"::1\"", false),
        ("", false),
    ] {
        assert_eq!(warned(&format!("trusted_proxies = [{networks}]"), "TRUSTED_PROXIES"), wide, "{networks}");
    }
    for (url, open) in [
        ("http://login.example.com", true),
        ("http://10.0.0.5:3000", true),
        ("http://localhost.example.com", true),
        ("http://127.0.0.1.example.com", true),
        ("http://[2001:db8::1]", true),
        ("https://login.example.com", false),
        ("http://127.0.0.1:3000", false),
        ("http://127.9.9.9", false),
        ("http://[::1]:3000", false),
        ("http://LOCALHOST:3000", false),
    ] {
        assert_eq!(warned(&format!("public_url = \"{url}\""), "NOT ENCRYPTED"), open, "{url}");
    }
    assert!(warned("listen = \"0.0.0.0:3000\"", "NOT ENCRYPTED"));
    assert!(warned("[wechat]\nbase_url = \"https://api.weixin.qq.com.example.com\"", "NOT THE REAL WECHAT"));
    assert!(warned("", "no mini program") && !warned(&app(""), "no mini program"));
    assert_eq!(warnings(&load(&app(""), &[]).unwrap()), Vec::<String>::new());
}

#[test]
fn files_that_others_may_read_are_found() {
    let folder = folder();
    let path = |suffix: &str| folder.path().join(format!("latchkey.db{suffix}"));
    let config = load(&format!("database_url = \"sqlite://{}\"", path("").display()), &[]).unwrap();
    assert_eq!(open_to_others(&config), Vec::<PathBuf>::new(), "none is there");
    for suffix in ["", "-wal", "-shm", ".key"] {
        fs::write(path(suffix), "").unwrap();
        for (mode, open) in [(0o600, false), (0o400, false), (0o644, true), (0o640, true), (0o604, true), (0o602, true)]
        {
            fs::set_permissions(path(suffix), fs::Permissions::from_mode(mode)).unwrap();
            let found = if open { vec![path(suffix)] } else { Vec::new() };
            assert_eq!(open_to_others(&config), found, "{suffix} {mode:o}");
        }
        fs::set_permissions(path(suffix), fs::Permissions::from_mode(0o600)).unwrap();
    }
}
