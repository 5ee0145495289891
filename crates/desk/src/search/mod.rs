//! Searching: tickets, comments, people, organizations and teams, in the language of [`domain::conditions`].
//!
//! What is found is the newest that fits, up to a limit, and of that the best fit comes first. Public questions stand
//! beside these on the page. (COM-01)

mod names;
mod people;
mod tickets;

use domain::conditions::{Asker, Condition, Misread, Order, Parsed, Query, Sort, Why};
use domain::search::{Excerpt, Words, excerpt};
use domain::{Organization, Team, TicketId, User, UserId};
use store::Tx;
use store::conditions::Meant;
use store::search::{Ask, Said};

use crate::tickets::{Listed, listed};
use crate::{Act, Ctx, Error, require};

pub use tickets::wake;

pub(crate) use tickets::similar;

/// So many things are counted one by one; beyond that a count says "at least".
pub const COUNTED: i64 = 10_000;
/// So many things of each sort are ordered and can be paged through.
pub const PAGED: usize = 1_000;
/// Letters of an excerpt.
const EXCERPT: usize = 180;

/// The wake-ups' word for the index.
pub const SUBJECT: &str = "search";

/// One thing that was found.
#[derive(Clone, Debug)]
pub enum Item {
    /// A ticket.
    Ticket(Box<Listed>),
    /// A person.
    User(Box<User>),
    /// An organization.
    Organization(Box<Organization>),
    /// A team.
    Group(Team),
}

/// A page of what was found.
#[derive(Clone, Debug)]
pub struct Results {
    /// The page.
    pub items: Vec<Item>,
    /// How many there are in all, counted up to [`COUNTED`] of each sort.
    pub count: i64,
    /// How many of them can be paged through.
    pub paged: usize,
    /// What of the query was not understood.
    pub misread: Vec<Misread>,
}

/// Reads a query and finds what its names stand for.
pub fn understand(tx: &mut Tx<'_>, ctx: &Ctx, text: &str) -> Result<(Parsed, Meant), Error> {
    let mut parsed = Query::parse(text);
    if let Some(part) = parsed.query.condition.of_changes() {
        let why = Why::Refused("only a trigger knows what changes".to_owned());
        parsed.misread.push(Misread { part: part.to_string(), why });
    }
    let meant = meant(tx, ctx, &parsed.query.condition)?;
    Ok((parsed, meant))
}

/// A condition with its names looked up, as the one who asks means it.
pub fn meant(tx: &mut Tx<'_>, ctx: &Ctx, condition: &Condition) -> Result<Meant, Error> {
    let condition = condition.resolve(&mut names::Lookup { tx })?;
    Ok(Meant { condition, asker: asker(tx, ctx)? })
}

/// What "me", "mine" and "today" mean to the one who acts.
pub fn asker(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Asker, Error> {
    let user = ctx.actor.user();
    let teams = match user {
        Some(user) => store::teams::of_user(tx, user)?.into_iter().map(|one| one.of).collect(),
        None => Vec::new(),
    };
    let zone = ctx.handbook.company_calendar().zone().clone();
    Ok(Asker { user, teams, now: ctx.now, zone })
}

/// A page of everything a query finds: tickets, people, organizations, teams. `sorts` are the only ones to look for, on
/// top of what the query says.
pub fn find(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    text: &str,
    (sorts, order): (&[Sort], Option<Order>),
    (offset, size): (usize, usize),
) -> Result<Results, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let (parsed, meant) = understand(tx, ctx, text)?;
    let order = order.or(parsed.query.order);
    let wanted = |sort: Sort| {
        (sorts.is_empty() || sorts.contains(&sort))
            && (parsed.query.sorts.is_empty() || parsed.query.sorts.contains(&sort))
    };
    let mut found: Vec<(Sort, i64)> = Vec::new();
    let mut count = 0;
    for sort in Sort::ALL.into_iter().filter(|sort| wanted(*sort)) {
        let (ids, all) = match sort {
            Sort::Ticket => tickets::ids(tx, &meant, order)?,
            Sort::User => people::users(tx, &meant, PAGED)?,
            Sort::Organization => people::organizations(tx, &meant, PAGED)?,
            Sort::Group => people::teams(tx, &meant)?,
        };
        count += all;
        found.extend(ids.into_iter().map(|id| (sort, id)));
    }
    found.truncate(PAGED);
    let paged = found.len();
    let page: Vec<(Sort, i64)> = found.into_iter().skip(offset).take(size).collect();
    Ok(Results { items: items(tx, &page)?, count, paged, misread: parsed.misread })
}

