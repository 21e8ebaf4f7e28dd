use uuid::Uuid;

use super::Accounts;
use crate::{
    clock::Millis,
    store::{bindings::BindingRow, calls::CallRow},
};

impl Accounts {
    /// A call of a user that went well, for his story.
    pub(super) fn call(&self, binding: &BindingRow, kind: &str, request_id: Uuid, at: Millis) -> CallRow {
        CallRow {
            id: self.random.id(at),
            at: at.0,
            user_id: binding.user_id,
            binding_id: binding.id,
            appid: binding.appid.clone(),
            kind: kind.to_owned(),
            new_key: false,
            new_unionid: false,
            request_id,
        }
    }
}
