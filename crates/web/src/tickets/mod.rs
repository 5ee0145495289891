//! A ticket's pages: the conversation, why and by when, everything that happened, and what one can do.

pub(crate) mod actions;
mod activity;
mod aside;
mod beside;
mod claims;
mod coming;
mod conversation;
mod drafting;
mod letters;
pub(crate) mod linking;
pub(crate) mod macros;
mod names;
mod opening;
mod rated;
mod reapplying;
mod said;
mod sent_along;
mod taking;
mod way;
mod why;
mod writing;

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use desk::beside::{Beside, Here};
use desk::pages::{Part, Whole};
use desk::{Act, Error};
use domain::{Event, Status, TicketId, UserId};
use handbook::Handbook;
use maud::{Markup, html};

use crate::components::button::{self, Button};
use crate::components::composer::{Composer, Kind, composer};
use crate::components::notice::{Notice, Tone, message_box};
use crate::components::ticket_header::{
    TicketHeader, bottom_bar, ticket_actions, ticket_header, ticket_now, ticket_subject,
};
use crate::components::time_left::{TimeLeft, due_words};
use crate::components::timeline;
use crate::memory::Around;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::rows::{Chips, subject};
use crate::table::Route;
use crate::visitor::{Visitor, referer};
use crate::words::{Language, Text, Words};
use crate::{frame, keys, routes, times};

use drafting::Drafts;
use names::{Log, Names, first_name};

pub(crate) use letters::{details, folded, plain, proved};
pub(crate) use names::{doing, via};
pub(crate) use said::cause_text;

/// How many comments a page shows at first.
pub(crate) const SHOWN: i64 = 30;
/// How many at most.
const MOST_SHOWN: i64 = 500;
/// From which action on they are for closed tickets, too.
const CLOSED: usize = 16;
/// How many of these are done in the composer.
const WRITTEN: usize = 2;

pub(crate) fn pages() -> Vec<Route> {
    let mut all = vec![
        Route::get("/tickets/new", Act::WorkTickets, opening::ask),
        Route::post("/tickets/new", Act::WorkTickets, opening::open),
        Route::get("/tickets/{id}", Act::ReadDesk, show),
        Route::get("/tickets/{id}/news", Act::ReadDesk, news),
        Route::get("/tickets/{id}/explanation", Act::ReadDesk, explanation),
        Route::get("/tickets/{id}/activity", Act::ReadDesk, activity),
        Route::get("/tickets/{id}/related", Act::ReadDesk, related),
        Route::post("/tickets/{id}/reapplication", Act::Configure, reapplying::reapply),
        Route::get("/tickets/{id}/mails/{mail}/source", Act::ReadDesk, letters::source),
        Route::get("/tickets/{id}/macro", Act::WorkTickets, macros::ask),
        Route::post("/tickets/{id}/macro", Act::WorkTickets, macros::apply),
        Route::post("/tickets/{id}/replies", Act::WorkTickets, writing::reply),
        Route::post("/tickets/{id}/notes", Act::WorkTickets, writing::note),
    ];
    all.extend(drafting::pages());
    all.extend(beside::pages());
    all.extend(actions::pages());
    all.extend(claims::pages());
    all
}

/// The number in a path; whatever is none is no ticket.
pub(crate) fn number(text: &str) -> Result<TicketId, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// What stands in the composers when the page is made anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writing {
    /// Which one is open.
    pub(crate) open: Kind,
    /// The words typed into a form that was not sent.
    pub(crate) text: Option<String>,
    /// What the status was to become.
    pub(crate) then: String,
    /// How they will look, if that was asked for.
    pub(crate) preview: Option<Markup>,
    /// What is said above them.
    pub(crate) refusal: Option<Markup>,
    /// What the writer has not seen.
    pub(crate) missed: Vec<domain::CommentId>,
    /// What binds the files that were chosen and are kept.
    pub(crate) upload: Option<String>,
    /// The macro that stands in it.
    pub(crate) staged: Option<macros::Staged>,
}

/// A ticket and what its pages need beside it.
pub(crate) struct Seen {
    whole: Whole,
    around: Arc<Around>,
    handbook: Arc<Handbook>,
    reader: Reader,
    left: TimeLeft,
    me: Option<UserId>,
    configures: bool,
    here: Here,
    demo: bool,
}

impl Seen {
    /// Reads a ticket for its pages.
    pub(crate) async fn read(visitor: &Visitor, id: TicketId, most: i64) -> Result<Self, Problem> {
        Self::read_part(visitor, id, Part::Last(most)).await
    }

