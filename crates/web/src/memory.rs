//! What pages need again and again and what seldom changes, remembered until it does.
//!
//! Every answer could be made without this; it only saves queries. The storage tells what has changed, here and on
//! other nodes, and whatever it tells makes the memory forget.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use desk::tickets::Filter;
use desk::{Ctx, Desk, Error};
use domain::{Role, Team, TeamId, User, UserId};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use crate::mailboxes::Health;
use crate::views::View;

/// How many people's frames are remembered.
const MOST: usize = 2_000;

/// How many kept views the navigation shows.
const MOST_KEPT: usize = 20;

/// Counting that takes longer than this is not done again for every change of a ticket.
const DEAR: Duration = Duration::from_millis(25);

/// So much of the time at most is spent on counting for one person, as one part in so many.
const SHARE: u32 = 20;

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
    /// The views that are kept for the reader and offered, with how many tickets are in each.
    pub(crate) kept: Vec<(domain::View, i64)>,
    /// The areas of the handbook: name in queries, and what it is called.
    pub(crate) areas: Vec<(String, String)>,
    /// How many tickets wait for us that went to the team for whatever has no area.
    pub(crate) triage: i64,
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
    /// The same without the tickets: whatever else pages are made of.
    frame: AtomicU64,
    /// Another number after any news at all, and after each form somebody sent here.
    anything: AtomicU64,
    /// What makes the numbers of this run others than those of the run before.
    run: String,
    around: Mutex<HashMap<UserId, Known>>,
    eyes: Mutex<Option<(u64, Eyes)>>,
}

/// When something was true: before which news, and in which minute.
type Stamp = (u64, i64);

/// What is known for one person.
struct Known {
    stamp: Stamp,
    frame: u64,
    /// Until when it is good enough although tickets have changed, for it was dear.
    until: Instant,
    around: Arc<Around>,
}

impl Known {
    fn holds(&self, stamp: Stamp, frame: u64) -> bool {
        let still = self.stamp.1 == stamp.1 && self.frame == frame;
        self.stamp == stamp || still && Instant::now() < self.until
    }
}

impl Memory {
    /// An empty memory.
    pub(crate) fn new(desk: &Desk) -> Self {
        Self {
            news: Mutex::new(desk.store().changes()),
            generation: AtomicU64::new(0),
            frame: AtomicU64::new(0),
            anything: AtomicU64::new(0),
            run: desk::token(),
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
        let frame = self.frame.load(Ordering::SeqCst);
        if let Some(known) = lock(&self.around).get(&user).filter(|one| one.holds(stamp, frame)) {
            return Ok(known.around.clone());
        }
        let begun = Instant::now();
        let around = Arc::new(desk.read(ctx.clone(), move |tx, ctx| read(tx, ctx, user)).await?);
        let took = begun.elapsed();
        let rest = if took < DEAR { Duration::ZERO } else { took * SHARE };
        let mut all = lock(&self.around);
        if all.len() >= MOST {
            all.clear();
        }
        let known = Known { stamp, frame, until: Instant::now() + rest, around: around.clone() };
        all.insert(user, known);
        Ok(around)
    }

    /// Somebody changes something: what they see next is counted anew.
    pub(crate) fn forget(&self, user: UserId) {
        lock(&self.around).remove(&user);
        self.anything.fetch_add(1, Ordering::SeqCst);
    }

    /// What a page is made of besides its address and its reader: the same text until there is news, and for a minute at
    /// most, for pages tell the time.
    pub(crate) fn edition(&self, ctx: &Ctx) -> String {
        self.generation();
        let anything = self.anything.load(Ordering::SeqCst);
        format!("{}.{anything}.{}", self.run, ctx.now.as_second() / 60)
    }

    /// Where the news stand: a page says so when it begins to listen.
    pub(crate) fn mark(&self) -> String {
        format!("{}.{}", self.run, self.generation())
    }

    /// Whether there were news since a page was drawn here; of what another node has drawn nothing is known.
    pub(crate) fn has_moved(&self, mark: &str) -> bool {
        let Some((run, number)) = mark.rsplit_once('.') else { return false };
        run == self.run && number != self.generation().to_string()
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
        let (mut changed, mut more, mut any) = (false, false, false);
        loop {
            match news.try_recv() {
                Ok(topic) if &*topic == "tickets" => changed = true,
                Ok(topic) => more |= matters(&topic),
                Err(TryRecvError::Lagged(_)) => more = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
            any = true;
        }
        if any || more {
            self.anything.fetch_add(1, Ordering::SeqCst);
        }
        changed |= more;
        if more {
            self.frame.fetch_add(1, Ordering::SeqCst);
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
    matches!(topic, "mails" | "handbook" | "installation" | desk::views::TOPIC | "*")
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
    let held = desk::views::held(tx, ctx, &triage_query(ctx))?;
    let filters = View::Open.filters(ctx, user, &own).into_iter();
    let filters: Vec<_> =
        filters.map(|one| Filter { meant: held.filter.meant.clone(), ..one }).collect();
    let triage = desk::tickets::view_counts(tx, ctx, &filters)?.into_iter().sum();
    let mut kept = Vec::new();
    for view in desk::views::kept(tx, ctx)?.into_iter().filter(|view| view.active).take(MOST_KEPT) {
        let count = desk::views::count_of(tx, ctx, &view)?;
        kept.push((view, count));
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
    let areas = ctx.handbook.areas.iter().map(|area| (area.slug.clone(), area.name.clone()));
    let suspended = desk::mailbox::count_suspended(tx, ctx)?;
    Ok(Around {
        teams,
        own,
        counts,
        unread,
        kept,
        areas: areas.collect(),
        triage,
        suspended,
        holding,
        handover,
        mail,
    })
}

/// The query over what waits for us that leaves what went to the team for whatever has no area.
pub(crate) fn triage_query(ctx: &Ctx) -> String {
    format!("team:{} area:none", ctx.handbook.triage().slug)
}

/// Whether this person answers tickets.
pub(crate) fn answers(user: &User) -> bool {
    user.role >= Role::Agent
}
