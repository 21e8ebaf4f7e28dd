use latchkey_app::types::{Found, Role, is_private, may_be_number, plain, typed_number};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use super::{ConsoleServer, Failed, account::Own, internal, session_values, support_code};
use crate::{
    accounts::TokenPart,
    phone::Spellings,
    sealed::BlindIndex,
    secret::Secret,
    store::{
        Tx, calls,
        failures::{self, FailureRow},
        phone_changes, push,
        user_lists::{Filter, Place, Search, Sort, SortBy, Status, UserList},
        users::{self, nickname_key},
    },
};

/// In an operator's session.
const HIDDEN: &str = "searches";
/// Searches that stay open in several windows at once.
const MOST_HIDDEN: usize = 8;

/// A text that was searched for.
#[derive(Serialize, Deserialize)]
struct Hidden {
    handle: String,
    text: String,
}

impl ConsoleServer {
    /// Whom or what an operator means.
    pub(super) async fn search(&self, text: &str, own: &Own) -> Result<Found, Failed> {
        if text.is_empty() || text.contains('\0') {
            return Ok(Found::Several);
        }
        if may_be_number(text) {
            self.count_number_search(own).await?;
        }
        let mut tx = self.accounts.db.read().await?;
        if let Ok(id) = plain(text).parse()
            && failures::find(&mut tx, id).await?.is_some()
        {
            return Ok(Found::Failure(id.to_string()));
        }
        let (filter, failure) = self.found_by(&mut tx, text, own.operator.role).await?;
        let list = UserList::new(&mut tx, &filter).await?;
        let sort = Sort { by: SortBy::Created, descending: true };
        let found = list.page(&mut tx, sort, Place::First, 2).await?;
        let records = support_code::records(&mut tx, text).await?;
        drop(tx);
        // Where only a part of the users was looked through, the one who was found may not be the only one.
        match (found.rows.as_slice(), records.as_slice(), failure) {
            ([], [record], _) => Ok(Found::Failure(record.id.to_string())),
            ([one], [], _) if !found.partial => Ok(Found::User(one.id.to_string())),
            ([], [], Some(failure)) => Ok(Found::Failure(failure.id.to_string())),
            _ if is_private(text) => Ok(Found::Hidden(self.hide(text, &own.session).await?)),
            _ => Ok(Found::Several),
        }
    }

    /// Finds the users that a text means, as far as this role may search, and the failure whose request it names. Counts
    /// nothing: see [`Self::count_number_search`].
    pub(super) async fn found_by(
        &self,
        tx: &mut Tx,
        text: &str,
        role: Role,
    ) -> Result<(Filter, Option<FailureRow>), Failed> {
        let (trace, failure) = behind(tx, &plain(text)).await?;
        let mut search = Search { trace, ..meant(text, &self.accounts.index) };
        if role < Role::Support {
            // With these and the mask, a viewer would have most of a number.
            search.last_four_hash = None;
        }
        // Who was merged into another user is found as that one.
        for id in [&mut search.id, &mut search.trace].into_iter().flatten() {
            *id = users::survivor(tx, *id).await?.unwrap_or(*id);
        }
        // Of one who is erased, an id may still be known.
        Ok((Filter { search: Some(search), status: Some(Status::Any), ..Filter::default() }, failure))
    }

    /// Keeps a text that has no business in an address in the operator's session, and makes a handle for it.
    async fn hide(&self, text: &str, session: &Session) -> Result<String, Failed> {
        let mut all = self.hidden(session).await?;
        let handle = hex::encode(self.accounts.random.bytes::<8>());
        all.insert(0, Hidden { handle: handle.clone(), text: text.to_owned() });
        all.truncate(MOST_HIDDEN);
        let all = Secret::new(serde_json::to_string(&all).map_err(|error| internal(&error))?);
        session_values::keep(&self.accounts, session, HIDDEN, &all).await?;
        Ok(handle)
    }

