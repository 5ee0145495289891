//! Effects: what has to leave because of what happened. Written in the same transaction, sent later by one gate.
//!
//! A letter to a customer is made from a `PublicComment` or from a rule's text. An internal note has no way to
//! become one: the only constructor of `PublicComment` looks at the comment's visibility.

mod recipients;
mod surveys;
mod warnings;

use std::collections::HashMap;

use domain::words::{self, Locale};
use domain::{Cause, Channel, DeliveryId, Envelope, Event, Promise, Status, TeamId, User};
use jiff::Timestamp;
use mail::Outgoing;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::comments::Comment;
pub use store::outbox::Delivery;
use store::outbox::Queued;
use store::tickets::Stored;

pub(crate) use surveys::late_words;

pub(crate) use self::recipients::refused;
pub use self::recipients::{
    Recipient, Said, all, concluded, heard, of_ticket, send_elsewhere, try_again, try_any_again,
    waiting,
};
use crate::tickets::reader_of;
use crate::{Ctx, Desk, Error, texts};

/// What a mail needs beside the columns of the outbox.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Letter {
    /// Our address with the name.
    pub from: String,
    /// People copied in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// The address that brings replies back.
    pub reply_to: String,
    /// Without brackets.
    pub message_id: String,
    /// The conversation so far, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Where one says that one wants no more mails of this sort, if one can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// The files that go along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Enclosed>,
    /// A mail caused it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answers_mail: bool,
}

/// A file that goes along with a mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Enclosed {
    /// Its content.
    pub hash: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub content_type: String,
}

/// What a mail of ours may weigh; servers take 25 MB, and files grow by a third on the way.
const MOST_ENCLOSED: i64 = 18 * 1024 * 1024;

/// A comment that customers may read. A note cannot be one.
struct PublicComment<'c>(&'c Comment);

impl<'c> PublicComment<'c> {
    fn of(comment: &'c Comment) -> Option<Self> {
        comment.public.then_some(Self(comment))
    }
}

/// Queues every effect of these events.
pub(crate) fn cause(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    stored: &Stored,
    requester: &User,
    events: &[Envelope],
) -> Result<(), Error> {
    for envelope in events {
        let post = Post { ctx, stored, requester, envelope };
        match &envelope.event {
            Event::Opened(opened) if opened.organization.is_none() && !opened.internal => {
                post.unknown(tx)?;
            }
            Event::Acknowledged { promise } => post.acknowledge(tx, promise)?,
            Event::PromiseImproved { promise } | Event::Told { promise, .. } => {
                post.improve(tx, promise)?;
            }
            Event::Commented { comment, public: true, answer: true, .. } => {
                let comment = store::comments::load(tx, *comment)?.ok_or(Error::NotFound)?;
                if let Some(comment) = PublicComment::of(&comment) {
                    post.reply(tx, &comment)?;
                }
            }
            Event::Warned { due_at, .. } => post.warn(tx, *due_at)?,
            Event::Breached { due_at, .. } => post.breach(tx, *due_at)?,
            Event::Reminded => post.remind(tx)?,
            Event::AnswerBounced { .. } => post.bounced(tx)?,
            Event::StatusChanged { from: Status::Hold, to: Status::Open, .. }
                if envelope.actor_kind == "rule" =>
            {
                post.woke(tx)?;
            }
            // Not when it is only solved again, after unmerging or as no spam. (ST-10)
            Event::StatusChanged { to: Status::Solved, cause: Some(Cause::Auto), .. }
                if envelope.actor_kind == "rule" =>
            {
                post.auto_solved(tx)?;
            }
            Event::Escalated { .. } => post.escalated(tx)?,
            Event::SeverityChanged { from: Some(from), to: Some(to), .. }
                if to.is_milder_than(*from) && envelope.actor_kind == "person" =>
            {
                let requester = stored.ticket.requester;
                if envelope.person() != Some(requester) {
                    store::users::graded_down(tx, requester)?;
                }
            }
            Event::SurveyIssued { owners } => post.survey(tx, *owners)?,
            Event::SurveyAnswered { rating, digest, .. } => {
                post.rated(tx, *rating, digest.is_some())?;
            }
            _ => {}
        }
    }
    crate::notices::of_ticket(tx, ctx, stored, events)
}

