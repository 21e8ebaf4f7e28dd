//! The program itself, as somebody starts it in a shell: its files, its one line, its exit code.

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::{ffi::OsStringExt, fs::PermissionsExt},
    path::Path,
    process::{Command, Output},
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Runs `latchkey` in a folder of its own, under the usual umask and with no variables of ours but these.
fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Output {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "umask 022 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_latchkey")]).args(arguments);
    command.env_clear().current_dir(folder).envs(variables.iter().copied()).output().unwrap()
}

/// The one line of a command that fails.
fn failed(output: &Output) -> String {
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(line.trim_end().lines().count(), 1, "{line}");
    line
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn files_that_a_command_makes_are_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["operator", "list"], &[]);
    assert!(made.status.success(), "{made:?}");
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert!(folder.path().join("latchkey.db.key").exists());
}

#[test]
fn a_lost_key_file_is_named_and_not_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let (key, copy) = (folder.path().join("latchkey.db.key"), folder.path().join("copy"));
    assert!(run(folder.path(), &["operator", "list"], &[]).status.success());
    fs::rename(&key, &copy).unwrap();
    for command in [&["operator", "list"][..], &["audit", "verify"], &["apikey", "list"], &["failures"], &["serve"]] {
        let line = failed(&run(folder.path(), command, &[("LATCHKEY_LOG", OsStr::new("error"))]));
        assert!(line.contains("latchkey.db.key is missing") && line.contains("put your copy"), "{command:?}: {line}");
        assert!(!key.exists(), "{command:?}");
    }
    fs::rename(&copy, &key).unwrap();
    let verified = run(folder.path(), &["audit", "verify"], &[]);
    assert_eq!(String::from_utf8(verified.stdout).unwrap(), "the audit log is whole: 1 entries\n");
}

#[test]
fn wrong_configurations_end_in_one_line_with_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = OsString::from_vec(b"\xff".to_vec());
    for (name, value) in [
        ("LATCHKEY_DATABASE_URL", OsStr::new("")),
        ("LATCHKEY_DATABASE_URL", OsStr::new("mysql://me:hunter2@db/latchkey")),
        ("LATCHKEY_WECHAT_TIMEOUT_MS", OsStr::new("-5")),
        ("LATCHKEY_PHONE_CONFLICT", OsStr::new("steal")),
        ("LATCHKEY_SECRET", OsStr::new("hunter2")),
        ("LATCHKEY_SECRET", &bytes),
        ("LATCHKEY_LOG", &bytes),
    ] {
        let variables = [("LATCHKEY_APPID", OsStr::new("wx1")), ("LATCHKEY_SECRET", OsStr::new(SECRET)), (name, value)];
        for command in [&["migrate"][..], &["config", "print"], &["serve"]] {
            let line = failed(&run(folder.path(), command, &variables));
            assert!(line.contains(name) && !line.contains("hunter2"), "{command:?}: {line}");
        }
    }
    let line = failed(&run(folder.path(), &["simulate"], &[("LATCHKEY_LOG", &bytes)]));
    assert!(line.contains("LATCHKEY_LOG"), "{line}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no database was made");
    // What is not ours is none of our business.
    let printed = run(folder.path(), &["config", "print"], &[("SOMETHING", &bytes)]);
    assert!(printed.status.success(), "{printed:?}");
}

#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "exec \"$0\" serve 2>/dev/full", env!("CARGO_BIN_EXE_latchkey")]).env_clear();
    command.current_dir(folder.path()).env("LATCHKEY_LISTEN", taken.local_addr().unwrap().to_string());
    // It comes as far as its listener, past several warnings; a panic would be 101.
    assert_eq!(command.status().unwrap().code(), Some(1));
    assert!(folder.path().join("latchkey.db.key").exists());
}
