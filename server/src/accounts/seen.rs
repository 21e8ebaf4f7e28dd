use serde_json::{Value, json};

use super::Accounts;

/// Of a line's hash, this much is carried: enough to tell a few lines apart.
const LINE: usize = 16;

impl Accounts {
    /// Stands for a plan as an operator saw it, for his form to carry: a keyed hash of all of it, and the beginning of one of
    /// each line, by which a page that was out of date says what has changed.
    pub(super) fn seen_of(&self, whole: &Value, lines: &[Value]) -> String {
        let hash = |value: &Value| hex::encode(self.index.state(&value.to_string()));
        let each = lines.iter().map(|line| {
            let mut hash = hash(line);
            hash.truncate(LINE);
            hash
        });
        std::iter::once(hash(&json!([whole, lines]))).chain(each).collect::<Vec<_>>().join(".")
    }
}
