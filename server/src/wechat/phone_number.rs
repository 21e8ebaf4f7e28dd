use serde::Deserialize;
use serde_json::json;

use super::{Refusal, WeChat, WeChatError};
use crate::{open_data::PhoneInfo, phone::PhoneNumber};

#[derive(Deserialize)]
struct Answer {
    phone_info: Info,
}

#[derive(Deserialize)]
struct Info {
    #[serde(flatten)]
    phone: PhoneInfo,
    watermark: Watermark,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}

/// For the access_token it means that the configured appid is wrong; for the code, that it is another mini program's.
const OTHER_APP: i64 = 40013;

impl WeChat {
    /// `POST /wxa/business/getuserphonenumber`: spends the phone code. With an `openid`, WeChat refuses a code that is
    /// not that user's.
    pub async fn phone_number(
        &self,
        appid: &str,
        code: &str,
        openid: Option<&str>,
    ) -> Result<PhoneNumber, WeChatError> {
        let url = format!("{}/wxa/business/getuserphonenumber", self.base_url);
        let body = match openid {
            Some(openid) => json!({ "code": code, "openid": openid }),
            None => json!({ "code": code }),
        };
        let answer: Answer = self
            .with_access_token(appid, |token| {
                let (url, body) = (&url, &body);
                async move {
                    let query = [("access_token", token.expose())];
                    let answer = self.send("getuserphonenumber", || self.http.post(url).query(&query).json(body)).await;
                    answer.map_err(about_the_code)
                }
            })
            .await?;
        let Info { phone, watermark } = answer.phone_info;
        if watermark.appid != appid {
            return Err(WeChatError::Unavailable("a phone number for another mini program"));
        }
        phone.phone().ok_or(WeChatError::Unavailable("an answer without a phone number"))
    }
}

fn about_the_code(error: WeChatError) -> WeChatError {
    match error {
        WeChatError::Refused(refusal @ Refusal { errcode: OTHER_APP, .. }) => WeChatError::OtherAppsCode(refusal),
        other => other,
    }
}
