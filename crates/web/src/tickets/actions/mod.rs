//! What one can do with a ticket besides writing: each action is a page with a form, which script opens as a dialog.

use std::collections::HashMap;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use desk::fields::Details;
use desk::texts::Body;
use desk::tickets::{Reply, Update};
use desk::{Act, Error, FieldError, Page};
use domain::{
    ByHand, Cause, CommentId, Level, Role, Severity, Status, TeamId, TicketId, User, UserId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::html;

mod conflict;
mod details;
mod elsewhere;
mod forms;

use super::{Seen, number};
use crate::form::Form;
use crate::problem::{Answer, Problem, refused};
use crate::table::Route;
use crate::views::View;
use crate::visitor::{Visitor, referer};
use crate::words::{Language, Text, Words};
use crate::{bulk, frame, lists, routes, times};

pub(crate) use conflict::{Question, ask_which};
use forms::Asked;

/// The code of an error about something that the sender has not seen; what is sent again has.
const UNSEEN: &str = "Unseen";
/// How many people can be chosen from.
const MOST_AGENTS: i64 = 200;

/// One action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Assign,
    Status,
    Hold,
    Solve,
    Priority,
    Tags,
    Escalate,
    Severity,
    Details,
    Issue,
    Withdraw,
    Merge,
    Split,
    Spam,
    GiveBack,
}

macro_rules! action_routes {
    ($($path:literal => $action:expr),+ $(,)?) => {
        vec![$(
            Route::get($path, Act::WorkTickets, |visitor: Visitor, Path(id): Path<String>| async move {
                ask(&visitor, number(&id)?, $action, &Form::default(), &[]).await
            }),
            Route::post($path, Act::WorkTickets, |visitor: Visitor, Path(id): Path<String>, headers: HeaderMap, form: Form| async move {
                act(&visitor, number(&id)?, $action, (&form, &bulk::from(&form, &headers))).await
            }),
        )+]
    };
}

pub(crate) fn pages() -> Vec<Route> {
    let mut all = action_routes! {
        "/tickets/{id}/assignment" => Action::Assign,
        "/tickets/{id}/team" => Action::Assign,
        "/tickets/{id}/status" => Action::Status,
        "/tickets/{id}/hold" => Action::Hold,
        "/tickets/{id}/solution" => Action::Solve,
        "/tickets/{id}/priority" => Action::Priority,
        "/tickets/{id}/tags" => Action::Tags,
        "/tickets/{id}/escalation" => Action::Escalate,
        "/tickets/{id}/severity" => Action::Severity,
        "/tickets/{id}/details" => Action::Details,
        "/tickets/{id}/area" => Action::Details,
        "/tickets/{id}/issue" => Action::Issue,
        "/tickets/{id}/promise" => Action::Withdraw,
        "/tickets/{id}/merge" => Action::Merge,
        "/tickets/{id}/split" => Action::Split,
        "/tickets/{id}/spam" => Action::Spam,
        "/tickets/{id}/skip" => Action::GiveBack,
    };
    all.push(Route::post("/tickets/{id}/deescalation", Act::WorkTickets, hand_back));
    all.push(Route::post("/tickets/{id}/unmerge", Act::WorkTickets, unmerge));
    all.push(Route::post("/tickets/{id}/deliveries/{delivery}/retry", Act::WorkTickets, retry));
    all.extend(elsewhere::pages());
    all.push(Route::post("/tickets/{id}/not-spam", Act::WorkTickets, not_spam));
    all
}

