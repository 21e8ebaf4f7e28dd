use std::collections::{HashMap, VecDeque};

use crate::clock::Millis;

/// Login codes and phone codes live for five minutes (protocol §1, §4).
const LIFE_MS: i64 = 300_000;

/// Codes of one kind. What has outlived its five minutes is forgotten, and so is the same as unknown: even a used code
/// answers 40029 then, no longer 40163 (protocol §9.1, row 4).
pub(super) struct Codes<T> {
    issued: HashMap<String, Issued<T>>,
    oldest_first: VecDeque<(Millis, String)>,
}

pub(super) struct Issued<T> {
    at: Millis,
    pub used: bool,
    pub is: T,
}

impl<T> Default for Codes<T> {
    fn default() -> Self {
        Self { issued: HashMap::new(), oldest_first: VecDeque::new() }
    }
}

impl<T> Codes<T> {
    pub fn issue(&mut self, code: &str, now: Millis, is: T) {
        self.forget_old(now);
        self.oldest_first.push_back((now, code.to_owned()));
        self.issued.insert(code.to_owned(), Issued { at: now, used: false, is });
    }

    /// A code within its life, used or not.
    pub fn fresh(&mut self, code: &str, now: Millis) -> Option<&mut Issued<T>> {
        self.issued.get_mut(code).filter(|issued| now.since(issued.at) <= LIFE_MS)
    }

    /// Looks only at the front: a benchmark issues codes by the hundred thousand.
    fn forget_old(&mut self, now: Millis) {
        while let Some((at, code)) = self.oldest_first.front()
            && now.since(*at) > LIFE_MS
        {
            self.issued.remove(code);
            self.oldest_first.pop_front();
        }
    }
}
