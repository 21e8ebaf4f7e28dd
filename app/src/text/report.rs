//! A failure as plain text, for a developer who has no account in the console.

use std::fmt::Write;

use super::{Lang, T, causes::Explanation};
use crate::types::{Certainty, Failure, Stage};

impl T {
    /// The whole page but its time line, without anything that says who the user is. `base` is the server's address.
    pub fn failure_as_text(self, failure: &Failure, base: &str) -> String {
        let explanation = self.explain(failure);
        let mut text = format!("{}\n\n", explanation.headline);
        for (name, value) in self.circumstances(failure) {
            let _ = writeln!(text, "{name}{}{value}", self.pick("：", ": "));
        }
        for (title, body) in self.chapters(failure, &explanation, base) {
            let _ = write!(text, "\n# {title}\n{body}\n");
        }
        text
    }

    pub const fn certainty(self, certainty: Certainty) -> &'static str {
        match certainty {
            Certainty::Proved => self.proved(),
            Certainty::Likely => self.only_likely(),
            Certainty::Unknown => self.not_proved(),
        }
    }

    fn circumstances(self, failure: &Failure) -> Vec<(&'static str, String)> {
        let evidence = &failure.evidence;
        let characters = |count: i64| format!("{count} {}", self.characters());
        let facts = [
            (self.cause(), Some(failure.cause.name().to_owned())),
            (self.time(), Some(failure.at.rfc3339())),
            (self.mini_program(), Some(format!("{} {}", failure.app.name, failure.app.appid))),
            (self.version(), failure.version.as_deref().map(|version| self.version_name(version))),
            (self.call(), Some(failure.call.clone())),
            (self.stage(), Some(self.stage_name(failure.stage).to_owned())),
            ("errcode", evidence.errcode.map(|errcode| errcode.to_string())),
            ("rid", evidence.rid.clone()),
            (self.data_length(), evidence.data_chars.map(characters)),
            (self.iv_length(), evidence.iv_chars.map(characters)),
            (self.code_length(), evidence.code_chars.map(characters)),
            (self.since_login(), evidence.since_login_ms.map(|ms| self.before(ms))),
            (self.data_age(), evidence.data_age_s.map(|seconds| self.before(seconds.saturating_mul(1000)))),
            (self.keys_tried(), (!evidence.keys.is_empty()).then(|| self.keys_in_words(failure))),
            (self.ciphertext_hash(), evidence.ciphertext_sha256.clone()),
            (self.wechat_version(), evidence.wechat_version.clone()),
            (self.sdk_version(), evidence.sdk_version.clone()),
            (self.platform(), evidence.platform.clone()),
            (self.request_id(), Some(failure.request_id.clone())),
        ];
        facts.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?))).collect()
    }

    fn keys_in_words(self, failure: &Failure) -> String {
        let words = failure.evidence.keys.iter().map(|key| {
            let result = match key.stage {
                Stage::Done => self.fits().to_owned(),
                Stage::Watermark | Stage::Owner => self.opens().to_owned(),
                stage => format!("{}{}", self.stopped_at(), self.stage_name(stage)),
            };
            match self.0 {
                Lang::Zh => format!("{}收到的：{result}", self.before(key.age_ms)),
                Lang::En => format!("received {}: {result}", self.before(key.age_ms)),
            }
        });
        words.collect::<Vec<_>>().join(self.pick("；", "; "))
    }

    fn chapters(self, failure: &Failure, explanation: &Explanation, base: &str) -> Vec<(&'static str, String)> {
        let known = format!(
            "{}{}{}",
            self.certainty(failure.certainty()),
            self.pick("：", ": "),
            self.proof(&failure.evidence.proof)
        );
        let mut chapters = vec![
            (self.what_happened(), explanation.happened.clone()),
            (self.how_we_know(), known),
            (self.what_to_change(), explanation.fix.clone()),
        ];
        if let Some(snippet) = explanation.snippet {
            chapters.extend(self.wrong(snippet).map(|code| (self.wrong_code(), code)));
            chapters.push((self.right_code(), self.right(snippet)));
            chapters.push((self.helpers(), self.snippet_helpers(base)));
        }
        chapters
    }
}