impl Action {
    fn part(self) -> &'static str {
        match self {
            Self::Assign => "assignment",
            Self::Status => "status",
            Self::Hold => "hold",
            Self::Solve => "solution",
            Self::Priority => "priority",
            Self::Tags => "tags",
            Self::Escalate => "escalation",
            Self::Severity => "severity",
            Self::Details => "details",
            Self::Issue => "issue",
            Self::Withdraw => "promise",
            Self::Merge => "merge",
            Self::Split => "split",
            Self::Spam => "spam",
            Self::GiveBack => "skip",
        }
    }

    /// What it is to whoever tells what was done.
    fn deed(self) -> &'static str {
        match self {
            Self::Assign => bulk::What::Assign.word(),
            Self::Status | Self::Hold | Self::Solve => bulk::What::Status.word(),
            Self::Priority => bulk::What::Priority.word(),
            Self::Tags => bulk::What::Tags.word(),
            Self::Spam => bulk::What::Spam.word(),
            other => other.part(),
        }
    }

    /// Whether it takes something away, so that its form begins at the way out.
    fn is_destructive(self) -> bool {
        matches!(self, Self::Withdraw | Self::Spam)
    }

    fn title(self) -> Text {
        match self {
            Self::Assign => Text::TitleAssign,
            Self::Status => Text::TitleStatus,
            Self::Hold => Text::TitleHold,
            Self::Solve => Text::TitleSolve,
            Self::Priority => Text::TitlePriority,
            Self::Tags => Text::TitleTags,
            Self::Escalate => Text::TitleEscalate,
            Self::Severity => Text::TitleSeverity,
            Self::Details => Text::TitleDetails,
            Self::Issue => Text::TitleIssue,
            Self::Withdraw => Text::TitleWithdraw,
            Self::Merge => Text::TitleMerge,
            Self::Split => Text::TitleSplit,
            Self::Spam => Text::TitleSpam,
            Self::GiveBack => Text::TitleGiveBack,
        }
    }

    fn button(self) -> Text {
        match self {
            Self::Assign => Text::ButtonAssign,
            Self::Status => Text::ButtonStatus,
            Self::Hold => Text::ButtonHold,
            Self::Solve => Text::Solve,
            Self::Priority => Text::ButtonPriority,
            Self::Tags => Text::ButtonTags,
            Self::Escalate => Text::ButtonEscalate,
            Self::Severity => Text::ButtonSeverity,
            Self::Details => Text::ButtonDetails,
            Self::Issue => Text::ButtonIssue,
            Self::Withdraw => Text::ButtonWithdraw,
            Self::Merge => Text::ButtonMerge,
            Self::Split => Text::ButtonSplit,
            Self::Spam => Text::ButtonSpam,
            Self::GiveBack => Text::ButtonGiveBack,
        }
    }
}

