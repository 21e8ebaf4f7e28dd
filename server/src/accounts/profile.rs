use super::Failure;

/// Longer than any nickname WeChat allows.
const LONGEST_TEXT: usize = 128;
const LONGEST_URL: usize = 1024;

/// What a user says of himself. An absent or empty value changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    pub nickname: Option<String>,
    /// An http or https address that is no file of the user's device; never loaded by the console.
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

/// The name that WeChat gives every user since it stopped to give the true ones.
const ANONYMOUS_NAME: &str = "微信用户";
/// In the address of the grey picture that comes with it, on whichever host and in whichever size.
const ANONYMOUS_PICTURE: &str =
    "/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/";

/// A profile as a client reports it from WeChat, in two parts.
pub(super) struct Reported {
    /// The data that the user has at WeChat.
    pub own: Profile,
    /// Nickname and picture that everybody has: they take nobody's place.
    pub anonymous: Profile,
}

impl Profile {
    pub(super) fn reported(self) -> Reported {
        let is_name = self.nickname.as_deref().is_some_and(|name| name.trim() == ANONYMOUS_NAME);
        let is_picture = self.avatar_url.as_deref().is_some_and(|url| url.contains(ANONYMOUS_PICTURE));
        let mut own = self;
        let mut anonymous = Self::default();
        if is_name {
            // The whole of it says nothing, the gender 0 included.
            anonymous.nickname = own.nickname.take();
            anonymous.avatar_url = own.avatar_url.take();
            own.gender = own.gender.filter(|gender| *gender != 0);
        } else if is_picture {
            anonymous.avatar_url = own.avatar_url.take();
        }
        Reported { own, anonymous }
    }
}

/// A value that cannot be kept.
struct Unfit;

fn text(value: Option<String>) -> Result<Option<String>, Unfit> {
    within(value, LONGEST_TEXT)
}

fn web_address(value: Option<String>) -> Result<Option<String>, Unfit> {
    let value = within(value, LONGEST_URL)?;
    if value.as_deref().is_none_or(is_web_address) { Ok(value) } else { Err(Unfit) }
}

/// Whether others can open it, too. On the user's device, WeChat has files under `http://tmp/` and `http://usr/`, and its
/// developer tools under `http://127.0.0.1:…/__tmp__/`.
fn is_web_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return false;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with('[') {
        return !host.starts_with("[::1]");
    }
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    host.contains('.') && !host.starts_with("127.") && host != "0.0.0.0"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_has_is_nobodys_own() {
        let reported = |nickname: &str, avatar: &str| {
            let (nickname, avatar_url) = (Some(nickname.to_owned()), Some(avatar.to_owned()));
            let Reported { own, anonymous } =
                Profile { nickname, avatar_url, gender: Some(0), ..Profile::default() }.reported();
            (own.nickname.is_some(), own.avatar_url.is_some(), own.gender, anonymous.avatar_url.is_some())
        };
        let grey = format!("https://thirdwx.qlogo.cn/mmopen/vi_32{ANONYMOUS_PICTURE}132");
        assert_eq!(reported("微信用户", "https://wx.qlogo.cn/1"), (false, false, None, true));
        assert_eq!(reported("陈晓", &grey), (true, false, Some(0), true));
        assert_eq!(reported("陈晓", "https://wx.qlogo.cn/1"), (true, true, Some(0), false));
    }

    #[test]
    fn a_file_of_the_users_device_is_no_web_address() {
        for url in [
            "http://tmp/a.png",
            "HTTP://TMP/a",
            "http://usr/a",
            "https://store/a",
            "http://tmp:80/a",
            "http://tmp./a",
            "http://x@tmp/a",
            "http://localhost:3000/a",
            "http://127.0.0.1:4/__tmp__/a",
            "http://[::1]/a",
            "wxfile://a.b/c",
            "http://",
            "http:///a.b",
            "//a.b/c",
        ] {
            assert!(!is_web_address(url), "{url}");
        }
        for url in [
            "https://thirdwx.qlogo.cn/a/132",
            "HTTPS://cdn.example.com/tmp/a",
            "http://203.0.113.9/a",
            "https://[2001:db8::1]/a",
        ] {
            assert!(is_web_address(url), "{url}");
        }
    }
}
