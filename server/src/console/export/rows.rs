use std::{collections::BTreeSet, sync::Arc};

use latchkey_app::{
    error::ConsoleError,
    text::T,
    types::{Millis, Role, Zone},
};

use crate::{
    console::{Failed, users::status_of, visit::SignedInVisit},
    phone::PhoneNumber,
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
        listing.rows.iter().map(|row| self.line(row, &bindings, texts)).collect()
    }

    fn line(&self, user: &UserRow, bindings: &[BindingRow], texts: T) -> Result<[String; COLUMNS], Failed> {
        let own: Vec<_> = bindings.iter().filter(|binding| binding.user_id == user.id).collect();
        let apps: BTreeSet<_> = own.iter().map(|one| self.visit.server.app(&one.appid).name).collect();
        let openids: Vec<_> = own.iter().map(|one| format!("{}:{}", one.appid, one.openid)).collect();
        let unionids: BTreeSet<_> = own.iter().filter_map(|one| one.unionid.clone()).collect();
        let phone = self.visit.server.accounts.phone_of(user)?;
        let line = [
            user.id.to_string(),
            user.nickname.clone().unwrap_or_default(),
            phone.as_ref().map(|phone| phone.country_code().to_owned()).unwrap_or_default(),
            phone.as_ref().map(|phone| self.national(phone)).unwrap_or_default(),
            apps.into_iter().collect::<Vec<_>>().join("; "),
            openids.join("; "),
            unionids.into_iter().collect::<Vec<_>>().join("; "),
            texts.user_status(status_of(user)).to_owned(),
            self.zone.text(Millis(user.created_at)),
            self.zone.text(Millis(user.last_login_at)),
        ];
        Ok(line.map(|text| harmless(&text)))
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

/// What users and the world write into a cell stays text: a spreadsheet takes what begins so for a formula, or for the end
/// of the cell.
fn harmless(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula { format!("'{text}") } else { text }
}

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
            ("陈晓 =)", "陈晓 =)"),
            ("", ""),
        ] {
            assert_eq!(harmless(written), kept);
        }
    }
}
