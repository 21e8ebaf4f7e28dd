use clap::Args;
use latchkey_app::{
    text::{Lang, T},
    types::{Asked, Cause, Certainty, Evidence, Millis},
};
use serde_json::{Value, json};

use super::{ConfigFile, Failed, Outcome, apikey, say};
use crate::store::{
    Start,
    failures::{self, FailureRow, Filter},
};

/// Rows per look into the database.
const BATCH: usize = 500;

/// `latchkey failures`: failures and healings, newest first.
#[derive(Debug, Args)]
pub(super) struct Failures {
    /// How far back: 30m, 24h, 7d.
    #[arg(long, default_value = "24h")]
    since: String,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigFile,
}

impl Failures {
    pub(super) async fn run(self) -> Outcome {
        let seconds = seconds(&self.since)?;
        let accounts = apikey::open(self.config).await?;
        let from = Some(accounts.clock.now().plus_seconds(-seconds));
        let filter = Filter { from, ..Filter::default() };
        let mut start = Start::Newest;
        loop {
            let mut tx = accounts.db.read().await?;
            let slice = failures::list(&mut tx, &filter, start, BATCH).await?;
            for row in &slice.rows {
                let openid = match row.binding_id {
                    _ if row.openid.is_some() => row.openid.clone(),
                    // Of an earlier version.
                    Some(binding) => crate::store::bindings::find(&mut tx, binding).await?.map(|row| row.openid),
                    None => None,
                };
                say(if self.json { json_line(row, openid.as_deref()) } else { line(row) });
            }
            match slice.rows.last().filter(|_| slice.older) {
                Some(last) => start = Start::After(last.id),
                None => return Ok(()),
            }
        }
    }
}

fn seconds(text: &str) -> Result<i64, Failed> {
    let wrong = || Failed(format!("--since {text}: write it like 30m, 24h or 7d"));
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or_else(wrong)?;
    let unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    Ok(number.saturating_mul(unit))
}

fn line(row: &FailureRow) -> String {
    let state = if row.healed { "healed" } else { "failed" };
    let proof = proof(row);
    let at = Millis(row.at).rfc3339();
    format!("{at}\t{state}\t{}\t{}\t{}\t{proof}\t{}", row.cause, row.appid, row.call, row.request_id)
}

/// What the cause was concluded from; says so where that makes it merely likely.
fn proof(row: &FailureRow) -> String {
    let evidence: Evidence = serde_json::from_str(&row.evidence).unwrap_or_default();
    let words = T(Lang::En).proof(&evidence.proof);
    match certainty(row, &evidence) {
        Certainty::Likely => format!("likely: {words}"),
        _ => words,
    }
}

fn certainty(row: &FailureRow, evidence: &Evidence) -> Certainty {
    Certainty::of(Cause::from_name(&row.cause).unwrap_or(Cause::Unknown), &evidence.proof)
}

/// The fields of contract §1, and what else there is.
fn json_line(row: &FailureRow, openid: Option<&str>) -> String {
    let evidence: Evidence = serde_json::from_str(&row.evidence).unwrap_or_default();
    let asked: Vec<Asked> = serde_json::from_str(&row.asked).unwrap_or_default();
    json!({
        "at": Millis(row.at).rfc3339(),
        "appid": row.appid,
        "openid": openid,
        "userId": row.user_id,
        "call": row.call,
        "stage": row.stage,
        "cause": row.cause,
        "healed": row.healed,
        "wechatErrcode": row.errcode,
        "rid": row.rid,
        "requestId": row.request_id,
        "supportCode": row.support_code,
        "id": row.id,
        "version": row.version,
        "times": row.times,
        "laterSuccessAt": row.later_success_at.map(|at| Millis(at).rfc3339()),
        "proof": proof(row),
        "certainty": certainty(row, &evidence).name(),
        "evidence": camel_case(json!(evidence)),
        "asked": camel_case(json!(asked)),
    })
    .to_string()
}

/// Keys as the other fields have them, without those that nothing is said about.
fn camel_case(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let said = fields.into_iter().filter(|(_, value)| !value.is_null());
            said.map(|(key, value)| (camel(&key), camel_case(value))).collect()
        }
        Value::Array(values) => values.into_iter().map(camel_case).collect(),
        other => other,
    }
}

fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (letter, rest) = part.split_at(part.len().min(1));
        name + &letter.to_ascii_uppercase() + rest
    })
}

#[cfg(test)]
mod tests {
    use latchkey_app::types::{KeyTried, Stage};

    use super::*;

    #[test]
    fn a_script_gets_the_evidence() {
        let keys = vec![KeyTried { age_ms: 32_000, stage: Stage::Padding }];
        let evidence =
            Evidence { data_chars: Some(64), keys, network: Some("203.0.113.0/24".into()), ..Evidence::default() };
        let asked = Asked {
            at: Millis(0),
            by: None,
            key_valid: Some(false),
            made_by_wechat: None,
            made_at: None,
            errcode: None,
        };
        let (evidence, asked) = (json!(evidence).to_string(), json!([asked]).to_string());
        let row = FailureRow { evidence, asked, ..FailureRow::default() };
        let line: Value = serde_json::from_str(&json_line(&row, None)).unwrap();
        assert_eq!(line["evidence"]["dataChars"], 64);
        assert_eq!(line["evidence"]["keys"][0]["ageMs"], 32_000);
        assert_eq!(line["evidence"]["network"], "203.0.113.0/24");
        assert_eq!(line["evidence"].get("errcode"), None);
        assert_eq!(line["asked"][0]["keyValid"], false);
    }
}