    /// The text behind a handle; none when it is not this session's.
    pub(super) async fn hidden_text(&self, handle: &str, session: &Session) -> Result<Option<String>, Failed> {
        let all = self.hidden(session).await?;
        Ok(all.into_iter().find(|one| one.handle == handle).map(|one| one.text))
    }

    /// Newest first.
    async fn hidden(&self, session: &Session) -> Result<Vec<Hidden>, Failed> {
        let all = session_values::look(&self.accounts, session, HIDDEN).await?;
        Ok(all.and_then(|all| serde_json::from_str(&all).ok()).unwrap_or_default())
    }
}

/// Whose call a request id, or a rid of WeChat, belongs to: one that failed, changed the phone, or went well, or WeChat's own;
/// and the failure, if it is one.
async fn behind(tx: &mut Tx, text: &str) -> Result<(Option<Uuid>, Option<FailureRow>), Failed> {
    let trace = trace(text);
    let failure = failures::by_trace(tx, trace).await?;
    let user = match failure.as_ref().and_then(|row| row.user_id) {
        Some(user) => Some(user),
        None => user_of_request(tx, trace).await?,
    };
    Ok((user, failure))
}

async fn user_of_request(tx: &mut Tx, request: &str) -> Result<Option<Uuid>, Failed> {
    if let Some(user) = phone_changes::user_of_request(tx, request).await? {
        return Ok(Some(user));
    }
    if let Ok(id) = request.parse()
        && let Some(user) = calls::user_of_request(tx, id).await?
    {
        return Ok(Some(user));
    }
    Ok(push::user_of_request(tx, request).await?)
}

/// The rid in a text of WeChat, such as `invalid code, rid: 61764d67-3c1e2b5f-0a1b2c3d`; else the text itself.
fn trace(text: &str) -> &str {
    const DIGITS: usize = 8;
    let is_rid = |word: &&str| {
        let parts: Vec<_> = word.split('-').collect();
        parts.len() == 3 && parts.iter().all(|part| part.len() == DIGITS)
    };
    let other = |letter: char| !letter.is_ascii_hexdigit() && letter != '-';
    text.split(other).find(is_rid).unwrap_or(text)
}

/// What an operator may have meant. Everything he may have meant is looked for: an id is also the beginning of a
/// nickname, which is the one thing that is looked for as it was typed.
fn meant(q: &str, index: &BlindIndex) -> Search {
    let plain = plain(q);
    let number = typed_number(q).map(Spellings::of);
    let number = number.as_ref();
    let (token_hash, token_prefix) = match TokenPart::of(token_in(&plain)) {
        Some(TokenPart::Whole(hash)) => (Some(hash), None),
        Some(TokenPart::Beginning(prefix)) => (None, Some(prefix)),
        None => (None, None),
    };
    Search {
        trace: None,
        id: plain.parse().ok(),
        nickname_prefix: Some(nickname_key(q)),
        phone_hash: number.map(|number| index.e164(&number.e164)),
        national_hash: number.and_then(|number| number.national.as_deref()).map(|digits| index.national(digits)),
        last_four_hash: number.and_then(|number| number.last_four.as_deref()).map(|digits| index.last_four(digits)),
        token_hash,
        token_prefix,
        wechat_id: Some(plain),
    }
}

/// A token without what was copied along: the header's `Bearer` before it, a quote or a comma behind it.
fn token_in(text: &str) -> &str {
    let of_token = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    text.split(|letter| !of_token(letter)).find(|word| word.starts_with("lk_")).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::trace;

    #[test]
    fn a_rid_is_found_in_what_wechat_says() {
        let rid = "61764d67-3c1e2b5f-0a1b2c3d";
        for text in [rid, &format!("invalid code, rid: {rid}"), &format!("{{\"errmsg\":\"busy rid:{rid}\"}}")] {
            assert_eq!(trace(text), rid);
        }
        for text in ["01a1fc30-8280-7000-bd7b-c7788807fbf6", "rid: 61764d67-3c1e2b5f", "陈"] {
            assert_eq!(trace(text), text);
        }
    }
}
