use latchkey_app::types::Found;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use super::{ConsoleServer, Failed, internal};
use crate::{
    accounts::TokenPart,
    sealed::{BlindIndex, Column},
    store::{
        Tx, calls, failures, phone_changes, push,
        user_lists::{Filter, Place, Search, Sort, SortBy, Status, UserList},
        users::{self, nickname_key},
    },
};

/// In an operator's session.
const HIDDEN: &str = "searches";
/// As many as he has open in his windows.
const MOST_HIDDEN: usize = 8;
/// The last four digits name a person as well as the mask does not.
const PRIVATE_DIGITS: usize = 4;

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
        if let Ok(id) = text.parse()
            && failures::find(&mut tx, id).await?.is_some()
        {
            return Ok(Found::Failure(id.to_string()));
        }
        let filter = self.found_by(&mut tx, text).await?;
        let list = UserList::new(&mut tx, &filter).await?;
        let sort = Sort { by: SortBy::Created, descending: true };
        let rows = list.page(&mut tx, sort, Place::First, 2).await?.rows;
        let failure = if rows.is_empty() { failures::by_trace(&mut tx, trace(text)).await? } else { None };
        drop(tx);
        match (rows.as_slice(), failure) {
            ([one], _) => Ok(Found::User(one.id.to_string())),
            (_, Some(failure)) => Ok(Found::Failure(failure.id.to_string())),
            _ if is_private(text) => Ok(Found::Hidden(self.hide(text, session).await?)),
            _ => Ok(Found::Several),
        }
    }

    pub(super) async fn found_by(&self, tx: &mut Tx, text: &str) -> Result<Filter, Failed> {
        let mut search = Search { trace: user_behind(tx, text).await?, ..meant(text, &self.accounts.index) };
        // Who was merged into another user is found as that one.
        for id in [&mut search.id, &mut search.trace].into_iter().flatten() {
            *id = users::survivor(tx, *id).await?.unwrap_or(*id);
        }
        // Of one who is erased, an id may still be known.
        Ok(Filter { search: Some(search), status: Some(Status::Any), ..Filter::default() })
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

/// Digits that may be a phone's, and whole tokens: neither belongs in a browser's history.
fn is_private(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only_digits = text.chars().all(|letter| letter.is_ascii_digit() || separates(letter) || letter == '+');
    (only_digits && digits >= PRIVATE_DIGITS) || matches!(TokenPart::of(text), Some(TokenPart::Whole(_)))
}

const fn separates(letter: char) -> bool {
    matches!(letter, ' ' | '-' | '(' | ')')
}

/// Whose call a request id, or a rid of WeChat, belongs to: one that failed, changed the phone, or went well, or WeChat's own.
async fn user_behind(tx: &mut Tx, text: &str) -> Result<Option<Uuid>, Failed> {
    let trace = trace(text);
    if let Some(user) = failures::by_trace(tx, trace).await?.and_then(|row| row.user_id) {
        return Ok(Some(user));
    }
    if let Some(user) = phone_changes::user_of_request(tx, trace).await? {
        return Ok(Some(user));
    }
    if let Ok(request) = trace.parse()
        && let Some(user) = calls::user_of_request(tx, request).await?
    {
        return Ok(Some(user));
    }
    Ok(push::user_of_request(tx, trace).await?)
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
/// nickname.
fn meant(q: &str, index: &BlindIndex) -> Search {
    let number: String = q.chars().filter(|letter| !separates(*letter)).collect();
    let digits = number.trim_start_matches('+');
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (token_hash, token_prefix) = match TokenPart::of(q) {
        Some(TokenPart::Whole(hash)) => (Some(hash), None),
        Some(TokenPart::Beginning(prefix)) => (None, Some(prefix)),
        None => (None, None),
    };
    Search {
        trace: None,
        id: q.parse().ok(),
        wechat_id: Some(q.to_owned()),
        nickname_prefix: Some(nickname_key(q)),
        phone_hash: numeric.then(|| index.e164(&format!("+{digits}"))),
        // With its plus sign, a number names its country and means no other.
        national_hash: (numeric && !number.starts_with('+')).then(|| index.national(digits)),
        last_four_hash: (numeric && digits.len() == 4).then(|| index.last_four(digits)),
        token_hash,
        token_prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_private, trace};

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

    #[test]
    fn phones_and_tokens_stay_out_of_addresses() {
        let token = format!("lk_{}", "a".repeat(43));
        for private in ["6666", "13580006666", "+86 135-8000-6666", &token] {
            assert!(is_private(private), "{private}");
        }
        for public in ["", "666", "陈", "lk_abcdefgh", "01a1fc30-8280-7000-bd7b-c7788807fbf6", "o6zAJs8263ad"] {
            assert!(!is_private(public), "{public}");
        }
    }
}
