//! One change for one ticket or for many: what can be chosen, the form without script, what it did, and the way back.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use desk::idempotency::{self, Key};
use desk::tickets::{Done, Thing, Update};
use desk::undos::{self, Deed};
use desk::{Act, Ctx, Desk, Error, FieldError, Tx};
use domain::{AuditId, ByHand, Cause, CommentId, Level, MacroId, Status, TeamId, TicketId, UserId};
use futures_util::stream::{self, StreamExt as _};
use jiff::civil::Date;
use maud::html;
use serde_json::json;

mod choices;
mod macros;
mod page;
mod said;
mod selection;

use crate::components::notice::{self, Notice};
use crate::form::Form;
use crate::problem::{Answer, Problem, refused};
use crate::table::Route;
use crate::tickets::actions;
use crate::visitor::{Visitor, local, referer};
use crate::words::{Text, Words};
use crate::{cookies, frame, lists, routes};

use said::{said, undone};
use selection::Selection;

/// As many tickets are changed at once.
const MOST: usize = 1_000;
/// So many of them wait for the writer at the same time, each with a transaction of its own.
const AT_ONCE: usize = 32;
/// Of what could not be done so many are told with the reason.
const TOLD: usize = 5;
/// Why nothing was done to a ticket of which somebody else has changed the same thing: its sender is asked.
const MEANWHILE: &str = "changed meanwhile";

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get(routes::BULK, Act::WorkTickets, page::ask),
        Route::post(routes::BULK, Act::WorkTickets, change),
        Route::get(routes::CHOICES, Act::WorkTickets, choices::choices),
        Route::post(routes::UNDO, Act::WorkTickets, undo_last),
        Route::post("/undo/{id}", Act::WorkTickets, undo),
    ]
}

/// What is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Assign,
    Status,
    Priority,
    Team,
    Area,
    Tags,
    Escalate,
    Macro,
    Spam,
}

impl What {
    const ALL: [Self; 9] = [
        Self::Assign,
        Self::Status,
        Self::Priority,
        Self::Team,
        Self::Area,
        Self::Tags,
        Self::Escalate,
        Self::Macro,
        Self::Spam,
    ];

    /// Its word in forms.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Assign => "assignment",
            Self::Status => "status",
            Self::Priority => "priority",
            Self::Team => "team",
            Self::Area => "area",
            Self::Tags => "tags",
            Self::Escalate => "escalation",
            Self::Macro => "macro",
            Self::Spam => "spam",
        }
    }

    /// Whether it is done to many at once; for an escalation each ticket needs words of its own.
    fn is_for_many(self) -> bool {
        self != Self::Escalate
    }

    /// What of a ticket it sets that somebody else may set too.
    fn thing(self) -> Option<Thing> {
        match self {
            Self::Assign | Self::Team => Some(Thing::Owner),
            Self::Status => Some(Thing::Status),
            Self::Priority => Some(Thing::Priority),
            Self::Area => Some(Thing::Area),
            Self::Tags => Some(Thing::Tags),
            Self::Escalate | Self::Macro | Self::Spam => None,
        }
    }

    /// How a question about it is headed, and what its button says.
    fn words(self) -> (Text, Text) {
        match self {
            Self::Priority => (Text::TitlePriority, Text::ButtonPriority),
            Self::Area => (Text::Area, Text::ButtonDetails),
            Self::Tags => (Text::TitleTags, Text::ButtonTags),
            Self::Status => (Text::TitleStatus, Text::ButtonStatus),
            _ => (Text::TitleAssign, Text::ButtonAssign),
        }
    }

    fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.word() == word)
    }
}

/// A change that is asked for.
#[derive(Clone, Debug)]
enum Change {
    /// The same for all.
    Update(Box<Update>),
    /// Solved for the reason that each ticket's history suggests.
    Solve,
    Spam,
    /// What a macro says and changes.
    Macro(Looked),
}

/// A macro as it was looked at.
#[derive(Clone, Debug)]
struct Looked {
    id: MacroId,
    /// The version of each ticket that was there then.
    seen: Arc<HashMap<TicketId, i64>>,
    /// Sent twice, it acts once.
    key: Option<Key>,
}

impl Looked {
    fn read(id: MacroId, form: &Form) -> Self {
        let seen = form.pairs().filter(|(name, _)| *name == "seen").filter_map(|(_, one)| {
            let (id, seq) = one.split_once('.')?;
            Some((id.parse().ok()?, seq.parse().ok()?))
        });
        let key = form.some("idempotency_key").map(|key| Key::new("bulk", key, b""));
        Self { id, seen: Arc::new(seen.collect()), key }
    }