/// One event's post.
struct Post<'a> {
    ctx: &'a Ctx,
    stored: &'a Stored,
    requester: &'a User,
    envelope: &'a Envelope,
}

impl Post<'_> {
    fn number(&self) -> i64 {
        self.stored.ticket.id.0
    }

    fn locale(&self) -> Locale {
        self.requester.locale.as_deref().map(Locale::nearest).unwrap_or_default()
    }

    fn link(&self) -> String {
        format!("{}/requests/{}", self.ctx.base_url, self.number())
    }

    fn acknowledge(&self, tx: &mut Tx<'_>, promise: &Promise) -> Result<(), Error> {
        let locale = self.locale();
        let subject =
            words::mail::acknowledged_subject(locale, self.number(), &self.stored.subject);
        let links = if promise.due_at.is_none() { self.unpromised() } else { Vec::new() };
        let lines = links.iter().map(|(words, to)| format!("{words}: {to}"));
        let said = std::iter::once(promise.text.clone()).chain(lines).collect::<Vec<_>>();
        let link = self.link();
        let text = words::mail::acknowledged(locale, self.number(), &said.join("\n\n"), &link);
        let mut html = texts::Body::plain(&text).html;
        let anchor = |words: &str, to: &str| {
            format!("<p><a href=\"{}\">{}</a></p>", texts::escape(to), texts::escape(words))
        };
        for (words, to) in links {
            let line = format!("<p>{}</p>", texts::escape(&format!("{words}: {to}")));
            html = html.replace(&line, &anchor(words, &to));
        }
        html = html.replace(&format!("<p>{}</p>", texts::escape(&link)), &anchor(&link, &link));
        self.letter(tx, "acknowledgement", true, (&subject, text, Some(html)), Vec::new())
    }

    /// What one can do where nothing is promised: say how bad it is, or look whether it is answered already.
    fn unpromised(&self) -> Vec<(&'static str, String)> {
        let [say, community] = words::mail::unpromised(self.locale());
        let mut links = vec![(say, format!("{}#severity", self.link()))];
        if self.ctx.handbook.channels.iter().any(|channel| channel.name == "questions") {
            links.push((community, format!("{}/questions", self.ctx.base_url)));
        }
        links
    }

    fn improve(&self, tx: &mut Tx<'_>, promise: &Promise) -> Result<(), Error> {
        let locale = self.locale();
        let subject = words::mail::reply_subject(locale, self.number(), &self.stored.subject);
        let text = words::mail::improved(locale, self.number(), &promise.text, &self.link());
        self.letter(tx, "promise", true, (&subject, text, None), Vec::new())
    }

    fn reply(&self, tx: &mut Tx<'_>, comment: &PublicComment<'_>) -> Result<(), Error> {
        let locale = self.locale();
        let author = store::users::load(tx, comment.0.author)?.ok_or(Error::NotFound)?;
        let name = author.alias.as_deref().unwrap_or(&author.name);
        let company = &self.ctx.handbook.company.name;
        let footer = words::mail::reply_footer(locale, name, company, &self.link());
        let (files, links) = self.enclosed(tx, comment)?;
        let text = format!("{}\n{links}\n-- \n{footer}\n", comment.0.body.trim_end());
        let links = texts::Body::plain(&links).html;
        let footer = texts::escape(&footer).replace('\n', "<br>");
        let html = format!("{}{links}<p>{footer}</p>", comment.0.html);
        let subject = words::mail::reply_subject(locale, self.number(), &self.stored.subject);
        let words = (subject.as_str(), text, Some(html));
        let id = self.letter_with(tx, "reply", false, words, files, None)?;
        if let (Some(id), Some(until)) = (id, comment.0.leaves_at) {
            store::outbox::postpone(tx, id, until)?;
        }
        Ok(())
    }

    /// The files of an answer; where they are too heavy for a mail, addresses where they can be had.
    fn enclosed(
        &self,
        tx: &mut Tx<'_>,
        comment: &PublicComment<'_>,
    ) -> Result<(Vec<Enclosed>, String), Error> {
        let files = store::attachments::of_comments(tx, &[comment.0.id])?;
        if files.iter().map(|file| file.size).sum::<i64>() > MOST_ENCLOSED {
            let lines = files.iter().map(|file| {
                format!("\n{}: {}/attachments/token/{}/", file.name, self.ctx.base_url, file.token)
            });
            return Ok((Vec::new(), lines.collect::<String>() + "\n"));
        }
        let enclosed = files.into_iter().map(|file| Enclosed {
            hash: file.hash,
            name: file.name,
            content_type: file.content_type,
        });
        Ok((enclosed.collect(), String::new()))
    }

    fn remind(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let locale = self.locale();
        let solves =
            self.stored.ticket.timers.iter().find(|timer| timer.kind == domain::TimerKind::Solve);
        let when = solves.map(|timer| {
            let (when, zone) = reader_of(self.ctx, self.requester).when(timer.at, self.envelope.at);
            format!("{when} {zone}")
        });
        let subject = words::mail::reply_subject(locale, self.number(), &self.stored.subject);
        let text = words::mail::reminder(locale, self.number(), when.as_deref(), &self.link());
        self.letter(tx, "reminder", true, (&subject, text, None), Vec::new())
    }

    fn auto_solved(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let locale = self.locale();
        let subject = words::mail::reply_subject(locale, self.number(), &self.stored.subject);
        let text = words::mail::auto_solved(locale, self.number(), &self.link());
        self.letter(tx, "auto_solved", true, (&subject, text, None), Vec::new())
    }

    /// The team escalated to is told. The note itself stays on the ticket: notes never leave. (ESC-02)
    fn escalated(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let text = format!("#{} was escalated to you: {}", self.number(), self.stored.subject);
        self.team_post(tx, "escalation", &format!("escalation:{}", self.envelope.seq), &text)
    }

    fn bounced(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let ticket = &self.stored.ticket;
        let now = if ticket.asked_at.is_some() { ", and its customer waits again" } else { "" };
        let text =
            format!("An answer on #{} did not arrive{now}: {}", ticket.id, self.stored.subject);
        self.team_post(tx, "notification", &format!("bounced:{}", self.envelope.seq), &text)
    }

    /// A ticket came back from hold, and nobody has it or is hero: the team is told. (ST-04)
    fn woke(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        if crate::notices::owner_or_hero(tx, self.ctx, self.stored, self.envelope)?.is_some() {
            return Ok(());
        }
        let text = format!("#{} is back from hold: {}", self.number(), self.stored.subject);
        self.team_post(tx, "notification", &format!("woke:{}", self.envelope.seq), &text)
    }

    fn unknown(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let text = format!(
            "#{} came from an unknown organization: {}",
            self.number(),
            self.stored.subject
        );
        let channel = triage_channel(self.ctx);
        self.slack(tx, "notification", "organization-unknown", channel, &text)
    }

    fn team_post(&self, tx: &mut Tx<'_>, kind: &str, key: &str, text: &str) -> Result<(), Error> {
        let channel = team_channel(tx, self.ctx, self.stored.ticket.team)?;
        self.slack(tx, kind, key, channel, text)
    }

    fn slack(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        key: &str,
        channel: String,
        text: &str,
    ) -> Result<(), Error> {
        let id = store::outbox::next_id(tx)?;
        let delivery = Delivery {
            id,
            key: format!("ticket:{}:{key}", self.number()),
            at: self.envelope.at,
            channel: "slack".to_owned(),
            kind: kind.to_owned(),
            automatic: true,
            ticket: Some(self.stored.ticket.id),
            user: None,
            to: vec![channel],
            subject: format!("#{}", self.number()),
            text: format!("{text}\n{}/tickets/{}", self.ctx.base_url, self.number()),
            html: None,
            payload: "{}".to_owned(),
        };
        Ok(store::outbox::insert(tx, &delivery)?)
    }

    /// Queues a mail to the requester, who may have no address; every one carries the reply token.
    fn letter(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        automatic: bool,
        words: (&str, String, Option<String>),
        files: Vec<Enclosed>,
    ) -> Result<(), Error> {
        self.letter_with(tx, kind, automatic, words, files, None).map(|_| ())
    }

    /// The same, perhaps with a way to say that one wants no more of the sort. Gives the mail's number.
    fn letter_with(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        automatic: bool,
        (subject, text, html): (&str, String, Option<String>),
        files: Vec<Enclosed>,
        unsubscribe: Option<String>,
    ) -> Result<Option<DeliveryId>, Error> {
        let Some(address) = self.requester.email.clone() else { return Ok(None) };
        let id = store::outbox::next_id(tx)?;
        let from = sender(self.ctx);
        let token = self.ctx.secrets.reply_key().token(self.number());
        let domain = domain_of(&from);
        let cc = if automatic { Vec::new() } else { self.copies(tx)? };
        let letter = Letter {
            reply_to: mail::reply_address(&from, &token).unwrap_or_else(|| from.clone()),
            message_id: format!("{token}.{id}@{domain}"),
            // One root a ticket keeps mail programs from falling apart into threads.
            references: self
                .answered(tx, automatic)?
                .into_iter()
                .chain([format!("{token}.ticket@{domain}")])
                .collect(),
            cc,
            from,
            unsubscribe,
            files,
            answers_mail: self.envelope.via == Channel::Email,
        };
        let delivery = Delivery {
            id,
            key: format!("ticket:{}:{}:{kind}", self.number(), self.envelope.seq),
            at: self.envelope.at,
            channel: "email".to_owned(),
            kind: kind.to_owned(),
            automatic,
            ticket: Some(self.stored.ticket.id),
            user: Some(self.requester.id),
            to: vec![address],
            subject: subject.to_owned(),
            text,
            html,
            payload: serde_json::to_string(&letter).expect("a letter is made of plain values"),
        };
        store::outbox::insert(tx, &delivery)?;
        Ok(Some(id))
    }

    /// The Message-ID of the customer's mail that a reply answers, if it was a mail.
    fn answered(&self, tx: &mut Tx<'_>, automatic: bool) -> Result<Option<String>, Error> {
        if automatic {
            return Ok(None);
        }
        let details = store::comments::last_details(tx, self.stored.ticket.id)?;
        let details =
            details.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        Ok(details.and_then(|details| details["message_id"].as_str().map(str::to_owned)))
    }

    fn copies(&self, tx: &mut Tx<'_>) -> Result<Vec<String>, Error> {
        if self.stored.ticket.ccs.is_empty() {
            return Ok(Vec::new());
        }
        let people = store::users::many(tx, &self.stored.ticket.ccs)?;
        Ok(people.into_iter().filter_map(|user| user.email).collect())
    }
}