/// The page of an action, or its form alone for the dialog.
async fn ask(
    visitor: &Visitor,
    id: TicketId,
    action: Action,
    typed: &Form,
    errors: &[FieldError],
) -> Answer {
    let seen =
        Seen::read(visitor, id, if action == Action::Split { super::SHOWN } else { 1 }).await?;
    let words = seen.reader.words;
    let agents = if action == Action::Assign { agents(visitor).await? } else { Vec::new() };
    let away = if action == Action::Assign { away(visitor).await? } else { HashMap::new() };
    let details = match action {
        Action::Details => Some(read_details(visitor, id).await?),
        _ => None,
    };
    let told = match action {
        Action::Escalate => told_of(visitor, &seen, typed).await?,
        _ => None,
    };
    let asked = Asked {
        visitor,
        seen: &seen,
        typed,
        errors,
        agents: &agents,
        away: &away,
        details: details.as_ref(),
        told: told.as_deref(),
    };
    let form = asked.form(action);
    let title = words.say(action.title());
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if visitor.fragment {
        let form = frame::html(html! { h2 #dialog-heading { (title) } (form) });
        return Ok((status, form).into_response());
    }
    let main = html! {
        p.ticket-way { a href=(routes::ticket(id.0)) { (seen.title()) } }
        h1 tabindex="-1" { (title) }
        (form)
    };
    let tab = format!("{title}, #{id}");
    let frame = frame::Frame { title: &tab, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &seen.reader, frame, &main, None).await?;
    Ok((status, frame::html(page)).into_response())
}

async fn read_details(visitor: &Visitor, id: TicketId) -> Result<Details, Problem> {
    let read = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| desk::fields::details(tx, ctx, id);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

/// What the customer would be told, word for word, if the ticket were escalated to the team that is chosen.
async fn told_of(visitor: &Visitor, seen: &Seen, typed: &Form) -> Result<Option<String>, Problem> {
    let chosen = typed.number("team").or_else(|| visitor.query.number("team"));
    let team = chosen.map(TeamId).or_else(|| forms::likely_team(visitor, seen));
    let Some(team) = team else { return Ok(None) };
    let id = seen.whole.stored.ticket.id;
    let read = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        desk::tickets::escalation_words(tx, ctx, id, team)
    };
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

/// Until when people are away now.
pub(crate) async fn away(visitor: &Visitor) -> Result<HashMap<UserId, Timestamp>, Problem> {
    Ok(visitor.desk.read(visitor.ctx.clone(), desk::availability::away_until).await?)
}

/// Everybody a ticket can be given to, by name.
pub(crate) async fn agents(visitor: &Visitor) -> Result<Vec<User>, Problem> {
    let roles = vec![Role::Agent, Role::Admin];
    let filter = desk::users::Filter { roles, ..desk::users::Filter::default() };
    let ctx = visitor.ctx.clone();
    let found = visitor.desk.read(ctx, move |tx, ctx| {
        let page = Page::first(MOST_AGENTS);
        desk::users::list(tx, ctx, &filter, desk::users::Order::Name, &page, false)
    });
    Ok(found.await?.0)
}

/// Why a ticket is most likely solved: whoever writes after our answer says whether it helped. (ST-02)
pub(crate) fn likely_cause(ticket: &domain::Ticket) -> Cause {
    match (ticket.replied_at, ticket.asked_at) {
        (Some(_), Some(_)) => Cause::Confirmed,
        (Some(_), None) => Cause::Answered,
        (None, _) => Cause::NoReplyNeeded,
    }
}

/// Does what a form asks for, and goes to the ticket that is left, or back to the queue; from what is solved one goes on as
/// from what was sent.
async fn act(
    visitor: &Visitor,
    id: TicketId,
    action: Action,
    (form, from): (&Form, &str),
) -> Answer {
    let ctx = visitor.ctx.clone();
    let onward = match action {
        Action::Solve => lists::onward(visitor, id, from).await?,
        _ => None,
    };
    let asked = match action {
        Action::Details => detailed(visitor, id, form).await?,
        _ => command(visitor, id, action, form),
    };
    let done = match asked {
        Err(errors) => Err(Error::Invalid(errors)),
        Ok(mut command) => {
            let compared = conflict::compared(action, form);
            let speaks = action == Action::Hold && form.some("body").is_some();
            let seen = form.number("seen").filter(|_| speaks);
            let checked = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                if let Some((things, seen)) = &compared
                    && !desk::tickets::changed(tx, ctx, id, (things, *seen))?.is_empty()
                {
                    return Err(Error::Conflict(String::new()));
                }
                if let Some(seen) = seen
                    && !desk::pages::missed(tx, ctx, id, seen)?.is_empty()
                {
                    return Err(Error::Invalid(unseen()));
                }
                command(tx, ctx)
            };
            visitor.desk.write(ctx, checked).await
        }
    };
    match done {
        Err(Error::Conflict(what)) => {
            let Some(compared) = conflict::compared(action, form) else {
                return Err(Error::Conflict(what).into());
            };
            let (title, button) = (action.title(), action.button());
            let to = routes::ticket_part(id.0, action.part());
            let question = Question { title, button, to, seen: String::new(), compared };
            ask_which(visitor, id, question, form).await
        }
        Ok((to, undo)) => {
            let to = onward.unwrap_or(to);
            // Another subject, another requester: they are all over the ticket's page.
            let is_whole = action == Action::Details && from.starts_with(&to);
            let way = if is_whole { ("", from) } else { (from, to.as_str()) };
            bulk::told(visitor, way, &[id], undo.as_deref()).await
        }
        Err(Error::Invalid(errors)) => {
            ask(visitor, id, action, form, &details::placed(errors)).await
        }
        Err(Error::Refused(refusal)) => ask(visitor, id, action, form, &[refused(&refusal)]).await,
        Err(error) => Err(error.into()),
    }
}

/// What is to be done in the transaction; it says where one goes from there.
type Command = Box<dyn FnMut(&mut desk::Tx<'_>, &desk::Ctx) -> Result<Went, Error> + Send>;

/// Where one goes, and under which name what was done is kept, if it can be taken back.
type Went = (String, Option<String>);

/// A change of a ticket, which is what one sees afterwards.
fn changing(
    (action, form): (Action, &Form),
    mut change: impl FnMut(&mut desk::Tx<'_>, &desk::Ctx) -> Result<desk::tickets::Done, Error>
    + Send
    + 'static,
) -> Command {
    let value = if action == Action::Solve { "solved" } else { form.get("status") }.to_owned();
    let what = (action.deed(), value);
    Box::new(move |tx, ctx| {
        let done = change(tx, ctx)?;
        let to = routes::ticket(done.stored.ticket.id.0);
        Ok((to, bulk::remember(tx, ctx, what.0, &what.1, &done)?))
    })
}

/// What is to be done to a ticket's details, which are chosen from what there is.
async fn detailed(
    visitor: &Visitor,
    id: TicketId,
    form: &Form,
) -> Result<Result<Command, Vec<FieldError>>, Problem> {
    let seen = Seen::read(visitor, id, 1).await?;
    let details = read_details(visitor, id).await?;
    let update = details::update(visitor, &seen, &details, form);
    Ok(update.map(|update| {
        let change = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
            desk::tickets::update(tx, ctx, id, &update)
        };
        changing((Action::Details, form), change)
    }))
}

fn command(
    visitor: &Visitor,
    id: TicketId,
    action: Action,
    form: &Form,
) -> Result<Command, Vec<FieldError>> {
    let with = (action, form);
    Ok(match action {
        Action::Escalate => {
            let team = TeamId(form.number("team").unwrap_or_default());
            let note = Body::markdown(form.get("note"));
            let tell = form.some("tell").is_some();
            changing(with, move |tx, ctx| desk::tickets::escalate(tx, ctx, id, team, &note, tell))
        }
        Action::Withdraw => {
            let reason = form.some("reason").ok_or_else(|| missing("reason", Text::SayWhy))?;
            let reason = reason.to_owned();
            changing(with, move |tx, ctx| desk::tickets::withdraw_promise(tx, ctx, id, &reason))
        }
        Action::Merge => {
            let into: Option<i64> = form.get("into").trim().trim_start_matches('#').parse().ok();
            let into = into.ok_or_else(|| missing("into", Text::MergeNumber))?;
            let said = desk::tickets::Said::default();
            changing(with, move |tx, ctx| {
                desk::tickets::merge(tx, ctx, TicketId(into), &[id], &said)
            })
        }
        Action::Split => {
            let comment = CommentId(form.number("comment").unwrap_or_default());
            let subject = desk::texts::one_line(form.get("subject"), 1000);
            changing(with, move |tx, ctx| desk::tickets::split(tx, ctx, id, comment, &subject))
        }
        Action::Spam => changing(with, move |tx, ctx| desk::tickets::mark_spam(tx, ctx, id)),
        Action::GiveBack => {
            let reason = form.get("reason").to_owned();
            Box::new(move |tx, ctx| {
                desk::work::skip(tx, ctx, id, &reason)?;
                desk::undos::forget_all(tx, ctx)?;
                Ok((View::MyQueue.href(), None))
            })
        }
        _ => {
            let update = asked_for(visitor, action, form)?;
            changing(with, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update))
        }
    })
}

async fn hand_back(
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let from = bulk::from(&form, &headers);
    simple(&visitor, (&id, &from), desk::tickets::deescalate).await
}

async fn unmerge(visitor: Visitor, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    simple(&visitor, (&id, referer(&headers)), desk::tickets::unmerge).await
}

async fn not_spam(visitor: Visitor, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    simple(&visitor, (&id, referer(&headers)), desk::tickets::unmark_spam).await
}

/// Tries a mail again for those who did not get it.
async fn retry(visitor: Visitor, Path((id, delivery)): Path<(String, String)>) -> Answer {
    let (id, delivery) = (number(&id)?, domain::DeliveryId(number(&delivery)?.0));
    let again = visitor
        .desk
        .write(visitor.ctx.clone(), move |tx, ctx| {
            desk::deliveries::try_again(tx, ctx, id, delivery)
        })
        .await;
    match again {
        // It is on its way already: pressed twice.
        Ok(()) | Err(Error::Conflict(_)) => Ok(Redirect::to(&routes::ticket(id.0)).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// An action without a form.
async fn simple(
    visitor: &Visitor,
    (id, from): (&str, &str),
    command: fn(&mut desk::Tx<'_>, &desk::Ctx, TicketId) -> Result<desk::tickets::Done, Error>,
) -> Answer {
    let id = number(id)?;
    let write = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
        let done = command(tx, ctx, id)?;
        bulk::remember(tx, ctx, "changed", "", &done)
    };
    let undo = visitor.desk.write(visitor.ctx.clone(), write).await?;
    bulk::told(visitor, (from, &routes::ticket(id.0)), &[id], undo.as_deref()).await
}

fn missing(field: &str, text: Text) -> Vec<FieldError> {
    vec![wrong(field, "BlankValue", Words::default().say(text).to_owned())]
}

fn wrong(field: &str, code: &'static str, description: String) -> FieldError {
    FieldError { field: field.to_owned(), code, description }
}

/// The change a form asks for, or what is wrong with it.
fn asked_for(visitor: &Visitor, action: Action, form: &Form) -> Result<Update, Vec<FieldError>> {
    let mut update = Update::default();
    match action {
        Action::Assign => {
            update.team = form.number("team").map(TeamId);
            update.assignee = Some(form.number("assignee").map(domain::UserId));
            if form.get("team") == form.get("team_was") {
                update.team = None;
            }
            if form.get("assignee") == form.get("assignee_was") {
                update.assignee = None;
            }
        }
        Action::Status => {
            let status = form.get("status").parse().ok();
            update.status = Some(status.ok_or_else(|| missing("status", Text::ChooseStatus))?);
        }
        Action::Hold => {
            let day: Option<Date> = form.get("until").parse().ok();
            let day = day.ok_or_else(|| missing("until", Text::ChooseDay))?;
            update.status = Some(Status::Hold);
            update.hold_until = start_of(visitor, day);
            update.comment = on_hold(visitor, form, update.hold_until)?;
        }
        Action::Solve => {
            let cause: Option<Cause> = form.get("cause").parse().ok();
            let cause = cause.ok_or_else(|| missing("cause", Text::ChooseCause))?;
            update.issue = form.some("issue_url").map(str::to_owned);
            if cause == Cause::IssueOpened && update.issue.is_none() {
                return Err(missing("issue_url", Text::IssueMissing));
            }
            update.cause = Some(cause);
            update.status = Some(Status::Solved);
        }
        Action::Priority => {
            let level: Option<Level> = form.get("level").parse().ok();
            let level = level.ok_or_else(|| missing("level", Text::ChooseLevel))?;
            let reason = form.some("reason").ok_or_else(|| missing("reason", Text::SayWhy))?;
            let reason = desk::texts::one_line(reason, 500);
            let day = form.some("until").map(str::parse::<Date>).transpose();
            let day = day.map_err(|_| missing("until", Text::ChooseDay))?;
            let until = day.and_then(|day| start_of(visitor, day));
            update.level = Some(ByHand { level, reason, until });
        }
        Action::Severity => {
            let severity: Option<Severity> = form.get("severity").parse().ok();
            let severity = severity.ok_or_else(|| missing("severity", Text::ChooseSeverity))?;
            let reason = form.some("reason").ok_or_else(|| missing("reason", Text::SayWhy))?;
            update.severity = Some(Some(severity));
            update.severity_reason = Some(desk::texts::one_line(reason, 500));
        }
        Action::Issue => {
            let url =
                form.some("issue_url").ok_or_else(|| missing("issue_url", Text::IssueMissing))?;
            update.issue = Some(url.to_owned());
        }
        Action::Tags => {
            update.tags = Some(form.get("tags").split_whitespace().map(str::to_owned).collect());
        }
        Action::Escalate
        | Action::Details
        | Action::Withdraw
        | Action::Merge
        | Action::Split
        | Action::Spam
        | Action::GiveBack => {}
    }
    Ok(update)
}

/// What the customer is told of the hold, with the day in words.
fn on_hold(
    visitor: &Visitor,
    form: &Form,
    until: Option<Timestamp>,
) -> Result<Option<Reply>, Vec<FieldError>> {
    let (Some(text), Some(until)) = (form.some("body"), until) else { return Ok(None) };
    let reader = visitor.reader();
    let words = Words { language: Language::nearest(form.get("language")) };
    let day = times::day(words, until, &reader.zone, reader.now);
    let text = text.replace("{{day}}", &day);
    if let Some(why) = super::macros::left_over(visitor, &text) {
        return Err(vec![wrong("body", "InvalidValue", why)]);
    }
    let body = Body::markdown(&text);
    Ok(Some(Reply { body, public: Some(true), author: None, details: None }))
}

/// Words to the customer over something that was said meanwhile.
fn unseen() -> Vec<FieldError> {
    vec![wrong("body", UNSEEN, Words::default().say(Text::HoldUnseen).to_owned())]
}

/// A day's beginning where the reader is.
pub(crate) fn start_of(visitor: &Visitor, day: Date) -> Option<Timestamp> {
    let zone = visitor.reader().zone;
    zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()
}