    /// Uses it on a ticket on which nobody has written since.
    fn send(&self, tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Done, Error> {
        let refused = |why| Error::Conflict(Words::default().say(why).to_owned());
        let one = desk::macros::show(tx, ctx, self.id)?;
        let key = self.key.clone().map(|key| key.of(&id.to_string()));
        let mut done = None;
        idempotency::once(tx, ctx, key.as_ref(), |tx| {
            if let Some(seen) = self.seen.get(&id)
                && !desk::pages::missed(tx, ctx, id, *seen)?.is_empty()
            {
                return Err(refused(Text::BulkWrittenSince));
            }
            done = Some(desk::macros::send(tx, ctx, id, &one)?);
            Ok(String::new())
        })?;
        done.ok_or_else(|| refused(Text::BulkDoneAlready))
    }
}

impl Change {
    fn solves(&self) -> bool {
        match self {
            Self::Solve => true,
            Self::Update(update) => update.status == Some(Status::Solved),
            Self::Spam | Self::Macro(_) => false,
        }
    }
}

/// Changes the tickets that are named, and goes back with what became of it.
async fn change(visitor: Visitor, headers: HeaderMap, form: Form) -> Answer {
    let from = from(&form, &headers);
    let selection = Selection::read(&visitor, &form, &from).await?;
    let ids = &selection.ids;
    if ids.len() > MOST {
        return Ok(page::too_many(&visitor, ids.len()).await?.into_response());
    }
    let what = What::named(form.get("do")).filter(|what| what.is_for_many());
    let Some(what) = what.filter(|_| !ids.is_empty()) else {
        return page::none(&visitor).await;
    };
    let asked = page::Asked { what, selection: &selection, typed: &form, from: &from };
    let change = match asked_for(&visitor, what, &form) {
        Ok(change) => change,
        Err(errors) => return page::again(&visitor, asked, &errors).await,
    };
    // From a ticket that is solved on its own page one goes on as from one that was answered.
    let onward = match ids.as_slice() {
        [id] if change.solves() && from.starts_with(&routes::ticket(id.0)) => {
            lists::onward(&visitor, *id, &from).await?
        }
        _ => None,
    };
    let value = (what.word().to_owned(), form.get("value").to_owned());
    let compared = match ids.as_slice() {
        [id] => compared(what, *id, &form),
        _ => None,
    };
    let (deed, id) = run(&visitor, ids, (&change, compared), value).await?;
    if let ([ticket], [(_, why)], Some(compared)) =
        (ids.as_slice(), deed.failed.as_slice(), compared)
        && why == MEANWHILE
    {
        let forget = move |tx: &mut Tx<'_>, ctx: &Ctx| undos::forget(tx, ctx, &id);
        visitor.desk.write(visitor.ctx.clone(), forget).await?;
        let (title, button) = what.words();
        let (to, seen) = (routes::BULK.to_owned(), format!("{ticket}."));
        let compared = (vec![compared.0], compared.1);
        let question = actions::Question { title, button, to, seen, compared };
        return actions::ask_which(&visitor, *ticket, question, &form).await;
    }
    // What nothing came of is told beside the field, if there is one ticket only.
    if let ([_], [(_, why)], Change::Update(_)) = (ids.as_slice(), deed.failed.as_slice(), &change)
        && form.some("form").is_some()
    {
        let forget = move |tx: &mut Tx<'_>, ctx: &Ctx| undos::forget(tx, ctx, &id);
        visitor.desk.write(visitor.ctx.clone(), forget).await?;
        let error = FieldError {
            field: if what == What::Status { "until" } else { "value" }.to_owned(),
            code: "InvalidValue",
            description: why.clone(),
        };
        return page::again(&visitor, asked, &[error]).await;
    }
    let to = onward.filter(|_| deed.failed.is_empty()).unwrap_or_else(|| from.clone());
    if selection.whole {
        return Ok(going(&visitor, &to, &id));
    }
    told(&visitor, (&from, &to), ids, Some(&id)).await
}

/// What a change of one ticket is about and what its sender had seen: `seen=7.41`.
fn compared(what: What, id: TicketId, form: &Form) -> Option<(Thing, i64)> {
    let (ticket, seq) = form.some("seen")?.split_once('.')?;
    Some((what.thing()?, seq.parse().ok().filter(|_| ticket == id.to_string())?))
}

/// The page a change is asked for from, and where one goes after it.
pub(crate) fn from(form: &Form, headers: &HeaderMap) -> String {
    form.some("from").map_or_else(|| referer(headers), local).to_owned()
}

/// To a page that tells what was done.
fn going(visitor: &Visitor, to: &str, told: &str) -> Response {
    let cookie = cookies::made(&visitor.desk, cookies::NOTICE, told, cookies::NOTICE_SECONDS);
    let mut answer = Redirect::to(to).into_response();
    answer.headers_mut().append(SET_COOKIE, cookie);
    answer
}

/// Tells what was done: where one is, if that can be, else on the page one goes to.
pub(crate) async fn told(
    visitor: &Visitor,
    (from, to): (&str, &str),
    ids: &[TicketId],
    undo: Option<&str>,
) -> Answer {
    if visitor.fragment {
        let said = match undo {
            Some(id) => deed_of(visitor, id).await,
            None => None,
        };
        let notice = said.as_ref().map(|(text, undo)| Notice { text, undo: undo.as_deref() });
        if let Some(answer) = in_place(visitor, (from, to), ids, notice).await? {
            return Ok(answer);
        }
    }
    Ok(match undo {
        Some(id) => going(visitor, to, id),
        None => Redirect::to(to).into_response(),
    })
}

/// What a dialog or the bar did: a list draws the rows anew, the page of the ticket hears of it as of any news; nothing if
/// one goes on to another page.
pub(crate) async fn in_place(
    visitor: &Visitor,
    (from, to): (&str, &str),
    ids: &[TicketId],
    notice: Option<Notice<'_>>,
) -> Result<Option<Response>, Problem> {
    let (rows, news) = if from.starts_with("/views/") {
        let names: Vec<String> = ids.iter().map(TicketId::to_string).collect();
        let rows = lists::changed_rows(visitor, from, ids).await?;
        (rows, json!({ "dialog:close": null, "list:changed": names }))
    } else {
        let is_of = |address: &str, id: &TicketId| {
            address.split(['?', '#']).next() == Some(routes::ticket(id.0).as_str())
        };
        let [id] = ids else { return Ok(None) };
        if !is_of(from, id) || !is_of(to, id) {
            return Ok(None);
        }
        let (ticket, presence) = (format!("live:ticket-{id}"), format!("live:presence-{id}"));
        (html! {}, json!({ "dialog:close": null, ticket: null, presence: null }))
    };
    let reader = visitor.reader();
    let markup = html! {
        @if let Some(notice) = notice { (notice::in_place(&reader, notice)) }
        (rows)
    };
    let head = [("hx-reswap", "none".to_owned()), ("hx-trigger-after-settle", news.to_string())];
    Ok(Some((head, frame::html(markup)).into_response()))
}

/// Keeps what was done to one ticket, if it can be taken back, and says under which name. If it cannot, what was done before
/// cannot be taken back any more either: whoever undoes means what they did last.
pub(crate) fn remember(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    what: &str,
    value: &str,
    done: &Done,
) -> Result<Option<String>, Error> {
    let mut deed = Deed { what: (what.to_owned(), value.to_owned()), ..Deed::default() };
    deed.count(done);
    undos::drop_what_left(tx, ctx, &mut deed)?;
    if deed.can_be_undone() {
        return undos::remember(tx, ctx, &deed).map(Some);
    }
    if deed.changed > 0 {
        undos::forget_all(tx, ctx)?;
    }
    Ok(None)
}

/// Does it, ticket by ticket: what is refused for one is done for the others. Gives what was done and under which name it is
/// kept. It goes on to its end when nobody waits for the answer any more.
async fn run(
    visitor: &Visitor,
    ids: &[TicketId],
    (change, compared): (&Change, Option<(Thing, i64)>),
    what: (String, String),
) -> Result<(Deed, String), Error> {
    let (desk, ctx) = (visitor.desk.clone(), visitor.ctx.clone());
    let (ids, change) = (ids.to_vec(), change.clone());
    let work = async move {
        let deed = each(&desk, &ctx, &ids, (&change, compared), what).await;
        let remember = move |tx: &mut Tx<'_>, ctx: &Ctx| {
            let mut kept = deed.clone();
            undos::drop_what_left(tx, ctx, &mut kept)?;
            let id = undos::remember(tx, ctx, &kept)?;
            Ok::<_, Error>((kept, id))
        };
        desk.write(ctx, remember).await
    };
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

async fn each(
    desk: &Desk,
    ctx: &Ctx,
    ids: &[TicketId],
    (change, compared): (&Change, Option<(Thing, i64)>),
    what: (String, String),
) -> Deed {
    let one = |id: TicketId| {
        let change = change.clone();
        let command = move |tx: &mut Tx<'_>, ctx: &Ctx| {
            if let Some(compared) = compared
                && !desk::tickets::changed(tx, ctx, id, (&[compared.0], compared.1))?.is_empty()
            {
                return Err(Error::Conflict(MEANWHILE.to_owned()));
            }
            apply(tx, ctx, id, &change)
        };
        let written = desk.write(ctx.clone(), command);
        async move { (id, written.await) }
    };
    let done: Vec<_> = stream::iter(ids.iter().copied().map(one)).buffered(AT_ONCE).collect().await;
    let mut deed = Deed { what, ..Deed::default() };
    for (id, result) in done {
        match result {
            Ok(done) => deed.count(&done),
            Err(error) => deed.failed.push((id, why(error))),
        }
    }
    deed
}

