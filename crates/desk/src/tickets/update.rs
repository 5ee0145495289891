//! Changes of a ticket: an answer, a note, another status; the customer's next message.

use domain::{
    AuditId, ByHand, Cause, Changes, Channel, Command, CommentId, Facts, Kind, NewComment,
    OrganizationId, Severity, Status, TeamId, TicketId, User, UserId, decide,
};
use jiff::Timestamp;
use store::comments::Comment;
use store::tickets::Stored;
use store::{Kind as Ids, Tx};

use super::append::{Done, append};
use super::open::{self, CustomValue, Person};
use super::{situation, wake};
use crate::attachments::{self, Files};
use crate::texts::Body;
use crate::{Act, Ctx, Error, follows, require, secrets, texts};

/// A comment as a door asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The words.
    pub body: Body,
    /// Visible to the requester; otherwise a note. Says nothing: public if the ticket is.
    pub public: Option<bool>,
    /// Who wrote it; the caller if nobody is named.
    pub author: Option<UserId>,
    /// Delivery details of a mail, as JSON.
    pub details: Option<String>,
}

/// What a door asks to change; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// A comment.
    pub comment: Option<Reply>,
    /// The number of the last event the caller has seen; something newer is a conflict. (NF-04)
    pub seen: Option<i64>,
    /// The `updated_at` the caller has seen, in whole seconds.
    pub stamp: Option<Timestamp>,
    /// Another status.
    pub status: Option<Status>,
    /// With `hold`.
    pub hold_until: Option<Timestamp>,
    /// With `solved`.
    pub cause: Option<Cause>,
    /// Somebody, or nobody.
    pub assignee: Option<Option<UserId>>,
    /// Another team.
    pub team: Option<TeamId>,
    /// A level by hand, with the reason.
    pub level: Option<ByHand>,
    /// A public issue that follows up on it: its address. (GH-02)
    pub issue: Option<String>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// Tags to add.
    pub add_tags: Vec<String>,
    /// Tags to take away.
    pub remove_tags: Vec<String>,
    /// Who follows it from now on, and who does not any more.
    pub followers: Vec<(UserId, bool)>,
    /// All people copied in.
    pub ccs: Option<Vec<Person>>,
    /// How bad.
    pub severity: Option<Option<Severity>>,
    /// Why it is graded so; the requester is told when it is graded down. (PR-04)
    pub severity_reason: Option<String>,
    /// The part of the product.
    pub area: Option<Option<String>>,
    /// What sort of request.
    pub kind: Option<Option<Kind>>,
    /// Somebody else needs help.
    pub requester: Option<Person>,
    /// Another organization counts.
    pub organization: Option<Option<OrganizationId>>,
    /// Another subject.
    pub subject: Option<String>,
    /// Another system's name.
    pub external_id: Option<Option<String>>,
    /// Custom fields beside severity, area and kind.
    pub fields: Vec<CustomValue>,
    /// What goes along with the comment.
    pub files: Files,
    /// When the customer's message arrived, if it was kept waiting until now.
    pub arrived_at: Option<Timestamp>,
    /// The macro that is used: what it says is changed too, where this says nothing.
    pub macro_used: Option<domain::MacroId>,
    /// What the log says of a macro that was used.
    pub applied: Option<domain::Applied>,
}

