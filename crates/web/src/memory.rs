//! What pages need again and again and what seldom changes, remembered until it does.
//!
//! Every answer could be made without this; it only saves queries. The storage tells what has changed, here and on
//! other nodes, and whatever it tells makes the memory forget.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use desk::{Ctx, Desk, Error};
use domain::{Role, Team, TeamId, User, UserId};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use crate::mailboxes::Health;
use crate::views::View;

/// How many people's frames are remembered.
const MOST: usize = 2_000;

/// What stands around every page of somebody who answers.
#[derive(Clone, Debug)]
pub(crate) struct Around {
    /// All teams.
    pub(crate) teams: Vec<Team>,
    /// The teams the reader is in.
    pub(crate) own: Vec<TeamId>,
    /// How many tickets are in each of [`View::ALL`].
    pub(crate) counts: Vec<i64>,
    /// How many of the reader's notices are not read.
    pub(crate) unread: i64,
    /// How many mails wait for a decision.
    pub(crate) suspended: i64,
    /// Who has the week in the first of the reader's teams that has a hero.
    pub(crate) holding: Option<desk::rota::Holding>,
    /// That team's handover sheet, of the week that ends or of the one before.
    pub(crate) handover: Option<(Team, desk::handovers::Beside)>,
    /// Whether mail goes and comes.
    pub(crate) mail: Health,
}

impl Around {
    /// The team with this number.
    pub(crate) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// Its name.
    pub(crate) fn team_name(&self, id: TeamId) -> &str {
        self.team(id).map_or("", |team| &team.name)
    }
}

/// Whose eyes one may look through in the demo: number and words.
pub(crate) type Eyes = Arc<Vec<(i64, String)>>;

/// The memory of one node.
pub(crate) struct Memory {
    news: Mutex<Receiver<Arc<str>>>,
    generation: AtomicU64,
    around: Mutex<HashMap<UserId, (Stamp, Arc<Around>)>>,
    eyes: Mutex<Option<(u64, Eyes)>>,
}

/// When something was true: before which news, and in which minute.
type Stamp = (u64, i64);

impl Memory {
    /// An empty memory.
    pub(crate) fn new(desk: &Desk) -> Self {
        Self {
            news: Mutex::new(desk.store().changes()),
            generation: AtomicU64::new(0),
            around: Mutex::default(),
            eyes: Mutex::default(),
        }
    }

    /// What stands around a page of this person.
    pub(crate) async fn around(
        &self,
        desk: &Desk,
        ctx: &Ctx,
        user: UserId,
    ) -> Result<Arc<Around>, Error> {
        let stamp = (self.generation(), ctx.now.as_second() / 60);
        if let Some((known, around)) = lock(&self.around).get(&user)
            && *known == stamp
        {
            return Ok(around.clone());
        }
        let around = Arc::new(desk.read(ctx.clone(), move |tx, ctx| read(tx, ctx, user)).await?);
        let mut all = lock(&self.around);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(user, (stamp, around.clone()));
        Ok(around)
    }

    /// Whose eyes one may look through in the demo.
    pub(crate) async fn eyes(&self, desk: &Desk) -> Result<Eyes, Error> {
        let generation = self.generation();
        if let Some((known, eyes)) = &*lock(&self.eyes)
            && *known == generation
        {
            return Ok(eyes.clone());
        }
        let eyes = Arc::new(crate::demo::eyes(desk).await?);
        *lock(&self.eyes) = Some((generation, eyes.clone()));
        Ok(eyes)
    }

    /// A number that is another one whenever something may have changed.
    fn generation(&self) -> u64 {
        let mut news = lock(&self.news);
        let mut changed = false;
        loop {
            match news.try_recv() {
                Ok(topic) => changed |= matters(&topic),
                Err(TryRecvError::Lagged(_)) => changed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if changed {
            self.generation.fetch_add(1, Ordering::SeqCst) + 1
        } else {
            self.generation.load(Ordering::SeqCst)
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn matters(topic: &str) -> bool {
    matches!(topic, "tickets" | "mails" | "handbook" | "installation" | "*")
        || topic.starts_with("team:")
        || topic.starts_with("user:")
        || topic.starts_with("notices:")
}

fn read(tx: &mut desk::Tx<'_>, ctx: &Ctx, user: UserId) -> Result<Around, Error> {
    let teams = desk::teams::list(tx, ctx)?;
    let own: Vec<TeamId> =
        desk::teams::of_user(tx, ctx, user)?.into_iter().map(|team| team.id).collect();
    let mut counts = Vec::with_capacity(View::ALL.len());
    for view in View::ALL {
        let filters = view.filters(ctx, user, &own);
        counts.push(desk::tickets::view_counts(tx, ctx, &filters)?.into_iter().sum());
    }
    let mut holding = None;
    for team in teams.iter().filter(|team| own.contains(&team.id)) {
        holding = desk::rota::holding(tx, ctx, team)?;
        if holding.is_some() {
            break;
        }
    }
    let handover = match &holding {
        Some(holding) => desk::handovers::beside(tx, ctx, &holding.team)?
            .map(|beside| (holding.team.clone(), beside)),
        None => None,
    };
    let (unread, mail) = (desk::notices::unread(tx, ctx)?, Health::read(tx, ctx)?);
    let suspended = desk::mailbox::count_suspended(tx, ctx)?;
    Ok(Around { teams, own, counts, suspended, unread, holding, handover, mail })
}

/// Whether this person answers tickets.
pub(crate) fn answers(user: &User) -> bool {
    user.role >= Role::Agent
}