/// Something one of us is told; nobody else sees it.
pub(crate) struct Notice<'n> {
    /// The same key again tells nothing.
    pub(crate) key: String,
    /// When it may leave.
    pub(crate) at: Timestamp,
    /// `handover`, `sign_in`.
    pub(crate) kind: &'n str,
    /// What it is about, in a line.
    pub(crate) subject: String,
    /// What happened.
    pub(crate) text: String,
}

/// Queues a mail to somebody that is about no ticket: a link to sign in with.
pub(crate) fn personal(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kind: &str,
    to: &User,
    subject: &str,
    text: String,
) -> Result<(), Error> {
    let key = format!("{kind}:{}", store::outbox::next_id(tx)?);
    let subject = subject.to_owned();
    tell(tx, ctx, to, Notice { key, at: ctx.now, kind, subject, text })
}

/// Mails somebody; it carries no way to answer a customer. Whoever has no address is not told. What happens to tickets
/// and rotas is told by `notices` instead, which gathers.
pub(crate) fn tell(tx: &mut Tx<'_>, ctx: &Ctx, to: &User, notice: Notice<'_>) -> Result<(), Error> {
    let Some(address) = to.email.clone() else { return Ok(()) };
    let id = store::outbox::next_id(tx)?;
    let from = sender(ctx);
    let domain = domain_of(&from);
    let letter = Letter { message_id: format!("notice.{id}@{domain}"), from, ..Letter::default() };
    let delivery = Delivery {
        id,
        key: notice.key,
        at: notice.at,
        channel: "email".to_owned(),
        kind: notice.kind.to_owned(),
        automatic: true,
        ticket: None,
        user: Some(to.id),
        to: vec![address],
        subject: notice.subject,
        text: notice.text,
        html: None,
        payload: serde_json::to_string(&letter).expect("a letter is made of plain values"),
    };
    Ok(store::outbox::insert(tx, &delivery)?)
}

