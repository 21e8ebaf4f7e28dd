use super::{Accounts, Failure, Session};

impl Accounts {
    /// WeChat's own answer about the newest session_key that is held; `false` without one.
    pub async fn check_session(&self, session: Session) -> Result<bool, Failure> {
        let binding = session.binding;
        let ring = self.key_ring(&mut self.db.read().await?, binding.id, self.clock.now()).await?;
        let Some(newest) = ring.first() else { return Ok(false) };
        self.user_quota.take(binding.id)?;
        match self.wechat.check_session(&binding.appid, &binding.openid, &newest.key).await {
            Ok(valid) => Ok(valid),
            Err(error) => Err(self.wechat_failed(&binding.appid, error).await),
        }
    }
}