/// The ticket, locked, with everything done that had come due before now, and the circumstances as of now: a command that
/// waited for the lock is not decided at an instant before what happened meanwhile.
pub(crate) fn lock(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<(Stored, Ctx), Error> {
    let stored = store::tickets::lock(tx, id)?.filter(|stored| stored.ticket.deleted_at.is_none());
    let stored = stored.ok_or(Error::NotFound)?;
    settled(tx, ctx, stored)
}

/// A locked ticket with everything done that had come due before now, and the circumstances as of now.
pub(crate) fn settled(tx: &mut Tx<'_>, ctx: &Ctx, stored: Stored) -> Result<(Stored, Ctx), Error> {
    let ctx = ctx.at(ctx.now.max(stored.ticket.updated_at));
    if stored.ticket.next_wakeup().is_some_and(|at| at <= ctx.now) {
        return Ok((wake::catch_up(tx, &ctx, stored)?, ctx));
    }
    Ok((stored, ctx))
}

/// Changes a ticket as one change set. Agents may change everything, participants may write and solve.
pub fn update(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, update: &Update) -> Result<Done, Error> {
    let (stored, ctx) = &lock(tx, ctx, id)?;
    authorize(ctx, stored)?;
    check_seen(tx, stored, update)?;
    let update = &crate::macros::merged(tx, ctx, stored, update)?;
    let ticket = &stored.ticket;
    let holds_again = update.hold_until.is_some() && update.status.is_none();
    if holds_again && ticket.status != Status::Hold {
        let what = "Hold until: needs the status hold beside it";
        return Err(Error::invalid("hold_until", "InvalidValue", what));
    }
    let requester = match &update.requester {
        Some(person) => open::person(tx, ctx, person, "requester_id")?,
        None => store::users::load(tx, ticket.requester)?.ok_or(Error::NotFound)?,
    };
    let named = match update.organization {
        Some(named) => named,
        None if update.requester.is_none() => ticket.organization,
        None => None,
    };
    if let Some(Some(id)) = update.organization {
        situation::check_named(tx, &requester, id)?;
    }
    let subject = update.subject.clone().unwrap_or_else(|| stored.subject.clone());
    let mut facts = facts(tx, ctx, stored, &requester, named, &subject)?;
    let author = comment_author(tx, ctx, update)?;
    if let Some(id) = author.as_ref().map(|user| user.id).or(ctx.actor.user()) {
        facts.author = situation::candidate(tx, id)?;
    }
    facts.assignee = assignee(tx, ticket, update)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    let comment = comment(tx, ctx, stored, update, author.as_ref(), audit)?;
    let subject_salt = update.subject.as_ref().map(|_| open::salt());
    let changes = Changes {
        comment: comment.as_ref().map(|(_, new)| new.clone()),
        arrived_at: update.arrived_at,
        status: if holds_again { Some(Status::Hold) } else { update.status },
        hold_until: update.hold_until,
        cause: update.cause,
        assignee: update.assignee,
        team: update.team,
        level: update.level.clone(),
        issue: named_issue(update)?,
        tags: tags(stored, update),
        ccs: update
            .ccs
            .as_deref()
            .map(|people| open::ccs(tx, ctx, people, requester.id))
            .transpose()?,
        severity: update.severity,
        severity_reason: update.severity_reason.clone(),
        area: update.area.clone(),
        kind: update.kind,
        requester: update.requester.as_ref().map(|_| requester.id),
        // Also one that became known, or was deleted, since the ticket was opened. (PR-07)
        organization: Some(facts.provenance.organization),
        subject_digest: subject_salt
            .as_ref()
            .filter(|_| subject != stored.subject)
            .map(|salt| secrets::digest(salt, &subject)),
        fields: changed_fields(tx, stored, update)?,
        applied: update.applied.clone(),
    };
    let command = Command::Update(Box::new(changes));
    let decided = decide(Some(ticket), &command, &facts, &ctx.actor, &ctx.handbook, ctx.now)?;
    keep_words(tx, ctx, id, update, comment.as_ref().map(|(row, _)| row))?;
    let mut stored = stored.clone();
    if subject != stored.subject {
        stored.subject = subject;
        stored.subject_salt = subject_salt.unwrap_or_default();
    }
    let is_beside = beside(tx, ctx, &mut stored, update)?;
    if is_beside && decided.events.is_empty() {
        store::tickets::update(tx, &stored)?;
    }
    append(tx, ctx, audit, stored, decided, &requester)
}

/// Changes what is no part of the log: another system's name, and who follows it. Says whether anything is another.
fn beside(tx: &mut Tx<'_>, ctx: &Ctx, stored: &mut Stored, update: &Update) -> Result<bool, Error> {
    let followed = follows::change(tx, ctx, stored.ticket.id, &update.followers)?;
    let named_anew = update.external_id.clone().filter(|name| *name != stored.external_id);
    let is_named = named_anew.is_some();
    if let Some(external_id) = named_anew {
        stored.external_id = external_id;
    }
    Ok(followed || is_named)
}

/// What a decision may look at once the ticket has this requester, organization and subject.
fn facts(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    requester: &User,
    named: Option<OrganizationId>,
    subject: &str,
) -> Result<Facts, Error> {
    let belonging =
        situation::belonging(tx, ctx, requester, named, &handbook::TicketFacts::default())?;
    let mut facts = situation::facts(tx, ctx, requester, &belonging, subject)?;
    // What was claimed was claimed by the one who asked, not by somebody put in their place.
    if requester.id == stored.ticket.requester
        && let Some(claimed) = store::claims::load(tx, stored.ticket.id)?
    {
        situation::with_claims(&mut facts, &claimed, named);
    }
    Ok(facts)
}

/// Stores what lives beside the events: the comment with its files, and the values of fields.
fn keep_words(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    update: &Update,
    comment: Option<&Comment>,
) -> Result<(), Error> {
    if let Some(comment) = comment {
        store::comments::insert(tx, comment)?;
        attachments::bind(tx, ctx, &update.files, (id, comment.id))?;
    }
    for (field, value) in &update.fields {
        store::tickets::set_field(tx, id, *field, value.as_deref())?;
    }
    Ok(())
}

fn authorize(ctx: &Ctx, stored: &Stored) -> Result<(), Error> {
    if crate::may(&ctx.actor, Act::WorkTickets) {
        return Ok(());
    }
    require(&ctx.actor, Act::OwnRequests)?;
    match ctx.actor.user() {
        Some(user) if stored.ticket.has_participant(user) => Ok(()),
        _ => Err(Error::NotFound),
    }
}

/// The one it is to be assigned to, else the one who has it.
fn assignee(
    tx: &mut Tx<'_>,
    ticket: &domain::Ticket,
    update: &Update,
) -> Result<domain::Candidate, Error> {
    match (update.assignee, ticket.assignee) {
        (Some(Some(named)), _) => open::agent(tx, named),
        (_, Some(present)) => situation::candidate(tx, present),
        (_, None) => Ok(domain::Candidate::default()),
    }
}

/// Refuses to write over what the caller has not seen, and says what it is. (NF-04)
fn check_seen(tx: &mut Tx<'_>, stored: &Stored, update: &Update) -> Result<(), Error> {
    let ticket = &stored.ticket;
    let newer = update.seen.is_some_and(|seen| seen != ticket.seq)
        || update.stamp.is_some_and(|stamp| stamp.as_second() != ticket.updated_at.as_second());
    if !newer {
        return Ok(());
    }
    let since = match (update.seen, update.stamp) {
        (Some(seen), _) => seen,
        (None, _) => ticket.seq - 1,
    };
    let behind = (ticket.seq - since).clamp(0, 50);
    let mut changed: Vec<&str> = Vec::new();
    for envelope in store::events::tail(tx, ticket.id, behind)? {
        let what = named_change(&envelope.event);
        if !what.is_empty() && !changed.contains(&what) {
            changed.push(what);
        }
    }
    let what = if changed.is_empty() { String::new() } else { format!(": {}", changed.join(", ")) };
    Err(Error::Conflict(format!(
        "the ticket has changed since you read it{what}; it is at version {} now",
        ticket.seq
    )))
}

/// What an event changed, in a word for whoever wanted to change it too; nothing for what only followed.
fn named_change(event: &domain::Event) -> &'static str {
    use domain::Event;
    match event {
        Event::Commented { public: true, ask: true, .. } => "the customer wrote",
        Event::Commented { public: true, .. } => "a reply was sent",
        Event::Commented { .. } => "a note was added",
        Event::StatusChanged { .. } => "the status",
        Event::Assigned { .. } => "the assignee",
        Event::TeamChanged { .. } | Event::Routed { .. } => "the team",
        Event::PriorityDecided { .. } | Event::PriorityOverridden { .. } | Event::OverrideEnded => {
            "the priority"
        }
        Event::Tagged { .. } => "the tags",
        Event::CcsChanged { .. } => "the people copied in",
        Event::SeverityChanged { .. } => "the severity",
        Event::PromiseWithdrawn { .. } => "the promise was taken back",
        Event::AreaChanged { .. } => "the area",
        Event::KindChanged { .. } => "the kind",
        Event::RequesterChanged { .. } | Event::OrganizationChanged { .. } => "the requester",
        Event::SubjectChanged { .. } => "the subject",
        Event::FieldChanged { .. } => "a field",
        Event::Escalated { .. } => "it was escalated",
        Event::Deescalated { .. } => "it was handed back",
        Event::MergedInto { .. } => "it was merged",
        Event::TookIn { .. } => "another ticket was merged into it",
        _ => "",
    }
}