/// When what follows from a press may leave, if whoever pressed may take it back until then; none if nobody may, or they
/// want no such wait.
pub(crate) fn leaves_at(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Option<Timestamp>, Error> {
    let Some(user) = ctx.pressed_by else { return Ok(None) };
    let undo = store::notices::preferences(tx, user)?.undo();
    Ok(ctx.now.checked_add(undo).ok().filter(|_| !undo.is_zero()))
}

/// Lets a delivery wait until whoever pressed can no longer take it back.
pub(crate) fn wait(tx: &mut Tx<'_>, ctx: &Ctx, id: DeliveryId) -> Result<(), Error> {
    match leaves_at(tx, ctx)? {
        Some(until) => Ok(store::outbox::postpone(tx, id, until)?),
        None => Ok(()),
    }
}

/// Our address with the name.
pub(crate) fn sender(ctx: &Ctx) -> String {
    let from = &ctx.handbook.company.from;
    if from.is_empty() { "support@localhost".to_owned() } else { from.clone() }
}

/// Where a team reads.
fn team_channel(tx: &mut Tx<'_>, ctx: &Ctx, team: TeamId) -> Result<String, Error> {
    let team = store::teams::load(tx, team)?;
    let named = team.map(|team| crate::notices::channel(ctx, &team));
    Ok(named.unwrap_or_else(|| "#support".to_owned()))
}

/// Where whoever sorts tickets reads.
fn triage_channel(ctx: &Ctx) -> String {
    let triage = ctx.handbook.triage();
    triage.slack.clone().unwrap_or_else(|| format!("#{}", triage.slug))
}

/// The domain of an address, with or without a name before it.
pub(crate) fn domain_of(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("localhost", |(_, rest)| rest);
    domain.trim_end_matches('>').to_owned()
}

/// The mail that a queued delivery stands for.
pub fn outgoing(delivery: &Delivery, instance: &str) -> Outgoing {
    let letter: Letter = serde_json::from_str(&delivery.payload).unwrap_or_default();
    Outgoing {
        from: letter.from,
        to: delivery.to.clone(),
        cc: letter.cc,
        reply_to: (!letter.reply_to.is_empty()).then_some(letter.reply_to),
        subject: delivery.subject.clone(),
        text: delivery.text.clone(),
        html: delivery.html.clone(),
        attachments: Vec::new(),
        message_id: letter.message_id,
        in_reply_to: letter.references.first().cloned(),
        references: letter.references,
        automatic: delivery.automatic,
        unsubscribe: letter.unsubscribe,
        instance: instance.to_owned(),
        date_unix: delivery.at.as_second(),
    }
}

impl Desk {
    /// The mail that a queued delivery stands for, with the files that go along.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub async fn outgoing(&self, delivery: &Delivery, instance: &str) -> Result<Outgoing, Error> {
        let mut mail = outgoing(delivery, instance);
        let letter: Letter = serde_json::from_str(&delivery.payload).unwrap_or_default();
        for file in letter.files {
            mail.attachments.push(mail::Attachment {
                bytes: self.content(&file.hash).await?,
                name: file.name,
                content_type: file.content_type,
                content_id: None,
            });
        }
        Ok(mail)
    }
}