    /// The same with a part of its conversation.
    async fn read_part(visitor: &Visitor, id: TicketId, part: Part) -> Result<Self, Problem> {
        let around = visitor.around().await?;
        let ctx = visitor.ctx.clone();
        let (whole, here) = visitor
            .desk
            .read(ctx, move |tx, ctx| {
                let whole = desk::pages::ticket(tx, ctx, id, part)?;
                Ok::<_, Error>((whole, desk::beside::here(tx, ctx, id)?))
            })
            .await?;
        let left = Chips::new(&visitor.ctx, &around).left(&whole.stored.ticket);
        let me = visitor.user.as_ref().map(|user| user.id);
        let (handbook, reader) = (visitor.ctx.handbook.clone(), visitor.reader());
        let demo = visitor.desk.settings().demo;
        let configures = desk::may(&visitor.ctx.actor, Act::Configure);
        Ok(Self { whole, around, handbook, reader, left, me, configures, here, demo })
    }

    fn names(&self) -> Names<'_> {
        Names::new(&self.reader, &self.around, &self.whole.people).of(Log {
            events: &self.whole.events,
            mentioned: &self.whole.mentioned,
            handbook: &self.handbook,
            configures: self.configures,
        })
    }

    fn id(&self) -> i64 {
        self.whole.stored.ticket.id.0
    }

    fn title(&self) -> String {
        format!("#{} {}", self.id(), subject(self.reader.words, &self.whole.stored.subject))
    }

    /// The words of the requester's language.
    fn language(&self) -> Words {
        let requester = self.names().user(self.whole.stored.ticket.requester);
        let tag = requester.and_then(|user| user.locale.as_deref()).unwrap_or_default();
        Words { language: Language::nearest(tag) }
    }

    fn requester(&self) -> String {
        first_name(self.names().person(self.whole.stored.ticket.requester)).to_owned()
    }

    /// Who has it for a while, in words, and whether that is the reader. (ROT-11)
    fn taken(&self) -> (String, bool) {
        let Some(lease) = &self.whole.lease else { return (String::new(), false) };
        let until = times::time_of_day(lease.until, &self.reader.zone);
        if self.me == Some(lease.user) {
            return (self.reader.words.fill(Text::YoursUntil, &[("until", &until)]), true);
        }
        let name = self.names().person(lease.user);
        let words = [("name", &name as &dyn std::fmt::Display), ("until", &until)];
        (self.reader.words.fill(Text::TakenUntil, &words), false)
    }

    /// Runs `f` with the ticket's header.
    fn with_header<T>(
        &self,
        list: Option<(&str, &str)>,
        f: impl FnOnce(&TicketHeader<'_>) -> T,
    ) -> T {
        let words = self.reader.words;
        let ticket = &self.whole.stored.ticket;
        let names = self.names();
        let owner = match ticket.assignee {
            Some(id) => format!("{} / {}", names.team(ticket.team), names.person(id)),
            None => names.team(ticket.team).to_owned(),
        };
        let subject = subject(words, &self.whole.stored.subject);
        let promise = due_words(&self.reader, self.left).unwrap_or_default();
        let (presence, taken) = self.taken();
        let others: Vec<String> =
            self.here.others.iter().map(|(name, writes)| doing(words, name, *writes)).collect();
        let snoozed = self.here.snoozed.map(|until| {
            let when = times::soon(words, until, &self.reader.zone, self.reader.now);
            words.fill(Text::SnoozedUntil, &[("when", &when)])
        });
        let more = [
            ("reply", words.say(Text::KeyReply), None),
            ("note", words.say(Text::KeyNote), None),
            ("assignment", words.say(Text::ActAssign), Some(keys::ASSIGN)),
            ("team", words.say(Text::KeyTeam), Some(keys::TEAM)),
            ("status", words.say(Text::ActStatus), Some(keys::STATUS)),
            ("hold", words.say(Text::ActHold), None),
            ("priority", words.say(Text::ActPriority), Some(keys::PRIORITY)),
            ("tags", words.say(Text::ActTags), Some(keys::TAGS)),
            ("macro", words.say(Text::ActMacro), Some(keys::MACRO)),
            ("snooze", words.say(Text::ActSnooze), Some(keys::SNOOZE)),
            ("escalation", words.say(Text::ActEscalate), Some(keys::ESCALATE)),
            ("details", words.say(Text::ActDetails), None),
            ("area", words.say(Text::ActArea), None),
            ("severity", words.say(Text::ActSeverity), None),
            ("issue", words.say(Text::ActIssue), None),
            ("promise", words.say(Text::ActWithdraw), None),
            ("merge", words.say(Text::ActMerge), None),
            ("split", words.say(Text::ActSplit), None),
            ("spam", words.say(Text::ActSpam), None),
            ("claim", words.say(Text::ActClaim), None),
            ("question", words.say(Text::PublishQuestion), None),
            ("explanation", words.say(Text::WhyAndByWhen), None),
            ("activity", words.say(Text::Activity), None),
        ];
        f(&TicketHeader {
            id: self.id(),
            seq: ticket.seq,
            subject: &subject,
            left: self.left,
            promise: &promise,
            priority: ticket.priority,
            status: ticket.status,
            merged: ticket.merged.is_some(),
            owner: &owner,
            presence: &presence,
            taken,
            others: &others,
            snoozed: snoozed.as_deref(),
            follows: self.here.follows,
            mine: self.me.is_some() && ticket.assignee == self.me,
            list,
            next: None,
            previous: None,
            more: &more[if ticket.status == Status::Closed { CLOSED } else { WRITTEN }..],
            closed: if ticket.status == Status::Closed { &more[..CLOSED] } else { &[] },
        })
    }
}

