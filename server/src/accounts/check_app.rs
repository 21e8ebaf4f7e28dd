use super::{Accounts, Actor, Failure};
use latchkey_app::types::AuditAction;

impl Accounts {
    /// Asks WeChat whether it takes a mini program's credentials from this server. What it objects to becomes an alert, as
    /// with any other call.
    pub async fn check_app(&self, appid: &str, actor: &Actor) -> Result<(), Failure> {
        let checked = self.wechat.check_credentials(appid).await;
        let mut tx = self.db.write().await?;
        let detail = serde_json::json!({ "appid": appid, "good": checked.is_ok() });
        self.write_audit(&mut tx, actor, AuditAction::CheckApp, None, &detail).await?;
        tx.commit().await?;
        match checked {
            Ok(()) => Ok(()),
            Err(error) => Err(self.wechat_failed(appid, error).await),
        }
    }
}
