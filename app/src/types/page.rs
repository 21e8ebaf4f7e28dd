use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One page of a list that is read by key, newest first. There are no page numbers and no totals: both would
/// make the database read what nobody looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Leads to the newer neighbours, when there are any.
    pub previous: Option<Cursor>,
    /// Leads to the older neighbours, when there are any.
    pub next: Option<Cursor>,
}

/// Where a page starts, as the key of a row that the reader has seen. In URLs: `after-<id>` or `before-<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    /// Rows older than this one.
    After(String),
    /// Rows newer than this one.
    Before(String),
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(id) => write!(f, "after-{id}"),
            Self::Before(id) => write!(f, "before-{id}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once('-') {
            Some(("after", id)) => Ok(Self::After(id.to_owned())),
            Some(("before", id)) => Ok(Self::Before(id.to_owned())),
            _ => Err(()),
        }
    }
}
