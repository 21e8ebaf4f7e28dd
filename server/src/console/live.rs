use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use latchkey_app::{error::ConsoleError, types::FailureQuery};
use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use super::failures::filter;
use crate::{
    clock::Clock,
    store::{
        Db, Result, Start, audit,
        failures::{self, FailureRow, Filter},
        rollups,
    },
};

/// One look at the database serves everybody who listens at this node. So often, because whoever is put out on another node
/// must not go on listening at this one: within a second he does not.
const LOOK: Duration = Duration::from_millis(800);
/// More new failures than this are many.
const RECENT: usize = 100;

/// What is new in the console, for as long as somebody listens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live(Arc<Watch>);

#[derive(Debug)]
struct Watch {
    db: Db,
    clock: Clock,
    /// Gone when nobody listens any more.
    pulses: Mutex<Weak<watch::Sender<Pulse>>>,
}

/// What the last look saw.
#[derive(Debug, Clone, Default)]
pub struct Pulse {
    /// Changes with every number that a page shows; absent before the first look.
    mark: Option<String>,
    /// Newest first.
    recent: Arc<[FailureRow]>,
    /// Somebody's session may have ended: each listener must see whether it was his own.
    pub sign_outs: u64,
    /// The newest entry of the audit log. Every act that ends a session stands there, whichever node it was done on.
    acts: i64,
}

/// Which failures a listener asks about.
#[derive(Debug, Clone)]
pub struct Wanted {
    filter: Filter,
    /// The newest that he sees.
    since: Uuid,
}

/// What a listener is told. Nothing of it is about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct News {
    /// New ones since the newest that he sees, at most [`RECENT`].
    failures: usize,
    mark: String,
}

impl Wanted {
    /// Under the filter of a failures list whose newest record is `since`; empty: it has none.
    pub fn new(query: &FailureQuery, since: &str) -> std::result::Result<Self, ConsoleError> {
        let since = if since.is_empty() { Ok(Uuid::nil()) } else { since.parse() };
        Ok(Self { filter: filter(query)?, since: since.map_err(|_| ConsoleError::BadRequest)? })
    }

    /// `None` while nothing has been looked at.
    pub fn of(&self, pulse: &Pulse) -> Option<News> {
        let new = pulse.recent.iter().filter(|row| row.id > self.since && self.filter.fits(row));
        Some(News { failures: new.count(), mark: pulse.mark.clone()? })
    }
}

impl Live {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self(Arc::new(Watch { db, clock, pulses: Mutex::default() }))
    }

    /// Whoever comes first starts the looking; when the last one has gone, it ends.
    pub fn listen(&self) -> watch::Receiver<Pulse> {
        let mut pulses = self.0.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = pulses.upgrade() {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(Pulse::default());
        let sender = Arc::new(sender);
        *pulses = Arc::downgrade(&sender);
        tokio::spawn(self.clone().look(sender));
        receiver
    }

    /// Listeners see at once whether their session is still there.
    pub fn look_again(&self) {
        let pulses = self.0.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = pulses.upgrade() {
            sender.send_modify(|pulse| pulse.sign_outs += 1);
        }
    }

    async fn look(self, sender: Arc<watch::Sender<Pulse>>) {
        loop {
            if let Err(error) = self.look_once(&sender).await {
                // The next look tries again; whoever needs the database says more.
                tracing::debug!(%error, "nothing can be told to those who listen");
            }
            tokio::time::sleep(LOOK).await;
            // Under the lock: whoever comes now finds this sender or makes another.
            let mut pulses = self.0.pulses.lock().unwrap_or_else(PoisonError::into_inner);
            if sender.receiver_count() == 0 {
                *pulses = Weak::new();
                return;
            }
        }
    }

    async fn look_once(&self, sender: &watch::Sender<Pulse>) -> Result<()> {
        let mut tx = self.0.db.read().await?;
        let acts = audit::newest(&mut tx).await?;
        if sender.borrow().acts != acts {
            sender.send_modify(|pulse| (pulse.acts, pulse.sign_outs) = (acts, pulse.sign_outs + 1));
        }
        let mark = Some(rollups::mark(&mut tx, self.0.clock.now()).await?);
        if sender.borrow().mark == mark {
            return Ok(());
        }
        let recent = failures::list(&mut tx, &Filter::default(), Start::Newest, RECENT).await?;
        sender.send_modify(|pulse| {
            pulse.mark = mark;
            pulse.recent = recent.rows.into();
        });
        Ok(())
    }
}
