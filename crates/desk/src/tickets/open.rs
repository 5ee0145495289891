//! A customer asks, or an agent asks for one.

use domain::{
    Actor, AuditId, Author, ByHand, Changes, Channel, Claimed, Command, CommentId, CustomChange,
    Kind, NewComment, Opening, OrganizationId, Role, Severity, Status, TeamId, TicketId, User,
    UserId, decide,
};
use jiff::Timestamp;
use store::comments::Comment;
use store::tickets::Stored;
use store::{Kind as Ids, Tx};

use super::append::{Done, append};
use super::situation;
use crate::attachments::{self, Files};
use crate::texts::Body;
use crate::{Act, Ctx, Error, FieldError, follows, require, secrets, texts};

/// A person as a door names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// By id.
    Known(UserId),
    /// By address; unknown ones become end users.
    Address {
        /// The address.
        email: String,
        /// The name, if it was said.
        name: Option<String>,
    },
}

/// The zone and the language somebody is to be answered in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Speaks {
    /// IANA zone; an unknown one is left out.
    pub zone: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
}

/// The value of a custom field: JSON text, or none to empty it.
pub type CustomValue = (i64, Option<String>);

/// A ticket as a door asks for it.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// Who needs help.
    pub requester: Person,
    /// Who typed it in; the requester if nobody is named.
    pub submitter: Option<UserId>,
    /// Who wrote the first comment; the submitter if nobody is named.
    pub author: Option<UserId>,
    /// What it is about; may be empty.
    pub subject: String,
    /// The first comment.
    pub body: Body,
    /// Visible to the requester.
    pub public: bool,
    /// Where it came from.
    pub channel: Channel,
    /// How bad.
    pub severity: Option<Severity>,
    /// The part of the product.
    pub area: Option<String>,
    /// What sort of request.
    pub kind: Option<Kind>,
    /// Any words; they become tags.
    pub tags: Vec<String>,
    /// The organization, if one was named.
    pub organization: Option<OrganizationId>,
    /// People copied in.
    pub ccs: Vec<Person>,
    /// Those of us who are told of what is said on it.
    pub followers: Vec<UserId>,
    /// Custom fields beside severity, area and kind.
    pub fields: Vec<CustomValue>,
    /// Another system's name.
    pub external_id: Option<String>,
    /// What the app sent along, as JSON text.
    pub context: Option<String>,
    /// What the door knew of the requester beside the account. (CH-01)
    pub claimed: Option<Claimed>,
    /// The requester's zone and language as their browser tells them; they count for this ticket.
    pub speaks: Speaks,
    /// A status at once.
    pub status: Option<Status>,
    /// With `hold`.
    pub hold_until: Option<Timestamp>,
    /// An assignee at once.
    pub assignee: Option<UserId>,
    /// A team at once.
    pub team: Option<TeamId>,
    /// A level by hand.
    pub level: Option<ByHand>,
    /// The closed ticket it continues.
    pub follow_up_of: Option<TicketId>,
    /// A ticket its sender named without a right to it.
    pub claims: Option<TicketId>,
    /// The ticket whose message it is split out of, and when that message arrived.
    pub split_from: Option<(TicketId, Timestamp)>,
    /// When it arrived, if it was kept waiting until now.
    pub arrived_at: Option<Timestamp>,
    /// The support address it came to.
    pub mailbox: Option<String>,
    /// Delivery details of a mail, as JSON.
    pub details: Option<String>,
    /// What goes along with the first comment.
    pub files: Files,
}

impl NewTicket {
    /// A plain request: somebody, a subject and words.
    pub fn request(requester: Person, subject: &str, body: Body, channel: Channel) -> Self {
        Self {
            requester,
            submitter: None,
            author: None,
            subject: texts::one_line(subject, 255),
            body,
            public: true,
            channel,
            severity: None,
            area: None,
            kind: None,
            tags: Vec::new(),
            organization: None,
            ccs: Vec::new(),
            followers: Vec::new(),
            fields: Vec::new(),
            external_id: None,
            context: None,
            claimed: None,
            speaks: Speaks::default(),
            status: None,
            hold_until: None,
            assignee: None,
            team: None,
            level: None,
            follow_up_of: None,
            claims: None,
            split_from: None,
            arrived_at: None,
            mailbox: None,
            details: None,
            files: Files::default(),
        }
    }
}

