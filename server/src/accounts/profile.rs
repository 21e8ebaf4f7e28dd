use super::Failure;

/// Longer than any nickname WeChat allows.
const LONGEST_TEXT: usize = 128;
const LONGEST_URL: usize = 1024;

/// What a user says of himself. An absent or empty value changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub nickname: Option<String>,
    /// An http or https address; never loaded by the console.
    pub avatar_url: Option<String>,
    /// 0 unknown, 1 male, 2 female.
    pub gender: Option<i64>,
    pub province: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
}

impl Profile {
    /// The profile without its empty values; the first field that cannot be kept is named.
    pub fn checked(self) -> Result<Self, Failure> {
        let text = |value: Option<String>, field, longest| match value.filter(|text| !text.is_empty()) {
            Some(text) if text.chars().count() > longest || text.contains('\0') => Err(Failure::InvalidRequest(field)),
            value => Ok(value),
        };
        let web = |url: &String| ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
        let avatar_url = text(self.avatar_url, "avatarUrl", LONGEST_URL)?;
        if !avatar_url.as_ref().is_none_or(web) {
            return Err(Failure::InvalidRequest("avatarUrl"));
        }
        if !self.gender.is_none_or(|gender| (0..=2).contains(&gender)) {
            return Err(Failure::InvalidRequest("gender"));
        }
        Ok(Self {
            nickname: text(self.nickname, "nickName", LONGEST_TEXT)?,
            avatar_url,
            gender: self.gender,
            province: text(self.province, "province", LONGEST_TEXT)?,
            city: text(self.city, "city", LONGEST_TEXT)?,
            country: text(self.country, "country", LONGEST_TEXT)?,
        })
    }

    /// The profile without what cannot be kept: for values that come from WeChat, whose caller can do nothing about
    /// them.
    pub fn tidy(mut self) -> Self {
        let keep = |value: &mut Option<String>, longest: usize| {
            *value =
                value.take().filter(|text| !text.is_empty() && text.chars().count() <= longest && !text.contains('\0'));
        };
        for value in [&mut self.nickname, &mut self.province, &mut self.city, &mut self.country] {
            keep(value, LONGEST_TEXT);
        }
        keep(&mut self.avatar_url, LONGEST_URL);
        self.avatar_url = self.avatar_url.filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        self.gender = self.gender.filter(|gender| (0..=2).contains(gender));
        self
    }
}
