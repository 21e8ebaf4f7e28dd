use latchkey_app::types::{Chain, ChainState};
use tokio::sync::Mutex;

use super::{Accounts, Failure, audit::HEAD};
use crate::{
    clock::Millis,
    store::{
        Tx,
        audit::{self, AuditRow},
        settings,
    },
};

const PAGE: i64 = 1000;
/// How long a look at every entry is good for.
const FULL_EVERY_MS: i64 = 3600 * 1000;

/// What this node has seen of the log. A look at all of it takes a second per some 100,000 entries, so a page looks only
/// at what was added since the last one, and at all of it once an hour. What was seen also tells when the whole log, with
/// what vouches for it, is put back to an older state while the node runs.
#[derive(Debug, Default)]
pub struct SeenChain(Mutex<Option<Seen>>);

#[derive(Debug, Clone)]
struct Seen {
    /// The last entry that is whole with all before it; the state of what comes behind it.
    last: Option<AuditRow>,
    state: ChainState,
    checked_at: Millis,
}

/// How far a walk came.
type Walk = (Option<AuditRow>, ChainState);

impl Accounts {
    /// The number of entries, or the first one that was changed or follows a missing one. Looks at all of them.
    pub async fn verify_audit(&self) -> Result<Result<i64, i64>, Failure> {
        Ok(match self.audit_chain(true).await?.state {
            ChainState::Whole { entries } => Ok(entries),
            ChainState::Broken { seq } => Err(seq),
        })
    }

    /// Whether the log is whole: by what is new in it since the last look, or (`anew`, and after an hour) by all of it.
    pub async fn audit_chain(&self, anew: bool) -> Result<Chain, Failure> {
        // One look at a time: whoever waits finds most of it done.
        let mut seen = self.seen_chain.0.lock().await;
        let next = self.look(seen.as_ref(), anew).await?;
        let chain = Chain { state: next.state, checked_at: next.checked_at };
        *seen = Some(next);
        Ok(chain)
    }

    async fn look(&self, seen: Option<&Seen>, anew: bool) -> Result<Seen, Failure> {
        let now = self.clock.now();
        let fresh = seen.filter(|seen| !anew && now.since(seen.checked_at) < FULL_EVERY_MS);
        if let Some(broken @ Seen { state: ChainState::Broken { .. }, .. }) = fresh {
            return Ok(broken.clone());
        }
        let mut tx = self.db.read().await?;
        let (last, mut state) = self.walk(&mut tx, fresh.and_then(|seen| seen.last.clone())).await?;
        if let Some(seen) = seen.and_then(|seen| seen.last.as_ref())
            && matches!(state, ChainState::Whole { .. })
            && audit::find(&mut tx, seen.seq).await?.as_ref() != Some(seen)
        {
            state = ChainState::Broken { seq: seen.seq };
        }
        Ok(Seen { last, state, checked_at: fresh.map_or(now, |seen| seen.checked_at) })
    }

    /// Every entry behind `last`, and what vouches for the end. A log without any entry is broken: each begins with one.
    async fn walk(&self, tx: &mut Tx, mut last: Option<AuditRow>) -> Result<Walk, Failure> {
        loop {
            let seq = last.as_ref().map_or(0, |last| last.seq);
            let rows = audit::after(tx, seq, PAGE).await?;
            if rows.is_empty() {
                let head = settings::find(tx, HEAD).await?;
                let whole = last.as_ref().is_some_and(|last| head.as_deref() == Some(&self.head(last)));
                let state =
                    if whole { ChainState::Whole { entries: seq } } else { ChainState::Broken { seq: seq + 1 } };
                return Ok((last, state));
            }
            for row in rows {
                let next = last.as_ref().map_or(0, |last| last.seq) + 1;
                if row.seq != next || self.link(last.as_ref(), &row) != row.hash {
                    return Ok((last, ChainState::Broken { seq: row.seq }));
                }
                last = Some(row);
            }
        }
    }
}
