use super::{Accounts, Failure, Session, UserInfo};

impl Accounts {
    /// The signed-in user.
    pub fn get_me(&self, session: Session) -> Result<UserInfo, Failure> {
        self.user_info(session.user, session.binding)
    }
}