/// A page of one sort of thing by number, the newest first, from below `before`: all of it can be walked through.
pub fn export(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    text: &str,
    sort: Sort,
    (before, size): (Option<i64>, usize),
) -> Result<(Vec<Item>, Vec<Misread>), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let (parsed, meant) = understand(tx, ctx, text)?;
    let fits = parsed.query.sorts.is_empty() || parsed.query.sorts.contains(&sort);
    let ids = match sort {
        _ if !fits => Vec::new(),
        Sort::Ticket => {
            let most = i64::try_from(size).unwrap_or(i64::MAX);
            let ask =
                Ask { order: None, before: before.map(TicketId), most, texts: COUNTED, each: None };
            let hits = store::search::tickets(tx, &meant, ask)?;
            hits.found.into_iter().map(|one| one.id.0).collect()
        }
        Sort::User => people::users_before(tx, &meant, before, size)?,
        Sort::Organization => people::organizations_before(tx, &meant, before, size)?,
        Sort::Group => {
            let (mut ids, _) = people::teams(tx, &meant)?;
            ids.sort_unstable_by(|a, b| b.cmp(a));
            ids.retain(|id| before.is_none_or(|before| *id < before));
            ids.truncate(size);
            ids
        }
    };
    let page: Vec<(Sort, i64)> = ids.into_iter().map(|id| (sort, id)).collect();
    Ok((items(tx, &page)?, parsed.misread))
}

/// Loads what was found, in its order.
fn items(tx: &mut Tx<'_>, page: &[(Sort, i64)]) -> Result<Vec<Item>, Error> {
    let of = |sort: Sort| -> Vec<i64> {
        page.iter().filter(|(one, _)| *one == sort).map(|(_, id)| *id).collect()
    };
    let ids: Vec<TicketId> = of(Sort::Ticket).into_iter().map(TicketId).collect();
    let stored = store::tickets::many(tx, &ids)?;
    let mut tickets = listed(tx, stored)?;
    let ids: Vec<UserId> = of(Sort::User).into_iter().map(UserId).collect();
    let mut users = store::users::many(tx, &ids)?;
    let ids: Vec<_> = of(Sort::Organization).into_iter().map(domain::OrganizationId).collect();
    let mut organizations = store::organizations::many(tx, &ids)?;
    let ids: Vec<_> = of(Sort::Group).into_iter().map(domain::TeamId).collect();
    let mut teams = store::teams::many(tx, &ids)?;
    let item = |(sort, id): &(Sort, i64)| match sort {
        Sort::Ticket => {
            let at = tickets.iter().position(|one| one.stored.ticket.id.0 == *id)?;
            Some(Item::Ticket(Box::new(tickets.swap_remove(at))))
        }
        Sort::User => {
            let at = users.iter().position(|one| one.id.0 == *id)?;
            Some(Item::User(Box::new(users.swap_remove(at))))
        }
        Sort::Organization => {
            let at = organizations.iter().position(|one| one.id.0 == *id)?;
            Some(Item::Organization(Box::new(organizations.swap_remove(at))))
        }
        Sort::Group => {
            let at = teams.iter().position(|one| one.id.0 == *id)?;
            Some(Item::Group(teams.swap_remove(at)))
        }
    };
    Ok(page.iter().filter_map(item).collect())
}

/// A ticket in a list of what was found, and the part of it that shows why.
#[derive(Clone, Debug)]
pub struct TicketHit {
    /// The ticket.
    pub stored: crate::tickets::Stored,
    /// The subject with what was searched for marked.
    pub subject: Excerpt,
    /// The part of the first message, or of a comment, that has the words.
    pub excerpt: Excerpt,
}

