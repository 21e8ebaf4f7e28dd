use serde::{Deserialize, Serialize};

use super::{AppRef, Millis, UserSummary};

/// WeChat gave one unionid to logins of two users. Nothing is merged by itself: both stay as they are, and an operator
/// decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnionidConflict {
    pub id: String,
    pub unionid: String,
    /// Where the unionid appeared for [`Self::user`].
    pub app: AppRef,
    pub openid: String,
    pub at: Millis,
    /// Whose login brought the unionid this time.
    pub user: UserSummary,
    /// Who had it before.
    pub other: UserSummary,
}