/// How long a worker keeps what it claimed; after that another one may take it.
pub const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Mails to our own people, and links to sign in with that somebody asked for, are not counted.
const UNCOUNTED: [&str; 3] = ["notification", "handover", "sign_in"];

/// Takes what is due to be sent for a node, for a while; a crash only delays it. Nothing is due while we are mute. What an
/// address would be sent beyond the limit of automatic mails is suppressed, with the reason. In the demo only what a mail
/// caused is counted, for there nothing is held back that is typed into forms.
pub fn claim(tx: &mut Tx<'_>, ctx: &Ctx, node: &str, limit: i64) -> Result<Vec<Queued>, Error> {
    if crate::installation::muted(tx)?.is_some() {
        return Ok(Vec::new());
    }
    let lease = ctx.now.checked_add(LEASE).unwrap_or(ctx.now);
    let mut admitted: HashMap<Vec<String>, i64> = HashMap::new();
    loop {
        let found = store::outbox::claim(tx, node, ctx.now, lease, limit)?;
        let was_empty = found.is_empty();
        let mut claimed = Vec::new();
        for queued in found {
            if is_one_too_many(tx, ctx, &queued.delivery, &mut admitted)? {
                suppress(tx, ctx, &queued.delivery)?;
            } else {
                // From now on the customer sees it, and nobody can take it back.
                if let ("reply", Some(ticket)) =
                    (queued.delivery.kind.as_str(), queued.delivery.ticket)
                {
                    tx.touch(format!("ticket:{ticket}"));
                }
                claimed.push(queued);
            }
        }
        if was_empty || !claimed.is_empty() {
            return Ok(claimed);
        }
    }
}

