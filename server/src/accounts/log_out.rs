use super::{Accounts, Failure, Session};
use crate::store::tokens;

impl Accounts {
    /// Ends the token's life, at once and on every node. Other tokens of the user live on.
    pub async fn log_out(&self, session: Session) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        tokens::delete(&mut tx, session.token_hash).await?;
        Ok(tx.commit().await?)
    }
}