async fn show(visitor: Visitor, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let id = number(&id)?;
    let staged = macros::staged(&visitor, id, visitor.query.number("macro")).await?;
    let writing = staged.map_or_else(Writing::default, |staged| Writing {
        open: staged.side,
        text: Some(staged.words.clone()),
        then: staged.status.map(macros::then).unwrap_or_default().to_owned(),
        staged: Some(staged),
        ..Writing::default()
    });
    let page = page(&visitor, id, &writing, referer(&headers)).await?;
    Ok(frame::html(page))
}

/// The page of a ticket, with what was typed so far.
pub(crate) async fn page(
    visitor: &Visitor,
    id: TicketId,
    writing: &Writing,
    from: &str,
) -> Result<Markup, Problem> {
    let shown = visitor.query.number("shown").unwrap_or(SHOWN).clamp(SHOWN, MOST_SHOWN);
    let part = match visitor.query.number("message").filter(|_| writing.missed.is_empty()) {
        Some(message) => Part::Around(domain::CommentId(message), shown),
        None => Part::Last(shown),
    };
    let seen = Seen::read_part(visitor, id, part).await?;
    let reader = &seen.reader;
    let way = way::Way::read(visitor, &seen, from).await?;
    let (href, label) = (way.back.as_str(), way.label.as_str());
    let away = owner_is_away(visitor, &seen).await?;
    let drafts = Drafts::read(visitor, id, writing).await?;
    let beside = beside_it(visitor, &seen).await?;
    let main = seen.with_header(Some((href, label)), |header| {
        let header = &way.around(header);
        html! {
            (ticket_header(reader, header))
            (told(&seen, &beside, &away))
            (timeline::timeline(&conversation::conversation(&seen, shown, conversation::mark(&seen, &writing.missed, beside.read_to))))
            (watch(&seen, beside.read_to.is_none()))
            (compose(&seen, writing, &drafts, href))
            (bottom_bar(reader, header))
        }
    });
    let topics = format!("ticket:{0},presence:{0}", id.0);
    let undone = visitor.query.some("undone").map(|told| {
        let text = if told == "told" { Text::ReplyUndoneTold } else { Text::ReplyUndone };
        Notice { text: reader.words.say(text), undo: None }
    });
    let title = seen.title();
    let frame = frame::Frame {
        title: &title,
        topics: Some(&topics),
        notice: undone,
        ticket: Some(id),
        ..frame::Frame::default()
    };
    frame::workspace(visitor, reader, frame, &main, Some(&aside::aside(&seen, &beside))).await
}