/// The public issue that a change names, in a field of its own or in the words that refer the customer to it.
fn named_issue(update: &Update) -> Result<Option<String>, Error> {
    match (&update.issue, update.cause, &update.comment) {
        (Some(url), ..) => issue(url).map(Some),
        (None, Some(Cause::IssueOpened), Some(reply)) => Ok(issue_in(&reply.body.text)),
        _ => Ok(None),
    }
}

/// The first address of a public issue in some words. (GH-02)
pub fn issue_in(words: &str) -> Option<String> {
    let ends = |c: char| c.is_whitespace() || "<>()[]\"'".contains(c);
    words.split(ends).find_map(|word| issue(word.trim_end_matches(['.', ',', ';', ':', '!'])).ok())
}

/// The address of a public issue, as written on its page. Only looked at, not visited. (GH-02)
fn issue(url: &str) -> Result<String, Error> {
    let wrong = || {
        Error::invalid(
            "issue_url",
            "InvalidFormat",
            "Issue: needs the address of a public issue, like https://github.com/company/project/issues/123",
        )
    };
    let rest = url.trim().strip_prefix("https://").ok_or_else(wrong)?;
    let (path, _) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let plain = |part: &&str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    let (number, kind, project) = match parts.as_slice() {
        [host, project @ .., kind, number] if host.contains('.') => (*number, *kind, project),
        _ => return Err(wrong()),
    };
    let is_issue = matches!(kind, "issues" | "pull" | "discussions" | "merge_requests");
    let is_numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_issue && is_numbered && project.len() >= 2 && parts.iter().all(plain) && url.len() <= 500
    {
        Ok(format!("https://{path}").trim_end_matches('/').to_owned())
    } else {
        Err(wrong())
    }
}

