use latchkey_app::types::{CodeSearch, plain};

use super::{ConsoleServer, Failed};
use crate::{
    store::{
        Tx,
        failures::{self, FailureRow},
    },
    support_code::{self, Typed},
};

/// More than one request or two requests with the same code leave.
const MOST: i64 = 20;

impl ConsoleServer {
    /// What the users list says of a searched text that may be a support code.
    pub(super) async fn code_search(&self, tx: &mut Tx, text: &str) -> Result<CodeSearch, Failed> {
        Ok(match support_code::read(&plain(text)) {
            None => CodeSearch::None,
            Some(Typed::Mistyped) => CodeSearch::Mistyped,
            Some(Typed::Code(code)) => {
                let rows = failures::by_support_code(tx, &code, MOST).await?;
                let records = self.failures_of(tx, &rows).await?;
                if records.is_empty() { CodeSearch::NoRecord } else { CodeSearch::Records(records) }
            }
        })
    }
}

/// The records of a text that is a support code; two are enough to know that there are several.
pub(super) async fn records(tx: &mut Tx, text: &str) -> Result<Vec<FailureRow>, Failed> {
    match support_code::read(&plain(text)) {
        Some(Typed::Code(code)) => Ok(failures::by_support_code(tx, &code, 2).await?),
        _ => Ok(Vec::new()),
    }
}
