use std::{collections::BTreeSet, sync::Arc};

use latchkey_app::{
    error::ConsoleError,
    text::T,
    types::{Millis, Role, Zone},
};

use crate::{
    accounts::Damaged,
    console::{Failed, users::status_of, visit::SignedInVisit},
    phone::PhoneNumber,
    sealed::Column,
    store::{
        bindings::{self, BindingRow},
        user_lists::{Filter, Place, Sort, UserList},
        users::UserRow,
    },
};

/// Users in one piece.
const PIECE: usize = 500;
pub(super) const COLUMNS: usize = 10;

/// The users of an export, piece by piece.
pub(super) struct Rows {
    visit: Arc<SignedInVisit>,
    /// What whoever reads them must be until the last one.
    least: Role,
    filter: Filter,
    sort: Sort,
    /// With full phones.
    full: bool,
    /// Of its times.
    zone: Zone,
    /// Where the next piece starts; none behind the last one.
    next: Option<Place>,
    /// How many there were so far.
    pub read: u64,
}

impl Rows {
    pub(super) fn new(
        visit: Arc<SignedInVisit>,
        least: Role,
        filter: Filter,
        sort: Sort,
        full: bool,
        zone: Zone,
    ) -> Self {
        Self { visit, least, filter, sort, full, zone, next: Some(Place::First), read: 0 }
    }

    pub(super) fn head(texts: T) -> [String; COLUMNS] {
        [
            texts.user_id(),
            texts.nickname(),
            texts.country_code(),
            texts.phone(),
            texts.mini_programs(),
            "openid",
            "unionid",
            texts.status(),
            texts.created(),
            texts.last_login(),
        ]
        .map(str::to_owned)
    }

    /// The next piece; none when there are no more. A piece may be empty.
    pub(super) async fn next(&mut self, texts: T) -> Result<Option<Vec<[String; COLUMNS]>>, ConsoleError> {
        let Some(place) = self.next.take() else { return Ok(None) };
        self.visit.is_still(self.least).await?;
        Ok(Some(self.piece(place, texts).await?))
    }

    async fn piece(&mut self, place: Place, texts: T) -> Result<Vec<[String; COLUMNS]>, Failed> {
        let mut tx = self.visit.server.accounts.db.read().await?;
        let listing = UserList::new(&mut tx, &self.filter).await?.page(&mut tx, self.sort, place, PIECE).await?;
        let ids: Vec<_> = listing.rows.iter().map(|row| row.id).collect();
        let bindings = bindings::of_users(&mut tx, &ids).await?;
        drop(tx);
        self.next = listing.next.map(Place::After);
        self.read += listing.rows.len() as u64;
        Ok(listing.rows.iter().map(|row| self.line(row, &bindings, texts)).collect())
    }

    fn line(&self, user: &UserRow, bindings: &[BindingRow], texts: T) -> [String; COLUMNS] {
        let own: Vec<_> = bindings.iter().filter(|binding| binding.user_id == user.id).collect();
        let apps: BTreeSet<_> = own.iter().map(|one| self.visit.server.app(&one.appid).name).collect();
        let openids: Vec<_> = own.iter().map(|one| format!("{}:{}", one.appid, one.openid)).collect();
        let unionids: BTreeSet<_> = own.iter().filter_map(|one| one.unionid.clone()).collect();
        let appid = own.first().map(|one| one.appid.as_str());
        let accounts = &self.visit.server.accounts;
        let phone = accounts.sealed_number(Column::UserPhone, user.id, user.phone_sealed.as_deref(), appid);
        let (country, national) = match phone {
            Ok(Some(phone)) => (phone.country_code().to_owned(), self.national(&phone)),
            Ok(None) => <(String, String)>::default(),
            Err(Damaged) => (String::new(), texts.damaged().to_owned()),
        };
        let line = [
            user.id.to_string(),
            user.nickname.clone().unwrap_or_default(),
            country,
            national,
            apps.into_iter().collect::<Vec<_>>().join("; "),
            openids.join("; "),
            unionids.into_iter().collect::<Vec<_>>().join("; "),
            texts.user_status(status_of(user)).to_owned(),
            self.zone.text(Millis(user.created_at)),
            self.zone.text(Millis(user.last_login_at)),
        ];
        line.map(|text| harmless(&text))
    }

    /// The country has a column of its own.
    fn national(&self, phone: &PhoneNumber) -> String {
        if self.full {
            return phone.national().to_owned();
        }
        let masked = phone.masked();
        masked.rsplit(' ').next().unwrap_or_default().to_owned()
    }
}

/// Keeps a spreadsheet from taking a text for a formula. It may end a cell at other separators than ours: at semicolons in
/// much of Europe, or at whatever its user chooses for an import.
fn harmless(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut begins = true;
    for letter in text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        if begins && FORMULA.contains(&letter) {
            // Before the blanks, too: some programs take them off.
            kept.insert(kept.trim_end_matches(char::is_whitespace).len(), '\'');
        }
        begins = ENDS.contains(&letter) || begins && letter.is_whitespace();
        kept.push(letter);
    }
    kept
}

const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const ENDS: [char; 5] = [';', ',', '|', '；', '，'];

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_become_text() {
        for (written, kept) in [
            ("=1+1", "'=1+1"),
            ("+cmd", "'+cmd"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "' =1"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("a\r\n=1", "a  =1"),
            ("x;=cmd|' /C calc'!A0;y", "x;'=cmd|' /C calc'!A0;y"),
            ("x; =1", "x;' =1"),
            ("x,+1|-2", "x,'+1|'-2"),
            ("a;b", "a;b"),
            ("陈晓 =)", "陈晓 =)"),
            ("", ""),
        ] {
            assert_eq!(harmless(written), kept);
        }
    }
}