/// What stands beside the conversation.
async fn beside_it(visitor: &Visitor, seen: &Seen) -> Result<Beside, Problem> {
    let stored = seen.whole.stored.clone();
    let read =
        move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| desk::beside::of_ticket(tx, ctx, &stored);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

/// That whoever has the ticket is away, and since it waits for us that somebody else may want to have it.
async fn owner_is_away(visitor: &Visitor, seen: &Seen) -> Result<Markup, Problem> {
    let ticket = &seen.whole.stored.ticket;
    let Some(owner) = ticket.assignee.filter(|_| !ticket.status.is_done()) else {
        return Ok(html! {});
    };
    let away = actions::away(visitor).await?;
    let Some(until) = away.get(&owner) else { return Ok(html! {}) };
    let words = seen.reader.words;
    let until = times::soon(words, *until, &seen.reader.zone, seen.reader.now);
    let name = seen.names().person(owner).to_owned();
    let values: [(&str, &dyn std::fmt::Display); 2] = [("name", &name), ("until", &until)];
    let heading = words.fill(Text::AssigneeAway, &values);
    Ok(message_box(
        "owner-away",
        Tone::Warn,
        &heading,
        &html! {
            p { (words.say(Text::AssigneeAwayWhy)) }
            (button::dialog_link(&routes::ticket_part(seen.id(), "assignment"), Button::plain(words.say(Text::ActAssign))))
        },
    ))
}

/// Where a ticket went on or goes on, what went on here, and that it is spam; with the way back.
fn set_aside(seen: &Seen, follow_ups: &[TicketId]) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let ticket = &seen.whole.stored.ticket;
    let back = |part: &str, text: Text| {
        button::action(
            reader,
            &routes::ticket_part(seen.id(), part),
            Button::plain(words.say(text)),
        )
    };
    html! {
        @if let Some(merged) = &ticket.merged {
            @let heading = words.fill(Text::IsMerged, &[("id", &merged.into)]);
            (message_box("merged", Tone::Info, &heading, &html! {
                p { a href=(routes::ticket(merged.into.0)) { "#" (merged.into) } }
                (back("unmerge", Text::ButtonUnmerge))
            }))
        }
        @if ticket.spam.is_some() && ticket.status != Status::Closed {
            (message_box("spam", Tone::Info, words.say(Text::IsSpam), &back("not-spam", Text::ButtonNotSpam)))
        }
        @for taken in &ticket.taken_in {
            p.small { a href=(routes::ticket(taken.ticket.0)) { (words.fill(Text::HasTakenIn, &[("id", &taken.ticket)])) } }
        }
        @if let Some(source) = ticket.follow_up_of {
            p.small { a href=(routes::ticket(source.0)) { (words.fill(Text::IsFollowUp, &[("id", &source)])) } }
        }
        @for id in follow_ups {
            p.small { a href=(routes::ticket(id.0)) { (words.fill(Text::HasFollowUp, &[("id", id)])) } }
        }
    }
}

fn compose(seen: &Seen, writing: &Writing, drafts: &Drafts, from: &str) -> Markup {
    let ticket = &seen.whole.stored.ticket;
    let words = seen.reader.words;
    if ticket.status == Status::Closed {
        let way = html! {
            p { (words.say(Text::ClosedForGoodWhy)) }
            @if ticket.merged.is_none() {
                (button::link(&routes::follow_up(ticket.id.0), Button::primary(words.say(Text::OpenFollowUp))))
            }
        };
        return message_box("composer", Tone::Info, words.say(Text::ClosedForGood), &way);
    }
    let staged = writing.staged.as_ref().map(|staged| staged.markup(words, ticket.id));
    drafts.with(|reply, note| {
        composer(
            &seen.reader,
            &Composer {
                ticket: seen.id(),
                writer: seen.me.map_or(0, |me| me.0),
                requester: &seen.requester(),
                seen: ticket.seq,
                idempotency_key: &desk::token(),
                from,
                reply,
                note,
                open: drafts.open(writing),
                staged: staged.as_ref(),
                refusal: writing.refusal.as_ref(),
            },
        )
    })
}

/// Where news about the conversation waits at its end; and what says that the page is looked at.
fn watch(seen: &Seen, is_unread: bool) -> Markup {
    // The script says since when.
    let to = routes::ticket_part(seen.id(), "news");
    let trigger = format!(
        "live:ticket-{} from:body delay:300ms, live:clock from:body delay:300ms",
        seen.id()
    );
    html! {
        ticket-watch to=(routes::ticket(seen.id())) data-seq=(seen.whole.stored.ticket.seq) data-unread[is_unread] {
            p.hidden role="status" {}
            div.list-news #ticket-news hx-get=(to) hx-trigger=(trigger) {}
        }
    }
}

/// What is to be known above the conversation.
fn told(seen: &Seen, beside: &Beside, away: &Markup) -> Markup {
    html! {
        div id={ "ticket-" (seen.id()) "-told" } {
            (set_aside(seen, &beside.follow_ups))
            (taking::told(seen))
            (rated::suggestion(seen))
            (away)
            (letters::undeliverable(seen))
            (conversation::failures(seen))
        }
    }
}

/// The parts of the page that change while somebody looks at it, each to take its own place.
async fn parts(visitor: &Visitor, seen: &Seen) -> Result<Markup, Problem> {
    let away = owner_is_away(visitor, seen).await?;
    let beside = beside_it(visitor, seen).await?;
    Ok(html! {
        (seen.with_header(None, |header| html! {
            (ticket_subject(header))
            (ticket_now(&seen.reader, header))
            (ticket_actions(&seen.reader, header))
        }))
        (told(seen, &beside, &away))
        (conversation::deliveries(seen))
        (aside::aside(seen, &beside))
    })
}

