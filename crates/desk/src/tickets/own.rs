//! One's own tickets, as their requester or somebody copied in sees them: only what is public, whoever looks.

use domain::conditions::{Asker, Condition, Named, PersonField, Place, Query};
use domain::search::{Doc, Words};
use domain::{CommentId, Status, TicketId, UserId};
use jiff::Timestamp;
use store::Tx;
use store::comments::{Comment, Whose};
use store::conditions::Meant;
use store::page::Page;
use store::search::Ask;
use store::tickets::{Filter, Order, Stored};

use super::read::{Listed, listed};
use crate::{Act, Ctx, Error, require};

/// How many tickets a search looks at.
const FOUND: i64 = 200;
/// How many of the newest messages of a ticket a search looks at.
const SAID: i64 = 100;

/// Which of one's own tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// In one of these; none is any.
    pub statuses: Vec<Status>,
    /// Those one is copied in on, in place of those one asked.
    pub is_copied: bool,
    /// Of this organization.
    pub organization: Option<domain::OrganizationId>,
}

impl Own {
    /// Those that somebody asked, in any of these statuses.
    pub fn asked(statuses: &[Status]) -> Self {
        Self { statuses: statuses.to_vec(), ..Self::default() }
    }

    fn filter(&self, user: UserId) -> Filter {
        Filter {
            requester: (!self.is_copied).then_some(user),
            copied: self.is_copied.then_some(user),
            statuses: self.statuses.clone(),
            organization: self.organization,
            public: true,
            ..Filter::default()
        }
    }
}

fn me(ctx: &Ctx) -> Result<UserId, Error> {
    require(&ctx.actor, Act::OwnRequests)?;
    ctx.actor.user().ok_or(Error::Unauthenticated)
}

/// One page of a person's own tickets.
pub fn own(tx: &mut Tx<'_>, ctx: &Ctx, which: &Own, page: &Page) -> Result<Vec<Listed>, Error> {
    let filter = which.filter(me(ctx)?);
    let found = store::tickets::page(tx, &filter, Order::Id, page)?;
    listed(tx, found)
}

/// How many of a person's own tickets there are.
pub fn count_own(tx: &mut Tx<'_>, ctx: &Ctx, which: &Own) -> Result<i64, Error> {
    let filter = which.filter(me(ctx)?);
    Ok(store::tickets::count_up_to(tx, &filter, i64::MAX)?)
}

/// When somebody else last said something in public on each of these.
pub fn answered_at(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    ids: &[TicketId],
) -> Result<Vec<(TicketId, Timestamp)>, Error> {
    let user = me(ctx)?;
    Ok(store::comments::last_of_others(tx, ids, user, ctx.now)?)
}

/// A person's own tickets that have these words in what they may read of them, the newest first. The index knows notes
/// and tags, too: whatever it finds is looked at again.
pub fn search_own(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    text: &str,
    which: &Own,
) -> Result<Vec<Listed>, Error> {
    let user = me(ctx)?;
    let parsed = Query::parse(text).query.condition;
    let words = parsed.split_words().0.to_vec();
    let part = if which.is_copied { PersonField::Cc } else { PersonField::Requester };
    let mut parts = vec![Condition::Person(part, Named::Id(user.0))];
    if !words.is_empty() {
        parts.push(Condition::Text(Place::Anywhere, words.clone()));
    }
    let zone = ctx.handbook.company_calendar().zone().clone();
    let asker = Asker { user: Some(user), teams: Vec::new(), now: ctx.now, zone };
    let meant = Meant { condition: Condition::all(parts), asker };
    let ask = Ask { order: None, before: None, most: FOUND, texts: FOUND, each: None };
    let found = store::search::tickets(tx, &meant, ask)?.found;
    let ids: Vec<TicketId> = found.into_iter().map(|one| one.id).collect();
    let mut stored = store::tickets::many(tx, &ids)?;
    stored.retain(|one| {
        one.ticket.public
            && (which.statuses.is_empty() || which.statuses.contains(&one.ticket.status))
            && which.organization.is_none_or(|id| one.ticket.organization == Some(id))
    });
    stored.sort_by_key(|one| std::cmp::Reverse(one.ticket.id));
    let mut shown = Vec::new();
    for one in stored {
        if words.is_empty() || has_words(tx, ctx, &one, &words)? {
            shown.push(one);
        }
    }
    listed(tx, shown)
}

/// Whether the subject with the first message, or any other message, has all of these.
fn has_words(tx: &mut Tx<'_>, ctx: &Ctx, stored: &Stored, words: &[Words]) -> Result<bool, Error> {
    let id = stored.ticket.id;
    if matches!(words, [one] if one.number() == Some(id.0)) {
        return Ok(true);
    }
    let whose = Whose::Customers(ctx.now);
    let first = store::comments::page(tx, id, whose, &Page::first(1))?.pop();
    let first = first.map(|comment| comment.body).unwrap_or_default();
    if Doc::of(&[&stored.subject, "", &first]).has(words, None) {
        return Ok(true);
    }
    let newest = Page { descending: true, ..Page::first(SAID) };
    let said = store::comments::page(tx, id, whose, &newest)?;
    Ok(said.iter().any(|comment| Doc::of(&[&comment.body]).has(words, None)))
}

/// A ticket as its requester or somebody copied in may see it; somebody else's is not found.
pub fn show_own(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Stored, Error> {
    require(&ctx.actor, Act::OwnRequests)?;
    let stored = store::tickets::load(tx, id)?.filter(|stored| stored.ticket.deleted_at.is_none());
    let stored = stored.ok_or(Error::NotFound)?;
    match ctx.actor.user() {
        Some(user) if stored.ticket.has_participant(user) && stored.ticket.public => Ok(stored),
        _ => Err(Error::NotFound),
    }
}

/// A page of a person's own ticket's comments: public ones only, also for agents.
pub fn own_comments(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    page: &Page,
) -> Result<Vec<Comment>, Error> {
    show_own(tx, ctx, id)?;
    let found = store::comments::page(tx, id, Whose::Customers(ctx.now), page)?;
    Ok(store::comments::with_attachments(tx, found)?)
}

/// One public comment of a person's own ticket.
pub fn own_comment(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    comment: CommentId,
) -> Result<Comment, Error> {
    show_own(tx, ctx, id)?;
    let found = store::comments::load(tx, comment)?;
    let has_left = |one: &Comment| one.leaves_at.is_none_or(|at| at <= ctx.now);
    let found = found.filter(|one| one.ticket == id && one.public && has_left(one));
    let mut found = store::comments::with_attachments(tx, found.into_iter().collect())?;
    found.pop().ok_or(Error::NotFound)
}

/// How many public comments a person's own ticket has.
pub fn count_own_comments(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<i64, Error> {
    show_own(tx, ctx, id)?;
    Ok(store::comments::count(tx, id, Whose::Customers(ctx.now))?)
}
