use serde::Deserialize;
use serde_json::json;

use super::{WeChat, WeChatError};
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

impl WeChat {
    /// `POST /wxa/business/getuserphonenumber` (protocol §4): spends the phone code.
    pub async fn phone_number(&self, appid: &str, code: &str) -> Result<PhoneNumber, WeChatError> {
        let url = format!("{}/wxa/business/getuserphonenumber", self.base_url);
        let body = json!({ "code": code });
        let answer: Answer = self
            .with_access_token(appid, |token| {
                let (url, body) = (&url, &body);
                async move {
                    let query = [("access_token", token.expose())];
                    self.send("getuserphonenumber", || self.http.post(url).query(&query).json(body)).await
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
