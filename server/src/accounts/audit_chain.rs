use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use latchkey_app::types::{Chain, ChainState, LastCheck};

use super::{Accounts, Failure, Fault, audit::HEAD};
use crate::{
    clock::Millis,
    store::{
        Tx,
        audit::{self, AuditRow},
        settings,
    },
};

/// Entries looked at in one go; how far it came is kept after each.
const BATCH: i64 = 1000;
/// How long a look at every entry is good for.
const FULL_EVERY_MS: i64 = 3600 * 1000;
/// So long a page waits for a look at every entry. A short log is through by then; a long one goes on beside.
const PATIENCE: Duration = Duration::from_secs(2);

/// What this node has seen of the log. A look at all of it takes a second per some 100,000 entries, so a page looks only
/// at what was added since the last one; once an hour all of it is looked at, on a task of its own. What was seen also tells
/// when the whole log, with what vouches for it, is put back to an older state while the node runs.
#[derive(Debug, Default)]
pub struct SeenChain {
    looks: Mutex<Looks>,
    /// One look at all of it at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Looks {
    seen: Option<Seen>,
    /// A look at all of it that runs, or was interrupted and goes on there.
    begun: Option<Begun>,
}

#[derive(Debug, Clone)]
struct Seen {
    /// The last entry that is whole with all before it; the state of what comes behind it.
    last: Option<AuditRow>,
    state: ChainState,
    checked_at: Millis,
}

#[derive(Debug, Clone)]
struct Begun {
    last: Option<AuditRow>,
    at: Millis,
}

impl SeenChain {
    fn looks(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> Chain {
        let looks = self.looks();
        let last = looks.seen.as_ref().map(|seen| LastCheck { state: seen.state, checked_at: seen.checked_at });
        // A look that failed has begun, too, but nobody goes on with it.
        let looking = self.turn.try_lock().is_err();
        let checking = looks.begun.as_ref().filter(|_| looking).map(|begun| seq(begun.last.as_ref()));
        Chain { last, checking }
    }
}

fn seq(row: Option<&AuditRow>) -> i64 {
    row.map_or(0, |row| row.seq)
}

impl Accounts {
    /// The number of entries, or the first one that was changed or follows a missing one. Looks at all of them.
    pub async fn verify_audit(&self) -> Result<Result<i64, i64>, Failure> {
        let _turn = self.seen_chain.turn.lock().await;
        Ok(match self.look_at_all().await? {
            ChainState::Whole { entries } => Ok(entries),
            ChainState::Broken { seq } => Err(seq),
        })
    }

    /// What is known of the log: by what is new in it since the last look, and (`anew`, and after an hour) by all of it, as
    /// soon as that is done.
    pub async fn audit_chain(&self, anew: bool) -> Result<Chain, Failure> {
        if anew || self.full_look_is_due() {
            let accounts = self.clone();
            let look = tokio::spawn(async move { accounts.look_at_all_in_turn().await });
            if let Ok(done) = tokio::time::timeout(PATIENCE, look).await {
                done.map_err(|_| Fault::Panicked)??;
            }
        }
        self.look_at_new().await?;
        Ok(self.seen_chain.told())
    }

    fn full_look_is_due(&self) -> bool {
        let now = self.clock.now();
        self.seen_chain.looks().seen.as_ref().is_none_or(|seen| now.since(seen.checked_at) >= FULL_EVERY_MS)
    }

    /// Whoever comes while somebody else looks waits for what he finds.
    async fn look_at_all_in_turn(&self) -> Result<(), Failure> {
        if let Ok(_turn) = self.seen_chain.turn.try_lock() {
            self.look_at_all().await?;
        } else {
            drop(self.seen_chain.turn.lock().await);
        }
        Ok(())
    }

    /// Every entry from the first one, a batch at a time. After a failure it goes on where it was, unless that is long ago.
    async fn look_at_all(&self) -> Result<ChainState, Failure> {
        let now = self.clock.now();
        let begun = self.seen_chain.looks().begun.take().filter(|begun| now.since(begun.at) < FULL_EVERY_MS);
        let mut begun = begun.unwrap_or(Begun { last: None, at: now });
        loop {
            self.seen_chain.looks().begun = Some(begun.clone());
            let mut tx = self.db.read().await?;
            let (last, state) = self.step(&mut tx, begun.last.take()).await?;
            begun.last = last;
            if let Some(state) = state {
                let state = self.compared(&mut tx, state).await?;
                let mut looks = self.seen_chain.looks();
                *looks = Looks { seen: Some(Seen { last: begun.last, state, checked_at: begun.at }), begun: None };
                return Ok(state);
            }
            // Others use this thread, too.
            tokio::task::yield_now().await;
        }
    }

    /// What was added since the last look.
    async fn look_at_new(&self) -> Result<(), Failure> {
        let Some(mut seen) = self.seen_chain.looks().seen.clone() else { return Ok(()) };
        if matches!(seen.state, ChainState::Broken { .. }) {
            return Ok(());
        }
        let from = seq(seen.last.as_ref());
        let mut tx = self.db.read().await?;
        loop {
            let (last, state) = self.step(&mut tx, seen.last.take()).await?;
            seen.last = last;
            if let Some(state) = state {
                seen.state = self.compared(&mut tx, state).await?;
                break;
            }
        }
        let mut looks = self.seen_chain.looks();
        // Unless somebody has seen more meanwhile.
        if looks.seen.as_ref().is_some_and(|now| seq(now.last.as_ref()) == from && now.checked_at == seen.checked_at) {
            looks.seen = Some(seen);
        }
        Ok(())
    }

    /// The state, when what was seen before is still there.
    async fn compared(&self, tx: &mut Tx, state: ChainState) -> Result<ChainState, Failure> {
        let before = self.seen_chain.looks().seen.as_ref().and_then(|seen| seen.last.clone());
        Ok(match before {
            Some(before)
                if matches!(state, ChainState::Whole { .. })
                    && audit::find(tx, before.seq).await?.as_ref() != Some(&before) =>
            {
                ChainState::Broken { seq: before.seq }
            }
            _ => state,
        })
    }

    /// The next entries behind `last`; the state once there are no more, by what vouches for the end. A log without any entry
    /// is broken: each begins with one.
    async fn step(
        &self,
        tx: &mut Tx,
        mut last: Option<AuditRow>,
    ) -> Result<(Option<AuditRow>, Option<ChainState>), Failure> {
        let rows = audit::after(tx, seq(last.as_ref()), BATCH).await?;
        if rows.is_empty() {
            let head = settings::find(tx, HEAD).await?;
            let whole = last.as_ref().is_some_and(|last| head.as_deref() == Some(&self.head(last)));
            let entries = seq(last.as_ref());
            let state = if whole { ChainState::Whole { entries } } else { ChainState::Broken { seq: entries + 1 } };
            return Ok((last, Some(state)));
        }
        for row in rows {
            if row.seq != seq(last.as_ref()) + 1 || self.link(last.as_ref(), &row) != row.hash {
                return Ok((last, Some(ChainState::Broken { seq: row.seq })));
            }
            last = Some(row);
        }
        Ok((last, None))
    }
}