/// The person a door names; an unknown address becomes an end user.
pub(crate) fn person(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: &Person,
    field: &str,
) -> Result<User, Error> {
    match person {
        Person::Known(id) => {
            store::users::load(tx, *id)?.filter(|user| user.active).ok_or_else(|| {
                Error::invalid(
                    field,
                    "InvalidValue",
                    format!("{}: there is no such user", human(field)),
                )
            })
        }
        Person::Address { email, name } => {
            let found = crate::users::find_or_create(tx, ctx, email, name.as_deref());
            found.map_err(|error| if field == "email_ccs" { about(field, error) } else { error })
        }
    }
}

/// What is wrong, said of another field.
fn about(field: &str, error: Error) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let renamed = errors.into_iter().map(|error| FieldError { field: field.to_owned(), ..error });
    Error::Invalid(renamed.collect())
}

fn human(field: &str) -> String {
    let words = field.trim_end_matches("_id").replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// Opens a ticket: who, how important, whose, by when, and what the requester is told, all in this transaction.
/// (PR-05, ROT-01, SLA-01, PR-06)
pub fn open(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewTicket) -> Result<Done, Error> {
    require(&ctx.actor, Act::OpenRequest)?;
    if new.body.is_empty() {
        return Err(Error::blank("base", "Description"));
    }
    let new = &continued(tx, new)?;
    let Cast { requester, submitter, author } = cast(tx, ctx, new)?;
    let tags = texts::tags(new.tags.iter().map(String::as_str));
    let claimed = new.claimed.as_ref().and_then(|claimed| claimed.organization.as_ref());
    let named = new.organization.or(claimed.and_then(|claimed| claimed.known));
    let belonging = situation::belonging(tx, ctx, &requester, named, &ticket_facts(new, &tags))?;
    let mut facts = situation::facts(tx, ctx, &requester, &belonging, &new.subject)?;
    if let Some(claimed) = &new.claimed {
        situation::with_claims(&mut facts, claimed, named);
    }
    if ctx.actor.is_agent()
        && let Some(id) = ctx.actor.user()
    {
        facts.author = situation::candidate(tx, id)?;
    }
    if let Some(assignee) = new.assignee {
        facts.assignee = agent(tx, assignee)?;
    }
    let ids = Numbers::take(tx)?;
    let subject_salt = salt();
    let comment = comment_row(ctx, &ids, &author, new);
    let opening = Opening {
        id: ids.ticket,
        requester: requester.id,
        submitter: submitter.id,
        organization: facts.provenance.organization,
        internal: requester.role >= Role::Agent,
        channel: new.channel,
        severity: new.severity,
        area: new.area.clone(),
        kind: new.kind,
        tags,
        ccs: ccs(tx, ctx, &new.ccs, requester.id)?,
        follow_up_of: new.follow_up_of,
        claims: new.claims,
        split_from: new.split_from.map(|(id, _)| id),
        arrived_at: new.split_from.map(|(_, at)| at).or(new.arrived_at),
        subject_digest: secrets::digest(&subject_salt, &new.subject),
        comment: NewComment {
            id: comment.id,
            author: author.id,
            by: side(&author, requester.id, &[]),
            public: new.public,
            digest: secrets::digest(&comment.salt, &comment.body),
        },
        changes: changes(new),
    };
    // Without a signature nobody is signed in: the request is the requester's own act.
    let acting = match ctx.actor {
        Actor::Anonymous => ctx.acting_as(Actor::Person { id: requester.id, role: Role::EndUser }),
        _ => ctx.clone(),
    };
    let command = Command::Open(Box::new(opening));
    let decided = decide(None, &command, &facts, &acting.actor, &ctx.handbook, ctx.now)?;
    let stored = Stored {
        ticket: decided.ticket.clone(),
        subject: new.subject.clone(),
        subject_salt,
        first_comment: comment.id,
        external_id: new.external_id.clone(),
        brand: None,
        mailbox: new.mailbox.clone(),
        locale: requester.locale.clone(),
        work: domain::work::WorkClass::Rest,
    };
    store::comments::insert_first(tx, &comment)?;
    attachments::bind(tx, ctx, &new.files, (ids.ticket, comment.id))?;
    write_beside(tx, ids.ticket, new)?;
    let done = append(tx, &acting, ids.audit, stored, decided, &requester)?;
    let followers: Vec<_> = new.followers.iter().map(|user| (*user, true)).collect();
    follows::change(tx, ctx, ids.ticket, &followers)?;
    store::tickets::index_with(tx, &done.stored, &comment.body)?;
    Ok(done)
}

/// Writes what a new ticket comes with beside its log: fields, context and what was claimed.
fn write_beside(tx: &mut Tx<'_>, ticket: TicketId, new: &NewTicket) -> Result<(), Error> {
    for (field, value) in &new.fields {
        store::tickets::set_field(tx, ticket, *field, value.as_deref())?;
    }
    if let Some(context) = &new.context {
        store::tickets::set_context(tx, ticket, context)?;
    }
    if let Some(claimed) = &new.claimed {
        store::claims::insert(tx, ticket, claimed)?;
    }
    Ok(())
}

/// The people of a new ticket.
struct Cast {
    requester: User,
    submitter: User,
    author: User,
}

/// Finds the people, and refuses what does not fit them.
fn cast(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewTicket) -> Result<Cast, Error> {
    let mut requester = person(tx, ctx, &new.requester, "requester_id")?;
    let is_verified = new.claimed.as_ref().is_some_and(|claimed| claimed.verified);
    heard(tx, ctx, &mut requester, &new.speaks, is_verified)?;
    let submitter = match new.submitter {
        Some(id) if id != requester.id => person(tx, ctx, &Person::Known(id), "submitter_id")?,
        _ => requester.clone(),
    };
    let author = match new.author {
        Some(id) if id != submitter.id => person(tx, ctx, &Person::Known(id), "comment.author_id")?,
        _ => submitter.clone(),
    };
    if let Some(id) = new.organization {
        situation::check_named(tx, &requester, id)?;
    }
    Ok(Cast { requester, submitter, author })
}

/// Answers the requester in the zone and the language they were heard with. Somebody new keeps them, and somebody whose
/// identity is proved keeps what was not known; else they change nothing but this ticket.
fn heard(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    requester: &mut User,
    speaks: &Speaks,
    is_verified: bool,
) -> Result<(), Error> {
    let zone = speaks.zone.as_deref().and_then(crate::users::zone);
    let locale = speaks.locale.as_deref().and_then(crate::users::language);
    let keeps = (is_verified || requester.created_at == ctx.now) && requester.role == Role::EndUser;
    let is_news = requester.time_zone.is_none() && zone.is_some()
        || requester.locale.is_none() && locale.is_some();
    if keeps && is_news {
        requester.time_zone = requester.time_zone.take().or_else(|| zone.clone());
        requester.locale = requester.locale.take().or_else(|| locale.clone());
        store::users::update(tx, requester)?;
    }
    requester.time_zone = zone.or(requester.time_zone.take());
    requester.locale = locale.or(requester.locale.take());
    Ok(())
}

/// What rules see of a new ticket.
fn ticket_facts(new: &NewTicket, tags: &[String]) -> handbook::TicketFacts {
    handbook::TicketFacts {
        channel: new.channel.as_str().to_owned(),
        area: new.area.clone().unwrap_or_default(),
        severity: new.severity.map(Severity::as_str).unwrap_or_default().to_owned(),
        kind: new.kind.map(Kind::as_str).unwrap_or_default().to_owned(),
        subject: new.subject.clone(),
        tags: tags.to_vec(),
    }
}

/// What is set at once.
fn changes(new: &NewTicket) -> Changes {
    Changes {
        status: new.status,
        hold_until: new.hold_until,
        assignee: new.assignee.map(Some),
        team: new.team,
        level: new.level.clone(),
        fields: custom_changes(&new.fields),
        ..Changes::default()
    }
}

/// A follow-up continues a closed ticket: what that was about, and for whom, holds on unless something else is said.
/// How bad it was does not; that is the new message's to say. (ST-06)
fn continued(tx: &mut Tx<'_>, new: &NewTicket) -> Result<NewTicket, Error> {
    let mut new = new.clone();
    let Some(source) = new.follow_up_of else { return Ok(new) };
    let wrong = |said: &str| Error::invalid("via_followup_source_id", "InvalidValue", said);
    let found =
        store::tickets::load(tx, source)?.filter(|stored| stored.ticket.deleted_at.is_none());
    let source = match found {
        Some(stored) if stored.ticket.status == Status::Closed => stored.ticket,
        Some(_) => return Err(wrong("Via followup source: is not closed")),
        None => return Err(wrong("Via followup source: there is no such ticket")),
    };
    new.area = new.area.or(source.area);
    new.kind = new.kind.or(source.kind);
    if let (None, Some(organization)) = (new.organization, source.organization) {
        let requester = match &new.requester {
            Person::Known(id) => Some(*id),
            Person::Address { email, .. } => store::users::by_email(tx, email)?.map(|user| user.id),
        };
        let own = match requester {
            Some(id) => store::organizations::of_user(tx, id)?,
            None => Vec::new(),
        };
        if own.iter().any(|membership| membership.of == organization) {
            new.organization = Some(organization);
        }
    }
    Ok(new)
}

/// The numbers a new ticket needs, taken before anything is decided.
struct Numbers {
    ticket: TicketId,
    audit: AuditId,
    comment: CommentId,
}

impl Numbers {
    fn take(tx: &mut Tx<'_>) -> Result<Self, Error> {
        Ok(Self {
            ticket: TicketId(tx.next_id(Ids::Ticket)?),
            audit: AuditId(tx.next_id(Ids::Audit)?),
            comment: CommentId(tx.next_id(Ids::Entry)?),
        })
    }
}

fn comment_row(ctx: &Ctx, ids: &Numbers, author: &User, new: &NewTicket) -> Comment {
    Comment {
        id: ids.comment,
        ticket: ids.ticket,
        audit: ids.audit,
        author: author.id,
        public: new.public,
        body: new.body.text.clone(),
        html: new.body.html.clone(),
        salt: salt(),
        via: new.channel,
        details: new.details.clone(),
        created_at: ctx.now,
        attachments: Vec::new(),
        leaves_at: None,
    }
}

/// A fresh salt for a digest.
pub(crate) fn salt() -> String {
    secrets::hex(&secrets::random::<12>())
}

/// On whose side an author stands.
pub(crate) fn side(author: &User, requester: UserId, ccs: &[UserId]) -> Author {
    if author.id == requester {
        Author::Customer
    } else if author.role.answers() {
        Author::Agent
    } else if ccs.contains(&author.id) {
        Author::Customer
    } else {
        Author::Other
    }
}

/// The people copied in: each once, never the requester.
pub(crate) fn ccs(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    people: &[Person],
    requester: UserId,
) -> Result<Vec<UserId>, Error> {
    let mut ids = Vec::new();
    for one in people {
        let user = person(tx, ctx, one, "email_ccs")?;
        if user.id != requester && !ids.contains(&user.id) {
            ids.push(user.id);
        }
    }
    Ok(ids)
}

/// An agent a ticket may be assigned to.
pub(crate) fn agent(tx: &mut Tx<'_>, id: UserId) -> Result<domain::Candidate, Error> {
    let user = store::users::load(tx, id)?.filter(|user| user.active && user.role.answers());
    match user {
        Some(_) => situation::candidate(tx, id),
        None => Err(Error::invalid("assignee_id", "InvalidValue", "Assignee: is not an agent")),
    }
}

/// What the log keeps of custom fields: that they changed, and a digest.
pub(crate) fn custom_changes(fields: &[CustomValue]) -> Vec<CustomChange> {
    fields
        .iter()
        .map(|(field, value)| CustomChange {
            field: domain::FieldId(*field),
            digest: value.as_deref().map(|value| secrets::digest(&salt(), value)),
        })
        .collect()
}
