//! Replies and notes: two endpoints that share nothing an accident could cross.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::attachments::{Files, Kept};
use desk::idempotency::{self, Key};
use desk::texts::Body;
use desk::tickets::{Reply, Update};
use desk::{Ctx, Error, Tx};
use domain::{Cause, CommentId, Status, TicketId};
use maud::html;

use super::{Writing, number, page};
use crate::components::composer::Kind;
use crate::components::notice::{Tone, refusal_box};
use crate::form::Form;
use crate::frame;
use crate::problem::{Answer, Problem, refused};
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// What became of something somebody wrote.
enum Outcome {
    /// It is there; the page shows it.
    Kept,
    /// Something was said meanwhile, and nothing was written.
    Missed(Vec<CommentId>),
}

/// A public reply: it leaves by mail and stops the clock.
pub(crate) async fn reply(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let then = if form.get("solve").is_empty() { form.get("then") } else { "solved:answered" };
    if then == "solved:issue" && desk::tickets::issue_in(form.get("body")).is_none() {
        let why = visitor.reader().words.say(Text::IssueMissing);
        return again(&visitor, id, &form, Kind::Reply, StatusCode::UNPROCESSABLE_ENTITY, why)
            .await;
    }
    let (status, cause) = after(then);
    let update = Update { status, cause, ..said(&form, true) };
    let to = if then == "hold" { routes::ticket_part(id.0, "hold") } else { end_of(id) };
    write(&visitor, id, &form, Kind::Reply, update, &to).await
}

/// An internal note: it never leaves.
pub(crate) async fn note(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    write(&visitor, id, &form, Kind::Note, said(&form, false), &end_of(id)).await
}

fn end_of(id: TicketId) -> String {
    format!("{}#composer", routes::ticket(id.0))
}

fn said(form: &Form, public: bool) -> Update {
    let body = Body::markdown(form.get("body"));
    let reply = Reply { body, public: Some(public), author: None, details: None };
    let macro_used = form.number("macro").map(domain::MacroId);
    Update { comment: Some(reply), macro_used, ..Update::default() }
}

/// What the status becomes after a reply. On hold needs a day, which the next page asks for.
fn after(then: &str) -> (Option<Status>, Option<Cause>) {
    match then {
        "pending" => (Some(Status::Pending), None),
        "open" => (Some(Status::Open), None),
        "solved:answered" => (Some(Status::Solved), Some(Cause::Answered)),
        "solved:confirmed" => (Some(Status::Solved), Some(Cause::Confirmed)),
        "solved:issue" => (Some(Status::Solved), Some(Cause::IssueOpened)),
        "solved:no_reply" => (Some(Status::Solved), Some(Cause::NoReplyNeeded)),
        _ => (None, None),
    }
}