/// A comment in a list of what was found.
#[derive(Clone, Debug)]
pub struct CommentHit {
    /// The comment.
    pub said: Said,
    /// The part of it that has the words.
    pub excerpt: Excerpt,
}

/// What a page shows of a search, in groups.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Tickets, the best fit first.
    pub tickets: Vec<TicketHit>,
    /// How many tickets there are, counted up to a thousand and one; where few are shown, up to fewer.
    pub ticket_count: i64,
    /// Comments, the best fit first.
    pub comments: Vec<CommentHit>,
    /// Whether there are more comments.
    pub more_comments: bool,
    /// People.
    pub people: Vec<User>,
    /// Organizations.
    pub organizations: Vec<Organization>,
    /// Answered questions that everybody may read.
    pub questions: Vec<crate::questions::Hit>,
    /// Everybody these name, each once.
    pub named: Vec<User>,
    /// What was searched for.
    pub words: Vec<Words>,
    /// What of the query was not understood.
    pub misread: Vec<Misread>,
    /// Whether older texts are still being read into the index.
    pub is_building: bool,
}

/// What a query finds, up to `most` of each sort.
pub fn groups(tx: &mut Tx<'_>, ctx: &Ctx, text: &str, most: usize) -> Result<Groups, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let (parsed, meant) = understand(tx, ctx, text)?;
    let wanted = |sort: Sort| parsed.query.sorts.is_empty() || parsed.query.sorts.contains(&sort);
    let words = meant.condition.split_words().0.to_vec();
    let mut groups = Groups {
        tickets: Vec::new(),
        ticket_count: 0,
        comments: Vec::new(),
        more_comments: false,
        people: Vec::new(),
        organizations: Vec::new(),
        questions: Vec::new(),
        named: Vec::new(),
        words,
        misread: parsed.misread,
        is_building: !store::search::progress(tx)?.is_empty(),
    };
    if text.trim().is_empty() {
        return Ok(groups);
    }
    if wanted(Sort::Ticket) {
        tickets::groups(tx, &meant, parsed.query.order, most, &mut groups)?;
    }
    if wanted(Sort::User) && meant.condition != Condition::always() {
        let (ids, _) = people::users(tx, &meant, most)?;
        let ids: Vec<UserId> = ids.into_iter().map(UserId).collect();
        groups.people = in_order(store::users::many(tx, &ids)?, &ids, |user| user.id);
    }
    if wanted(Sort::Organization) && meant.condition != Condition::always() {
        let (ids, _) = people::organizations(tx, &meant, most)?;
        let ids: Vec<_> = ids.into_iter().map(domain::OrganizationId).collect();
        groups.organizations = in_order(store::organizations::many(tx, &ids)?, &ids, |one| one.id);
    }
    if parsed.query.sorts.is_empty() && meant.condition.split_words().1 == Condition::always() {
        let asked: Vec<&str> = groups.words.iter().map(|one| one.text.as_str()).collect();
        let locale = domain::words::Locale::default();
        groups.questions = crate::questions::matching(tx, ctx, &asked.join(" "), locale, most)?;
    }
    let people = groups.tickets.iter().flat_map(|hit| {
        let ticket = &hit.stored.ticket;
        [Some(ticket.requester), ticket.assignee].into_iter().flatten()
    });
    let mut named: Vec<UserId> =
        people.chain(groups.comments.iter().map(|hit| hit.said.author)).collect();
    named.sort();
    named.dedup();
    groups.named = store::users::many(tx, &named)?;
    Ok(groups)
}

fn in_order<T, I: PartialEq>(mut rows: Vec<T>, ids: &[I], id: impl Fn(&T) -> I) -> Vec<T> {
    rows.sort_by_key(|row| ids.iter().position(|one| *one == id(row)));
    rows
}

/// A part of a text that has the words.
fn part(text: &str, words: &[Words]) -> Excerpt {
    excerpt(text, words, EXCERPT)
}
