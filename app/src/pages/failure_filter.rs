use crate::{
    components::url_value,
    error::ConsoleError,
    types::{Cause, FailureQuery, Millis, Stage, Zone},
};

pub(super) const PATH: &str = "/console/failures";
const FIELDS: [&str; 8] = ["cause", "stage", "app", "version", "user", "healed", "from", "to"];

/// What the failures list is narrowed to, as the URL says it. An empty field of the form is none.
#[derive(Debug, Clone)]
pub(super) struct FailureFilter(Vec<(&'static str, String)>);

impl FailureFilter {
    /// From the query of a URL.
    pub(super) fn of(query: &str) -> Self {
        let said = |field: &'static str| {
            let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == field);
            Some((field, found?.1.trim().to_owned())).filter(|(_, value)| !value.is_empty())
        };
        Self(FIELDS.into_iter().filter_map(said).collect())
    }

    /// Empty when nothing is said.
    pub(super) fn get(&self, field: &str) -> String {
        self.find(field).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, value)| value.clone())
    }

    /// As the query of a URL, without its cursor.
    pub(super) fn url_query(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={}", url_value(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The list under the same filter but for another cause, or for any.
    pub(super) fn with_cause(&self, cause: Option<Cause>) -> String {
        let others = self.0.iter().filter(|(name, _)| *name != "cause").cloned();
        let cause = cause.map(|cause| ("cause", cause.name().to_owned()));
        let query = Self(cause.into_iter().chain(others).collect()).url_query();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }

    /// What to ask the server for, newest first. A name that no form of ours sends is refused.
    pub(super) fn ask(&self, zone: &Zone) -> Result<FailureQuery, ConsoleError> {
        let named = |field| self.find(field);
        let healed = match named("healed").as_deref() {
            None => None,
            Some("yes") => Some(true),
            Some("no") => Some(false),
            Some(_) => return Err(ConsoleError::BadRequest),
        };
        Ok(FailureQuery {
            cause: known(named("cause"), Cause::from_name)?,
            stage: known(named("stage"), Stage::from_name)?,
            appid: named("app"),
            version: named("version"),
            user_id: named("user"),
            healed,
            from: known(named("from"), |text| zone.from(text))?,
            to: known(named("to"), |text| zone.to(text))?,
            cursor: None,
        })
    }
}

/// What the failures list shows under the query of its URL, for who listens to what is new there.
pub fn failure_query(query: &str, zone: &Zone) -> Result<FailureQuery, ConsoleError> {
    FailureFilter::of(query).ask(zone)
}

/// As the form's field shows it: a day, or a minute in the viewer's zone; a link may bring a moment. `None`: neither.
pub(super) fn minute_of(text: &str, zone: &Zone) -> Option<String> {
    let minute = |at: Millis| zone.minute(at);
    zone.from(text).filter(|_| text.contains('T')).map(minute)
}

fn known<T>(name: Option<String>, from_name: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ConsoleError> {
    name.map(|name| from_name(&name).ok_or(ConsoleError::BadRequest)).transpose()
}

#[cfg(test)]
mod tests {
    use super::{Cause, ConsoleError, FailureFilter, Zone, failure_query, minute_of};

    #[test]
    fn another_cause_keeps_the_rest_of_the_filter() {
        let filter = FailureFilter(vec![("cause", "plus_lost".into()), ("version", "1.0 b".into())]);
        assert_eq!(filter.url_query(), "cause=plus_lost&version=1.0+b");
        assert_eq!(filter.with_cause(Some(Cause::CodeUsed)), "/console/failures?cause=code_used&version=1.0+b");
        assert_eq!(filter.with_cause(None), "/console/failures?version=1.0+b");
    }

    #[test]
    fn days_are_the_viewers_and_moments_are_everybodys() {
        let (beijing, utc) = (Zone::default(), Zone::from_name("UTC").unwrap());
        let from = |zone: &Zone, text: &str| failure_query(&format!("from={text}"), zone).unwrap().from.unwrap();
        let day = "2026-11-21";
        assert_eq!(from(&utc, day).since(from(&beijing, day)), 8 * 3_600_000);
        let moment = "2026-11-20T16:00:00Z";
        assert_eq!((from(&utc, moment), from(&beijing, moment)), (from(&beijing, day), from(&beijing, day)));
        assert_eq!((minute_of(moment, &beijing), minute_of(day, &beijing)), (Some("2026-11-21T00:00".into()), None));
    }

    #[test]
    fn names_that_no_form_sends_are_refused() {
        for field in ["cause", "stage", "healed", "from", "to"] {
            let refused = FailureFilter(vec![(field, "nonsense".into())]).ask(&Zone::default());
            assert_eq!(refused, Err(ConsoleError::BadRequest), "{field}");
        }
        let query = failure_query("cause=plus_lost&healed=no&cursor=x&version=+", &Zone::default()).unwrap();
        assert_eq!((query.cause, query.healed, query.version), (Some(Cause::PlusLost), Some(false), None));
    }
}