fn comment_author(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    update: &Update,
) -> Result<Option<domain::User>, Error> {
    let Some(reply) = &update.comment else { return Ok(None) };
    let id = reply.author.or(ctx.actor.user()).ok_or(Error::Unauthenticated)?;
    open::person(tx, ctx, &Person::Known(id), "comment.author_id").map(Some)
}

fn comment(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    update: &Update,
    author: Option<&domain::User>,
    audit: AuditId,
) -> Result<Option<(Comment, NewComment)>, Error> {
    let (Some(reply), Some(author)) = (&update.comment, author) else { return Ok(None) };
    if reply.body.is_empty() && update.files.is_empty() {
        return Ok(None);
    }
    let ticket = &stored.ticket;
    let by = open::side(author, ticket.requester, &ticket.ccs);
    let public = by == domain::Author::Customer && !author.role.answers()
        || reply.public.unwrap_or(ticket.public);
    let row = Comment {
        id: CommentId(tx.next_id(Ids::Entry)?),
        ticket: ticket.id,
        audit,
        author: author.id,
        public,
        body: reply.body.text.clone(),
        html: reply.body.html.clone(),
        salt: open::salt(),
        via: ctx.via,
        details: reply.details.clone(),
        created_at: ctx.now,
        leaves_at: match by {
            domain::Author::Agent if public => crate::deliveries::leaves_at(tx, ctx)?,
            _ => None,
        },
        attachments: Vec::new(),
    };
    let digest = secrets::digest(&row.salt, &row.body);
    let new = NewComment { id: row.id, author: author.id, by, public, digest };
    Ok(Some((row, new)))
}

