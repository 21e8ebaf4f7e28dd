use super::url_filter::UrlFilter;
use crate::{
    error::ConsoleError,
    types::{Cause, FailureQuery, Millis, Stage, Zone},
};

pub(super) const PATH: &str = "/console/failures";
const FIELDS: [&str; 8] = ["cause", "stage", "app", "version", "user", "healed", "from", "to"];

pub(super) fn failure_filter() -> UrlFilter {
    UrlFilter::of_url(PATH, &FIELDS)
}

/// What to ask the server for, newest first. A name that no form of ours sends is refused.
pub(super) fn ask(filter: &UrlFilter, zone: &Zone) -> Result<FailureQuery, ConsoleError> {
    let yes_no = |name: &str| match name {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    Ok(FailureQuery {
        cause: filter.known("cause", Cause::from_name)?,
        stage: filter.known("stage", Stage::from_name)?,
        appid: filter.find("app"),
        version: filter.find("version"),
        user_id: filter.find("user"),
        healed: filter.known("healed", yes_no)?,
        from: filter.known("from", |text| zone.from(text))?,
        to: filter.known("to", |text| zone.to(text))?,
        cursor: None,
    })
}

/// What the failures list shows under the query of its URL, for who listens to what is new there.
pub fn failure_query(query: &str, zone: &Zone) -> Result<FailureQuery, ConsoleError> {
    ask(&UrlFilter::of(PATH, &FIELDS, query), zone)
}

/// As the form's field shows it: a day, or a minute in the viewer's zone; a link may bring a moment. `None`: neither.
pub(super) fn minute_of(text: &str, zone: &Zone) -> Option<String> {
    let minute = |at: Millis| zone.minute(at);
    zone.from(text).filter(|_| text.contains('T')).map(minute)
}

#[cfg(test)]
mod tests {
    use super::{Cause, ConsoleError, Zone, failure_query, minute_of};

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
            let refused = failure_query(&format!("{field}=nonsense"), &Zone::default());
            assert_eq!(refused, Err(ConsoleError::BadRequest), "{field}");
        }
        let query = failure_query("cause=plus_lost&healed=no&cursor=x&version=+", &Zone::default()).unwrap();
        assert_eq!((query.cause, query.healed, query.version), (Some(Cause::PlusLost), Some(false), None));
    }
}
