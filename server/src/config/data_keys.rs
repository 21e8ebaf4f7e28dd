use std::{
    fmt,
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::{Config, ConfigError};
use crate::{random::Random, sealed::DataKeys, secret::Secret};

/// The place where the data keys are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataKeyPlace {
    /// The configuration.
    Given(Secret),
    /// A file beside the SQLite database.
    File(PathBuf),
    /// Postgres, and no keys in the configuration.
    Nowhere,
}

impl DataKeyPlace {
    pub fn of(config: &Config) -> Self {
        match (&config.data_keys, config.sqlite_file()) {
            (Some(keys), _) => Self::Given(keys.clone()),
            (None, Some(database)) => {
                let mut path = database.into_os_string();
                path.push(".key");
                Self::File(path.into())
            }
            (None, None) => Self::Nowhere,
        }
    }

    /// The keys; `None` when there are none yet.
    pub fn read(&self) -> Result<Option<DataKeys>, ConfigError> {
        let text = match self {
            Self::Given(keys) => keys.clone(),
            Self::File(path) => match fs::read_to_string(path) {
                Ok(text) => Secret::new(text),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(source) => return Err(ConfigError::Read { path: path.clone(), source }),
            },
            Self::Nowhere => return Ok(None),
        };
        let keys = DataKeys::parse(text.expose());
        keys.map(Some).map_err(|source| ConfigError::DataKeys { place: self.to_string(), source })
    }

    /// Makes the first key. The caller has seen that the database holds nothing that another key has sealed.
    pub fn make(&self, random: &Random) -> Result<DataKeys, ConfigError> {
        let Self::File(path) = self else { return Err(ConfigError::NoDataKeys) };
        match make(path, random) {
            Ok(keys) => Ok(keys),
            // Another process has been faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.read()?.ok_or(ConfigError::NoDataKeys),
            Err(source) => Err(ConfigError::Read { path: path.clone(), source }),
        }
    }
}

impl fmt::Display for DataKeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) | Self::Nowhere => f.write_str("LATCHKEY_DATA_KEYS"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// Writes the file under another name first: a key file is whole or not there, whenever the power fails.
fn make(path: &Path, random: &Random) -> io::Result<DataKeys> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let (keys, text) = DataKeys::from_bytes(random.bytes());
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    // The key must not be lost where the data it sealed is not.
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    File::open(folder)?.sync_all()?;
    Ok(keys)
}