async fn write(
    visitor: &Visitor,
    id: TicketId,
    form: &Form,
    kind: Kind,
    update: Update,
    to: &str,
) -> Answer {
    let chosen = form.files("files");
    let is_empty = update.comment.as_ref().is_none_or(|comment| comment.body.is_empty());
    if is_empty && chosen.is_empty() && form.some("upload").is_none() {
        return empty(visitor, id, kind).await;
    }
    if let Some(why) = super::macros::left_over(visitor, form.get("body")) {
        return again(visitor, id, form, kind, StatusCode::UNPROCESSABLE_ENTITY, &why).await;
    }
    if let Err(Error::Invalid(errors)) = desk::attachments::check("files", &chosen) {
        let why = errors.first().map(|error| error.description.as_str()).unwrap_or_default();
        return again(visitor, id, form, kind, StatusCode::UNPROCESSABLE_ENTITY, why).await;
    }
    let kept = visitor.desk.keep(chosen).await?;
    let uploads = form.some("upload").map(str::to_owned).into_iter().collect();
    let files = Files { kept: kept.clone(), uploads };
    let update = Update { files, ..update };
    // Within one person's writing a key is sent twice only by accident.
    let key = form.some("idempotency_key").map(|key| {
        let user = visitor.user.as_ref().map_or(0, |user| user.id.0);
        Key::new("writing", &format!("{user}:{id}:{key}"), &form.content())
    });
    let seen = form.number("seen");
    let ctx = visitor.ctx.clone();
    let outcome = visitor
        .desk
        .write(ctx, move |tx, ctx| keep(tx, ctx, id, key.as_ref(), seen, &update))
        .await;
    match outcome {
        Ok(Outcome::Kept) => Ok(Redirect::to(to).into_response()),
        Ok(Outcome::Missed(missed)) => {
            let files = put_by(visitor, form, kept).await?;
            not_sent(visitor, id, form, kind, (missed, files)).await
        }
        Err(Error::KeyReused) => {
            let why = visitor.reader().words.say(Text::AlreadySent);
            again(visitor, id, form, kind, StatusCode::CONFLICT, why).await
        }
        Err(Error::Invalid(errors)) => {
            let why = errors.first().map(|error| error.description.as_str()).unwrap_or_default();
            again(visitor, id, form, kind, StatusCode::UNPROCESSABLE_ENTITY, why).await
        }
        Err(Error::Refused(refusal)) => {
            let why = refused(&refusal).description;
            again(visitor, id, form, kind, StatusCode::UNPROCESSABLE_ENTITY, &why).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Keeps the files of a form that was not sent, so that they need not be chosen again: the token that binds them, and their
/// names.
async fn put_by(
    visitor: &Visitor,
    form: &Form,
    kept: Vec<Kept>,
) -> Result<Option<(String, Vec<String>)>, Problem> {
    let before = form.some("upload").map(str::to_owned);
    if kept.is_empty() && before.is_none() {
        return Ok(None);
    }
    let ctx = visitor.ctx.clone();
    let put = visitor.desk.write(ctx, move |tx, ctx| {
        let mut token = before.clone();
        let mut names = Vec::new();
        for file in &kept {
            let sent = desk::attachments::upload(tx, ctx, file, token.as_deref())?;
            names = sent.files.into_iter().map(|file| file.name).collect();
            token = Some(sent.token);
        }
        Ok(token.map(|token| (token, names)))
    });
    Ok(put.await?)
}

/// Writes once, and only over what the writer has seen.
fn keep(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    key: Option<&Key>,
    seen: Option<i64>,
    update: &Update,
) -> Result<Outcome, Error> {
    let mut missed = Vec::new();
    let kept = idempotency::once(tx, ctx, key, |tx| {
        missed = match seen {
            Some(seen) => desk::pages::missed(tx, ctx, id, seen)?,
            None => Vec::new(),
        };
        if !missed.is_empty() {
            return Err(Error::Conflict(String::new()));
        }
        desk::tickets::update(tx, ctx, id, update).map(|done| done.stored.ticket.seq.to_string())
    });
    match kept {
        Err(Error::Conflict(_)) if !missed.is_empty() => Ok(Outcome::Missed(missed)),
        Ok(_) => Ok(Outcome::Kept),
        Err(error) => Err(error),
    }
}

/// The page with what came meanwhile, the same words, and a form that has seen it all.
async fn not_sent(
    visitor: &Visitor,
    id: TicketId,
    form: &Form,
    kind: Kind,
    (missed, files): (Vec<CommentId>, Option<(String, Vec<String>)>),
) -> Answer {
    let reader = visitor.reader();
    let words = reader.words;
    let ids = missed.clone();
    let ctx = visitor.ctx.clone();
    let (who, at) = visitor
        .desk
        .read(ctx, move |tx, ctx| {
            let last =
                desk::tickets::comments_by_id(tx, &ids)?.into_iter().max_by_key(|one| one.id);
            let last = last.ok_or(Error::NotFound)?;
            let author = desk::users::show(tx, ctx, last.author)?;
            Ok((author.name, last.created_at))
        })
        .await?;
    let time = crate::times::time_of_day(at, &reader.zone);
    let box_ = refusal_box(
        "not-sent",
        Tone::Warn,
        words.say(Text::NotSent),
        &html! {
            p { (words.fill(Text::NotSentWhy, &[("name", &who), ("time", &time)])) }
            p.line {
                a href="#new-since" { (words.say(Text::Show)) }
                button.button type="submit" { (words.say(Text::SendAsItIs)) }
                a href={ "#ticket-" (id) (if kind == Kind::Reply { "-reply" } else { "-note" }) } { (words.say(Text::KeepWriting)) }
            }
        },
    );
    let text = form.get("body").to_owned();
    let staged = super::macros::staged(visitor, id, form.number("macro")).await?;
    let writing = Writing { open: kind, text, refusal: Some(box_), missed, files, staged };
    let markup = page(visitor, id, &writing, routes::HOME).await?;
    Ok((StatusCode::CONFLICT, frame::html(markup)).into_response())
}

async fn empty(visitor: &Visitor, id: TicketId, kind: Kind) -> Answer {
    let why = visitor.reader().words.say(Text::NothingWritten);
    let nothing = Form::default();
    again(visitor, id, &nothing, kind, StatusCode::UNPROCESSABLE_ENTITY, why).await
}

/// The page again, with the reason and the same words.
async fn again(
    visitor: &Visitor,
    id: TicketId,
    form: &Form,
    kind: Kind,
    status: StatusCode,
    why: &str,
) -> Result<axum::response::Response, Problem> {
    let heading = visitor.reader().words.say(Text::NotSent);
    let box_ = refusal_box("not-sent", Tone::Danger, heading, &html! { p { (why) } });
    let text = form.get("body").to_owned();
    let staged = super::macros::staged(visitor, id, form.number("macro")).await?;
    let writing = Writing { open: kind, text, refusal: Some(box_), staged, ..Writing::default() };
    let markup = page(visitor, id, &writing, routes::HOME).await?;
    Ok((status, frame::html(markup)).into_response())
}