fn apply(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId, change: &Change) -> Result<Done, Error> {
    match change {
        Change::Update(update) => desk::tickets::update(tx, ctx, id, update),
        Change::Spam => desk::tickets::mark_spam(tx, ctx, id),
        Change::Macro(looked) => looked.send(tx, ctx, id),
        Change::Solve => {
            let cause = actions::likely_cause(&desk::tickets::show(tx, ctx, id)?.ticket);
            let update =
                Update { status: Some(Status::Solved), cause: Some(cause), ..Update::default() };
            desk::tickets::update(tx, ctx, id, &update)
        }
    }
}

/// Why something was not done, as a sentence.
fn why(error: Error) -> String {
    match error {
        Error::Refused(refusal) => refused(&refusal).description,
        Error::Invalid(errors) => {
            errors.into_iter().next().map(|error| error.description).unwrap_or_default()
        }
        Error::Conflict(what) => what,
        Error::NotFound => Words::default().say(Text::NothingHere).to_owned(),
        other => match Problem::from(other) {
            Problem::Failed(incident) => {
                Words::default().fill(Text::FailedWhy, &[("incident", &incident)])
            }
            _ => Words::default().say(Text::NotSaved).to_owned(),
        },
    }
}

fn wrong(field: &str, text: Text) -> Vec<FieldError> {
    vec![FieldError {
        field: field.to_owned(),
        code: "BlankValue",
        description: Words::default().say(text).to_owned(),
    }]
}