/// What was said and what happened since: how much was said, the items themselves, which script puts at the end if the
/// reader is there, and the parts of the page as they are now.
async fn news(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let since = visitor.query.number("since").unwrap_or(i64::MAX);
    let seen = Seen::read(&visitor, id, SHOWN).await?;
    let said: Vec<_> = seen
        .whole
        .events
        .iter()
        .filter(|envelope| envelope.seq > since)
        .filter_map(|envelope| match &envelope.event {
            Event::Commented { comment, author, .. } if Some(*author) != seen.me => {
                Some((*comment, *author))
            }
            _ => None,
        })
        .collect();
    let count = i64::try_from(said.len()).unwrap_or_default();
    let words = seen.reader.words;
    let seq = seen.whole.stored.ticket.seq;
    let items = conversation::since(&seen, since);
    let parts = parts(&visitor, &seen).await?;
    Ok(frame::html(html! {
        template data-parts { (parts) }
        @if let Some((first, author)) = said.first() {
            p {
                span data-said hidden { (words.fill(Text::NewSaid, &[("name", &first_name(seen.names().person(*author)))])) }
                a.button #ticket-news-show href={ (routes::ticket(id.0)) "#message-" (first) } data-show data-key=(keys::NEWS) data-key-label=(words.say(Text::Show)) {
                    "↓ " (words.count(Text::NewMessages, count))
                }
            }
        }
        @if seq > since { template data-new=(seq) { (items) } }
    }))
}

async fn explanation(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let seen = Seen::read(&visitor, id, 1).await?;
    let ctx = visitor.ctx.clone();
    let explained = visitor
        .desk
        .read(ctx, move |tx, ctx| -> Result<_, Error> { desk::tickets::explain(tx, ctx, id) })
        .await?;
    let main = html! {
        (why::page(&seen, &explained))
        (why::address(&seen, &visitor.ctx.base_url))
        (reapplying::section(&visitor, &seen, &explained))
    };
    beside(&visitor, &seen, Text::WhyAndByWhen, &main).await
}

async fn activity(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let seen = Seen::read(&visitor, id, 1).await?;
    let ctx = visitor.ctx.clone();
    let log = visitor.desk.read(ctx, move |tx, ctx| activity::read(tx, ctx, id)).await?;
    beside(&visitor, &seen, Text::Activity, &activity::page(&seen, &log)).await
}

/// Tickets with the same words: read when somebody opens the part they stand in, or as a page.
async fn related(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let seen = Seen::read(&visitor, id, 1).await?;
    let stored = seen.whole.stored.clone();
    let read = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        desk::beside::with_the_same_words(tx, ctx, &stored)
    };
    let found = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let words = seen.reader.words;
    let none = html! { @if found.is_empty() { p { (words.say(Text::NoSameWords)) } } };
    if visitor.fragment {
        let list = aside::tickets(words, words.say(Text::SameWords), &found);
        return Ok(frame::html(html! { (none) (list) }));
    }
    let list = html! { (none) @if !found.is_empty() { (aside::list(words, &found)) } };
    beside(&visitor, &seen, Text::SameWords, &list).await
}

/// A page beside the ticket's own; it is no dialog.
async fn beside(visitor: &Visitor, seen: &Seen, title: Text, main: &Markup) -> Answer {
    if visitor.fragment {
        let to = [("hx-redirect", visitor.path.to_string())];
        return Ok((to, StatusCode::NO_CONTENT).into_response());
    }
    let heading = seen.reader.words.say(title);
    let markup = html! {
        p.ticket-way { a href=(routes::ticket(seen.id())) data-key=(keys::BACK) { (seen.title()) } }
        div.stack { h1 tabindex="-1" { (heading) } (main) }
    };
    let title = format!("{heading}, #{}", seen.id());
    let frame = frame::Frame { title: &title, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(visitor, &seen.reader, frame, &markup, None).await?))
}

/// What would change about a ticket, and who would be told, a line each: for rules that are tried.
pub(crate) fn would(
    reader: &Reader,
    around: &Around,
    people: &[domain::User],
    events: &[Event],
    effects: &domain::Applied,
) -> Vec<String> {
    let names = Names::new(reader, around, people);
    let mut lines: Vec<String> = events
        .iter()
        .filter_map(|event| match event {
            Event::Commented { .. } => Some(reader.words.say(Text::RuleTrialNote).to_owned()),
            event => said::sentence_of(&names, event),
        })
        .collect();
    lines.extend(said::effects(&names, effects));
    lines
}