/// Whether an automatic mail would be one too many for its address; `admitted` is what was let through so far.
fn is_one_too_many(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    delivery: &Delivery,
    admitted: &mut HashMap<Vec<String>, i64>,
) -> Result<bool, Error> {
    let answers_mail =
        serde_json::from_str::<Letter>(&delivery.payload).is_ok_and(|letter| letter.answers_mail);
    let counts = delivery.automatic
        && delivery.channel == "email"
        && !UNCOUNTED.contains(&delivery.kind.as_str())
        && (answers_mail || !ctx.demo);
    if !counts {
        return Ok(false);
    }
    let since = ctx.now.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap_or(ctx.now);
    let most = ctx.handbook.replies.automatic_an_hour;
    let known = match admitted.get(&delivery.to) {
        Some(known) => *known,
        None => {
            let to = &delivery.to;
            store::outbox::automatic_since(tx, to, since, ctx.demo, most)?
        }
    };
    if known < most {
        admitted.insert(delivery.to.clone(), known + 1);
    }
    Ok(known >= most)
}

fn suppress(tx: &mut Tx<'_>, ctx: &Ctx, delivery: &Delivery) -> Result<(), Error> {
    let most = ctx.handbook.replies.automatic_an_hour;
    let why = format!("{most} automatic mails went to this address within an hour");
    store::outbox::finish(tx, delivery.id, "suppressed", Some(&why), ctx.now, ctx.now)?;
    if let Some(ticket) = delivery.ticket {
        tx.touch(format!("ticket:{ticket}"));
    }
    Ok(())
}

/// Records that deliveries left.
pub fn sent(tx: &mut Tx<'_>, ctx: &Ctx, ids: &[domain::DeliveryId]) -> Result<(), Error> {
    Ok(store::outbox::sent(tx, ids, ctx.now)?)
}

/// Records that deliveries would have left if this were no demo.
pub fn captured(tx: &mut Tx<'_>, ctx: &Ctx, all: &[Queued]) -> Result<(), Error> {
    let ids: Vec<domain::DeliveryId> = all.iter().map(|queued| queued.delivery.id).collect();
    store::outbox::sent(tx, &ids, ctx.now)?;
    all.iter().try_for_each(|queued| crate::tickets::arrived(tx, ctx, &queued.delivery))
}

/// How often a delivery is tried before it is given up; with the pauses of [`later`] that is two days of trying. Its
/// age does not count: after a long standstill everything that waits is old, and was perhaps never tried.
const ATTEMPTS: i64 = 31;