/// The change a form asks for, or what is wrong with it.
fn asked_for(visitor: &Visitor, what: What, form: &Form) -> Result<Change, Vec<FieldError>> {
    let mut update = Update::default();
    let value = form.get("value").trim();
    let number = || value.parse::<i64>().map_err(|_| wrong("value", Text::BulkWhat));
    match what {
        What::Assign => {
            update.assignee = Some(match value {
                "" | "none" => None,
                "me" => visitor.user.as_ref().map(|user| user.id),
                _ => Some(UserId(number()?)),
            });
        }
        What::Status => {
            let (status, cause) = value.split_once('-').unwrap_or((value, ""));
            let status: Status = status.parse().map_err(|_| wrong("value", Text::ChooseStatus))?;
            let cause: Option<Cause> = cause.parse().ok();
            if status == Status::Solved && cause.is_none() {
                return Ok(Change::Solve);
            }
            if status == Status::Hold {
                let day: Option<Date> = form.get("until").parse().ok();
                let day = day.ok_or_else(|| wrong("until", Text::ChooseDay))?;
                update.hold_until = actions::start_of(visitor, day);
            }
            (update.status, update.cause) = (Some(status), cause);
        }
        What::Priority => {
            let level: Level = value.parse().map_err(|_| wrong("value", Text::ChooseLevel))?;
            let reason = form.some("reason").ok_or_else(|| wrong("reason", Text::SayWhy))?;
            let reason = desk::texts::one_line(reason, 500);
            update.level = Some(ByHand { level, reason, until: None });
        }
        What::Team => update.team = Some(TeamId(number()?)),
        What::Area => {
            let is_known = value == "none" || visitor.ctx.handbook.area(value).is_some();
            let area = Some(value.to_owned()).filter(|_| is_known);
            let area = area.ok_or_else(|| wrong("value", Text::AreaUnknown))?;
            update.area = Some(Some(area).filter(|area| area != "none"));
        }
        What::Tags => {
            let split = |name: &str| -> Vec<String> {
                form.get(name).split_whitespace().map(str::to_owned).collect()
            };
            (update.add_tags, update.remove_tags) = (split("add"), split("take"));
            if update.add_tags.is_empty() && update.remove_tags.is_empty() {
                return Err(wrong("add", Text::BulkWhat));
            }
        }
        What::Spam => return Ok(Change::Spam),
        What::Macro => return Ok(Change::Macro(Looked::read(MacroId(number()?), form))),
        What::Escalate => {}
    }
    Ok(Change::Update(Box::new(update)))
}