fn tags(stored: &Stored, update: &Update) -> Option<Vec<String>> {
    if update.tags.is_none() && update.add_tags.is_empty() && update.remove_tags.is_empty() {
        return None;
    }
    let base = update.tags.as_ref().unwrap_or(&stored.ticket.tags);
    let removed = texts::tags(update.remove_tags.iter().map(String::as_str));
    let mut tags = texts::tags(base.iter().chain(&update.add_tags).map(String::as_str));
    tags.retain(|tag| !removed.contains(tag));
    Some(tags)
}

/// Only values that differ from the stored ones are a change.
fn changed_fields(
    tx: &mut Tx<'_>,
    stored: &Stored,
    update: &Update,
) -> Result<Vec<domain::CustomChange>, Error> {
    if update.fields.is_empty() {
        return Ok(Vec::new());
    }
    let present = store::tickets::field_values(tx, &[stored.ticket.id])?;
    let differs = |(field, value): &&CustomValue| {
        let old = present.iter().find(|(_, id, _)| id == field).map(|(_, _, value)| value);
        old != value.as_ref()
    };
    let changed: Vec<CustomValue> = update.fields.iter().filter(differs).cloned().collect();
    Ok(open::custom_changes(&changed))
}

/// Removes a ticket from every list.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
    require(&ctx.actor, Act::WorkTickets)?;
    let (stored, ctx) = &lock(tx, ctx, id)?;
    let requester = store::users::load(tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    let facts = situation::of_ticket(tx, ctx, stored, &requester)?;
    let decided =
        decide(Some(&stored.ticket), &Command::Delete, &facts, &ctx.actor, &ctx.handbook, ctx.now)?;
    let audit = AuditId(tx.next_id(Ids::Audit)?);
    append(tx, ctx, audit, stored.clone(), decided, &requester)
}

/// Which door a customer's words came through keeps its name in the log.
pub(crate) fn through(ctx: &Ctx, via: Channel) -> Ctx {
    Ctx { via, ..ctx.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_public_issue_is_recognised() {
        for (url, known) in [
            (
                "https://github.com/acme/replay/issues/12",
                "https://github.com/acme/replay/issues/12",
            ),
            (
                "https://github.com/acme/replay/pull/7#issuecomment-1",
                "https://github.com/acme/replay/pull/7",
            ),
            (
                "https://gitlab.com/acme/replay/-/issues/3/",
                "https://gitlab.com/acme/replay/-/issues/3",
            ),
        ] {
            assert_eq!(issue(url).ok().as_deref(), Some(known), "{url}");
        }
        for wrong in [
            "",
            "github.com/acme/replay/issues/12",
            "http://github.com/acme/replay/issues/12",
            "https://github.com/acme/replay",
            "https://github.com/acme/replay/issues/",
            "https://github.com/acme/replay/issues/twelve",
            "https://localhost/acme/replay/issues/12",
            "https://github.com/acme/re play/issues/12",
            "https://github.com/issues/12",
        ] {
            assert!(issue(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_issue_is_found_in_words() {
        let words = "We opened an issue: [follow it](https://github.com/acme/replay/issues/12).";
        assert_eq!(issue_in(words).as_deref(), Some("https://github.com/acme/replay/issues/12"));
        assert_eq!(issue_in("See https://acme.test/docs."), None);
    }
}