/// Records that a delivery is tried again later: after ten seconds, then 1, 2, 4 … minutes, at most two hours, for two
/// days. An event for analytics waits as long as it takes: nobody reads it late. (CS-05)
pub fn later(tx: &mut Tx<'_>, ctx: &Ctx, queued: &Queued, why: &str) -> Result<(), Error> {
    let waits = queued.delivery.channel == "posthog";
    if queued.attempts + 1 >= ATTEMPTS && !waits {
        return failed(tx, ctx, queued, why);
    }
    let due_at = again_at(ctx.now, queued.attempts);
    Ok(store::outbox::finish(tx, queued.delivery.id, "pending", Some(why), due_at, ctx.now)?)
}

/// Records that nobody wants a delivery, and nothing is wrong with that.
pub fn unwanted(tx: &mut Tx<'_>, ctx: &Ctx, queued: &Queued, why: &str) -> Result<(), Error> {
    Ok(store::outbox::finish(tx, queued.delivery.id, "refused", Some(why), ctx.now, ctx.now)?)
}

/// When a delivery is tried again that was tried before `attempts` times and now.
fn again_at(now: Timestamp, attempts: i64) -> Timestamp {
    let pause = match attempts {
        ..=0 => SOON,
        more => jiff::SignedDuration::from_mins((1_i64 << (more - 1).min(7)).min(120)),
    };
    now.checked_add(pause).unwrap_or(now)
}

/// The first pause, and that of everything else while nobody answers.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);

/// Gives back what a node had claimed when it ended, so that nobody waits for the lease to run out.
pub fn reclaim(tx: &mut Tx<'_>, ctx: &Ctx, node: &str) -> Result<u64, Error> {
    Ok(store::outbox::reclaim(tx, node, ctx.now)?)
}

/// Gives back deliveries that were claimed and not tried, because nobody answers at the other end: they are due again
/// soon, and this was no attempt.
pub fn put_back(tx: &mut Tx<'_>, ctx: &Ctx, ids: &[domain::DeliveryId]) -> Result<(), Error> {
    let due_at = ctx.now.checked_add(SOON).unwrap_or(ctx.now);
    Ok(store::outbox::put_back(tx, ids, due_at)?)
}

/// Records that a delivery failed for good; the ticket's page says so.
pub fn failed(tx: &mut Tx<'_>, ctx: &Ctx, queued: &Queued, why: &str) -> Result<(), Error> {
    store::outbox::finish(tx, queued.delivery.id, "failed", Some(why), ctx.now, ctx.now)?;
    if queued.delivery.channel == "email" {
        crate::tickets::bounced(tx, ctx, &queued.delivery)?;
    }
    if let Some(ticket) = queued.delivery.ticket {
        tx.touch(format!("ticket:{ticket}"));
    }
    Ok(())
}

/// When the next delivery is due.
pub fn next(tx: &mut Tx<'_>) -> Result<Option<jiff::Timestamp>, Error> {
    Ok(store::outbox::next(tx)?)
}

/// Everything that left, oldest first, after an id.
pub fn all_sent(
    tx: &mut Tx<'_>,
    after: domain::DeliveryId,
    limit: i64,
) -> Result<Vec<Queued>, Error> {
    Ok(store::outbox::in_state(tx, "sent", after, limit)?)
}

/// Whether anything waits to be sent now, and may be.
pub fn is_due(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<bool, Error> {
    let waits = store::outbox::next(tx)?.is_some_and(|at| at <= ctx.now);
    Ok(waits && crate::installation::muted(tx)?.is_none())
}

/// How many deliveries have not left and are in a state: pending, failed, refused.
pub fn unsent(tx: &mut Tx<'_>, state: &str) -> Result<i64, Error> {
    Ok(store::outbox::unsent(tx, state)?)
}

/// How many deliveries left, counted up to a limit.
pub fn sent_up_to(tx: &mut Tx<'_>, limit: i64) -> Result<i64, Error> {
    Ok(store::outbox::sent_up_to(tx, limit)?)
}
