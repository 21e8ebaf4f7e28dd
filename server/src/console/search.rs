use latchkey_app::types::{Found, is_private, plain, separates};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use super::{ConsoleServer, Failed, internal};
use crate::{
    accounts::TokenPart,
    sealed::{BlindIndex, Column},
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
/// As many as he has open in his windows.
const MOST_HIDDEN: usize = 8;

/// A text that was searched for, sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Hidden {
    handle: String,
    sealed: String,
}

impl ConsoleServer {
    /// Whom or what an operator means.
    pub(super) async fn search(&self, text: &str, session: &Session) -> Result<Found, Failed> {
        if text.is_empty() || text.contains('\0') {
            return Ok(Found::Several);
        }
        let mut tx = self.accounts.db.read().await?;
        if let Ok(id) = plain(text).parse()
            && failures::find(&mut tx, id).await?.is_some()
        {
            return Ok(Found::Failure(id.to_string()));
        }
        let (filter, failure) = self.found_by(&mut tx, text).await?;
        let list = UserList::new(&mut tx, &filter).await?;
        let sort = Sort { by: SortBy::Created, descending: true };
        let found = list.page(&mut tx, sort, Place::First, 2).await?;
        drop(tx);
        // Where only a part of the users was looked through, the one who was found may not be the only one.
        match (found.rows.as_slice(), failure) {
            ([one], _) if !found.partial => Ok(Found::User(one.id.to_string())),
            ([], Some(failure)) => Ok(Found::Failure(failure.id.to_string())),
            _ if is_private(text) => Ok(Found::Hidden(self.hide(text, session).await?)),
            _ => Ok(Found::Several),
        }
    }

    /// Whom a text means, and the failure whose request it names.
    pub(super) async fn found_by(&self, tx: &mut Tx, text: &str) -> Result<(Filter, Option<FailureRow>), Failed> {
        let (trace, failure) = behind(tx, &plain(text)).await?;
        let mut search = Search { trace, ..meant(text, &self.accounts.index) };
        // Who was merged into another user is found as that one.
        for id in [&mut search.id, &mut search.trace].into_iter().flatten() {
            *id = users::survivor(tx, *id).await?.unwrap_or(*id);
        }
        // Of one who is erased, an id may still be known.
        Ok((Filter { search: Some(search), status: Some(Status::Any), ..Filter::default() }, failure))
    }

    /// Keeps a text that has no business in an address in the operator's session, and makes a handle for it.
    async fn hide(&self, text: &str, session: &Session) -> Result<String, Failed> {
        let mut all: Vec<Hidden> = hidden(session).await?;
        let sealed = self.accounts.vault.seal(Column::Search, Uuid::nil(), text.as_bytes())?;
        let handle = hex::encode(self.accounts.random.bytes::<8>());
        all.insert(0, Hidden { handle: handle.clone(), sealed: hex::encode(sealed) });
        all.truncate(MOST_HIDDEN);
        session.insert(HIDDEN, all).await.map_err(|error| internal(&error))?;
        Ok(handle)
    }

    /// The text behind a handle; none when it is not this operator's, or his session has ended since.
    pub(super) async fn hidden_text(&self, handle: &str, session: &Session) -> Result<Option<String>, Failed> {
        let all = hidden(session).await?;
        let sealed = all.into_iter().find(|one| one.handle == handle).and_then(|one| hex::decode(one.sealed).ok());
        let Some(sealed) = sealed else { return Ok(None) };
        Ok(Some(self.accounts.vault.open_text(Column::Search, Uuid::nil(), &sealed)?.to_string()))
    }
}

async fn hidden(session: &Session) -> Result<Vec<Hidden>, Failed> {
    let all: Option<_> = session.get(HIDDEN).await.map_err(|error| internal(&error))?;
    Ok(all.unwrap_or_default())
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
    let number: String = plain.chars().filter(|letter| !separates(*letter)).collect();
    let digits = number.trim_start_matches('+');
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (token_hash, token_prefix) = match TokenPart::of(token_in(&plain)) {
        Some(TokenPart::Whole(hash)) => (Some(hash), None),
        Some(TokenPart::Beginning(prefix)) => (None, Some(prefix)),
        None => (None, None),
    };
    Search {
        trace: None,
        id: plain.parse().ok(),
        nickname_prefix: Some(nickname_key(q)),
        phone_hash: numeric.then(|| index.e164(&format!("+{digits}"))),
        // With its plus sign, a number names its country and means no other.
        national_hash: (numeric && !number.starts_with('+')).then(|| index.national(digits)),
        last_four_hash: (numeric && digits.len() == 4).then(|| index.last_four(digits)),
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