/// What a page tells about the last action: its words and where undoing is posted to.
pub(crate) async fn notice(visitor: &Visitor) -> Option<(String, Option<String>)> {
    let told = visitor.notice.as_deref()?.to_owned();
    let words = Words::default();
    if let Some(rest) = told.strip_prefix("undone.") {
        return Some((undone(words, rest), None));
    }
    deed_of(visitor, &told).await
}

/// What was done under this name, and where undoing it is posted to.
async fn deed_of(visitor: &Visitor, id: &str) -> Option<(String, Option<String>)> {
    let words = Words::default();
    let id = id.to_owned();
    let show = move |tx: &mut Tx<'_>, ctx: &Ctx| undos::show(tx, ctx, Some(&id));
    let undo = visitor.desk.read(visitor.ctx.clone(), show).await.ok()?;
    let to = undo.deed.can_be_undone().then(|| format!("{}/{}", routes::UNDO, undo.id));
    Some((said(words, &undo.deed), to))
}

/// What of a deed is taken back on a ticket.
#[derive(Clone, Copy)]
enum Undoing {
    /// A change set.
    Set(AuditId),
    /// A reply that has not left yet.
    Reply(CommentId),
}

async fn undo_last(visitor: Visitor, headers: HeaderMap, form: Form) -> Answer {
    take_back(&visitor, &headers, &form, None).await
}

async fn undo(visitor: Visitor, headers: HeaderMap, Path(id): Path<String>, form: Form) -> Answer {
    take_back(&visitor, &headers, &form, Some(id)).await
}

/// Takes back what was done, ticket by ticket, and says what could not be.
async fn take_back(
    visitor: &Visitor,
    headers: &HeaderMap,
    form: &Form,
    id: Option<String>,
) -> Answer {
    let from = from(form, headers);
    let show = move |tx: &mut Tx<'_>, ctx: &Ctx| undos::show(tx, ctx, id.as_deref());
    let undo = match visitor.desk.read(visitor.ctx.clone(), show).await {
        Ok(undo) => undo,
        Err(Error::NotFound) => return Ok(going(visitor, &from, "undone.0..")),
        Err(error) => return Err(error.into()),
    };
    let one = |(id, one): (TicketId, Undoing)| {
        let command = move |tx: &mut Tx<'_>, ctx: &Ctx| match one {
            Undoing::Set(audit) => undos::take_back(tx, ctx, id, audit),
            Undoing::Reply(comment) => desk::tickets::take_back(tx, ctx, id, comment),
        };
        let written = visitor.desk.write(visitor.ctx.clone(), command);
        async move { (id, written.await) }
    };
    let sets = undo.deed.sets.into_iter().map(|(id, audit)| (id, Undoing::Set(audit)));
    let replies = undo.deed.replies.into_iter().map(|(id, reply)| (id, Undoing::Reply(reply)));
    let done: Vec<_> = stream::iter(sets.chain(replies).map(one)).buffered(AT_ONCE).collect().await;
    let (mut left, mut told) = (Vec::new(), Vec::new());
    for (id, result) in &done {
        match result {
            Ok(taken) if taken.left => told.push(id.to_string()),
            Ok(_) => {}
            Err(Error::Conflict(_) | Error::NotFound | Error::Refused(_)) => {
                left.push(id.to_string());
            }
            Err(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "undoing failed");
                left.push(id.to_string());
            }
        }
    }
    let name = undo.id.clone();
    let forget = move |tx: &mut Tx<'_>, ctx: &Ctx| undos::forget(tx, ctx, &name);
    visitor.desk.write(visitor.ctx.clone(), forget).await?;
    let count = done.len() - left.len();
    left.truncate(TOLD);
    told.truncate(TOLD);
    let (left, told) = (left.join("-"), told.join("-"));
    Ok(going(visitor, &from, &format!("undone.{count}.{left}.{told}")))
}

/// The status of a page with a form: fine, or refused.
fn status_of(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}
