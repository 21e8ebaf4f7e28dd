use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{Config, ConfigError};
use crate::{random::Random, sealed::DataKeys};

/// Where the data keys came from; the operator must know when he has a new one to keep safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataKeySource {
    Configured,
    File(PathBuf),
    Made(PathBuf),
}

/// The configured data keys. With SQLite and none, the one beside the database, made when it is not there.
pub fn data_keys(config: &Config, random: &Random) -> Result<(DataKeys, DataKeySource), ConfigError> {
    if let Some(keys) = &config.data_keys {
        return Ok((DataKeys::parse(keys.expose())?, DataKeySource::Configured));
    }
    let url = config.database_url.expose();
    let database = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
    let Some(database) = database.map(|path| path.split('?').next().unwrap_or(path)) else {
        return Err(ConfigError::NoDataKeys);
    };
    let path = PathBuf::from(format!("{database}.key"));
    match make(&path, random) {
        Ok(keys) => Ok((keys, DataKeySource::Made(path))),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = fs::read_to_string(&path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
            Ok((DataKeys::parse(&text)?, DataKeySource::File(path)))
        }
        Err(source) => Err(ConfigError::Read { path, source }),
    }
}

fn make(path: &Path, random: &Random) -> std::io::Result<DataKeys> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let (keys, text) = DataKeys::from_bytes(random.bytes());
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    // The key must not be lost where the data it sealed is not.
    file.sync_all()?;
    Ok(keys)
}
