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
    /// For values that a client chose: the first one that cannot be kept is named.
    pub fn checked(self) -> Result<Self, Failure> {
        fn named<T>(kept: Result<T, Unfit>, field: &'static str) -> Result<T, Failure> {
            kept.map_err(|Unfit| Failure::InvalidRequest(field))
        }
        Ok(Self {
            nickname: named(text(self.nickname), "nickName")?,
            avatar_url: named(web_address(self.avatar_url), "avatarUrl")?,
            gender: named(gender(self.gender), "gender")?,
            province: named(text(self.province), "province")?,
            city: named(text(self.city), "city")?,
            country: named(text(self.country), "country")?,
        })
    }

    /// For values that come from WeChat, about which the client can do nothing: without those that cannot be kept.
    #[must_use]
    pub fn tidy(self) -> Self {
        Self {
            nickname: text(self.nickname).unwrap_or_default(),
            avatar_url: web_address(self.avatar_url).unwrap_or_default(),
            gender: gender(self.gender).unwrap_or_default(),
            province: text(self.province).unwrap_or_default(),
            city: text(self.city).unwrap_or_default(),
            country: text(self.country).unwrap_or_default(),
        }
    }
}

/// A value that cannot be kept.
struct Unfit;

fn text(value: Option<String>) -> Result<Option<String>, Unfit> {
    within(value, LONGEST_TEXT)
}

fn web_address(value: Option<String>) -> Result<Option<String>, Unfit> {
    let value = within(value, LONGEST_URL)?;
    let web = value.as_ref().is_none_or(|url| url.starts_with("https://") || url.starts_with("http://"));
    if web { Ok(value) } else { Err(Unfit) }
}

fn gender(value: Option<i64>) -> Result<Option<i64>, Unfit> {
    if value.is_none_or(|gender| (0..=2).contains(&gender)) { Ok(value) } else { Err(Unfit) }
}

/// Postgres keeps no NUL in a text.
fn within(value: Option<String>, longest: usize) -> Result<Option<String>, Unfit> {
    let value = value.filter(|text| !text.is_empty());
    let fits = value.as_ref().is_none_or(|text| text.chars().count() <= longest && !text.contains('\0'));
    if fits { Ok(value) } else { Err(Unfit) }
}
