//! Replies and notes: two endpoints that share nothing an accident could cross.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect};
use desk::attachments::{Attachment, Files, Kept};
use desk::drafts;
use desk::idempotency::{self, Key};
use desk::texts::Body;
use desk::tickets::{Reply, Update};
use desk::{Ctx, Error, Tx};
use domain::{Cause, CommentId, Event, Status, TicketId};
use jiff::Timestamp;
use maud::html;

use super::{Writing, drafting, number, page};
use crate::components::composer::Kind;
use crate::components::notice::{Tone, refusal_box};
use crate::form::Form;
use crate::problem::{Answer, Problem, refused};
use crate::visitor::{Visitor, local};
use crate::words::Text;
use crate::{cookies, frame, lists, routes};

/// What became of something somebody wrote.
enum Outcome {
    /// It is there; until when it can be taken back, if it can.
    Kept(CommentId, Option<Timestamp>),
    /// It was there already: the form was sent twice.
    Again,
    /// Something was said meanwhile, and nothing was written.
    Missed(Vec<CommentId>),
}

/// A public reply: it leaves by mail and stops the clock.
pub(crate) async fn reply(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    if let Some(answer) = aside(&visitor, id, &form, Kind::Reply).await? {
        return Ok(answer);
    }
    let words = visitor.reader().words;
    let then = if form.get("solve").is_empty() { form.get("then") } else { "solved:answered" };
    if then == "solved:issue" && desk::tickets::issue_in(form.get("body")).is_none() {
        let why = words.say(Text::IssueMissing);
        return again(&visitor, id, &form, Kind::Reply, StatusCode::UNPROCESSABLE_ENTITY, why)
            .await;
    }
    let said = said(&form, true);
    let (status, cause) = after(then);
    let update = Update { status, cause, ..said };
    let to = (then == "hold").then(|| routes::ticket_part(id.0, "hold"));
    write(&visitor, id, &form, Kind::Reply, update, to).await
}

/// An internal note: it never leaves.
pub(crate) async fn note(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    if let Some(answer) = aside(&visitor, id, &form, Kind::Note).await? {
        return Ok(answer);
    }
    write(&visitor, id, &form, Kind::Note, said(&form, false), None).await
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

/// What a form asks for without script beside being sent: how it will look, or that a file is taken out of it.
async fn aside(
    visitor: &Visitor,
    id: TicketId,
    form: &Form,
    kind: Kind,
) -> Result<Option<axum::response::Response>, Problem> {
    let looks = form.some("preview").is_some();
    let gone = form.number("remove");
    if !looks && gone.is_none() {
        return Ok(None);
    }
    let kept = visitor.desk.keep(form.files("files")).await?;
    let upload = put_by(visitor, form, kept, gone).await?;
    let text = form.get("body").to_owned();
    let preview = looks.then(|| drafting::previewed(visitor.reader().words, &text));
    let then = form.get("then").to_owned();
    let staged = super::macros::staged(visitor, id, form.number("macro")).await?;
    let text = Some(text);
    let writing = Writing { open: kind, text, then, preview, upload, staged, ..Writing::default() };
    let markup = page(visitor, id, &writing, local(form.get("from"))).await?;
    Ok(Some(frame::html(markup)))
}

/// What a form that was sent is known by. Within one person's writing a key is sent twice only by accident.
pub(super) fn key_of(visitor: &Visitor, id: TicketId, key: &str) -> String {
    let user = visitor.user.as_ref().map_or(0, |user| user.id.0);
    format!("{user}:{id}:{key}")
}

async fn write(
    visitor: &Visitor,
    id: TicketId,
    form: &Form,
    kind: Kind,
    update: Update,
    to: Option<String>,
) -> Answer {
    let chosen = form.files("files");
    let is_empty = update.comment.as_ref().is_none_or(|comment| comment.body.is_empty());
    if is_empty && chosen.is_empty() && form.some("upload").is_none() {
        let why = visitor.reader().words.say(Text::NothingWritten);
        return again(visitor, id, form, kind, StatusCode::UNPROCESSABLE_ENTITY, why).await;
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
    let key = form
        .some("idempotency_key")
        .map(|key| Key::new("writing", &key_of(visitor, id, key), &form.content()));
    let seen = form.number("seen");
    // As the list stands before the ticket leaves it.
    let next = lists::onward(visitor, id, local(form.get("from"))).await?;
    let ctx = visitor.ctx.clone();
    let outcome = visitor
        .desk
        .write(ctx, move |tx, ctx| keep(tx, ctx, (id, kind), key.as_ref(), seen, &update))
        .await;
    let wrong = match outcome {
        Ok(Outcome::Kept(comment, leaves_at)) => {
            let to = to
                .or(next)
                .unwrap_or_else(|| format!("{}#message-{comment}", routes::ticket(id.0)));
            return Ok(sent(visitor, id, comment, leaves_at, &to));
        }
        Ok(Outcome::Again) => {
            return Ok(Redirect::to(&format!("{}#composer", routes::ticket(id.0))).into_response());
        }
        Ok(Outcome::Missed(missed)) => {
            let upload = put_by(visitor, form, kept, None).await?;
            return not_sent(visitor, id, form, kind, (missed, upload)).await;
        }
        Err(Error::KeyReused) => {
            let why = visitor.reader().words.say(Text::AlreadySent);
            return again(visitor, id, form, kind, StatusCode::CONFLICT, why).await;
        }
        Err(Error::Invalid(errors)) => errors.into_iter().next().map(|error| error.description),
        Err(Error::Refused(refusal)) => Some(refused(&refusal).description),
        Err(error) => return Err(error.into()),
    };
    let why = wrong.unwrap_or_default();
    again(visitor, id, form, kind, StatusCode::UNPROCESSABLE_ENTITY, &why).await
}

/// The way on; for as long as a reply can be taken back, every page says so.
fn sent(
    visitor: &Visitor,
    id: TicketId,
    comment: CommentId,
    leaves_at: Option<Timestamp>,
    to: &str,
) -> axum::response::Response {
    let mut answer = Redirect::to(to).into_response();
    if let Some(at) = leaves_at {
        let seconds = at.duration_since(visitor.ctx.now).as_secs().max(1);
        let value = format!("{id}-{comment}");
        let cookie = cookies::made(&visitor.desk, cookies::LEAVING, &value, seconds);
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

/// Keeps the files of a form that was not sent, so that they need not be chosen again, but for one that is taken out: the
/// token that binds them.
async fn put_by(
    visitor: &Visitor,
    form: &Form,
    kept: Vec<Kept>,
    gone: Option<i64>,
) -> Result<Option<String>, Problem> {
    let before = form.some("upload").map(str::to_owned);
    if kept.is_empty() && before.is_none() {
        return Ok(None);
    }
    let ctx = visitor.ctx.clone();
    let put = visitor
        .desk
        .write(ctx, move |tx, ctx| sent_ahead(tx, ctx, &kept, before.clone(), gone))
        .await?;
    Ok(put.0)
}

/// Files join those that were sent ahead, and one of those goes; the token that binds what is left, and what it is. A token
/// that is too old is as none.
pub(super) fn sent_ahead(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kept: &[Kept],
    token: Option<String>,
    gone: Option<i64>,
) -> Result<(Option<String>, Vec<Attachment>), Error> {
    let mut files = match (&token, gone) {
        (Some(token), Some(gone)) => desk::attachments::remove(tx, ctx, token, gone)?,
        (Some(token), None) => desk::attachments::of_upload(tx, ctx, token)?,
        (None, _) => Vec::new(),
    };
    let mut token = token.filter(|_| !files.is_empty());
    for file in kept {
        let sent = desk::attachments::upload(tx, ctx, file, token.as_deref())?;
        files = sent.files;
        token = Some(sent.token);
    }
    Ok((token, files))
}

/// Writes once, and only over what the writer has seen; the draft is then no more.
fn keep(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (id, kind): (TicketId, Kind),
    key: Option<&Key>,
    seen: Option<i64>,
    update: &Update,
) -> Result<Outcome, Error> {
    let mut missed = Vec::new();
    let mut written = None;
    let kept = idempotency::once(tx, ctx, key, |tx| {
        missed = match seen {
            Some(seen) => desk::pages::missed(tx, ctx, id, seen)?,
            None => Vec::new(),
        };
        if !missed.is_empty() {
            return Err(Error::Conflict(String::new()));
        }
        let done = desk::tickets::update(tx, ctx, id, update)?;
        written = done.events.iter().find_map(|envelope| match &envelope.event {
            Event::Commented { comment, .. } => Some(*comment),
            _ => None,
        });
        drafts::discard(tx, ctx, id, kind.draft())?;
        // What was done before is not taken back by the key that comes after this.
        desk::undos::forget_all(tx, ctx)?;
        // Whoever answers has read what there was.
        desk::beside::seen(tx, ctx, id, done.stored.ticket.seq)?;
        Ok(done.stored.ticket.seq.to_string())
    });
    match kept {
        Err(Error::Conflict(_)) if !missed.is_empty() => Ok(Outcome::Missed(missed)),
        Err(error) => Err(error),
        Ok(_) => match written {
            None => Ok(Outcome::Again),
            Some(comment) => {
                let rows = desk::tickets::comments_by_id(tx, &[comment])?;
                Ok(Outcome::Kept(comment, rows.first().and_then(|row| row.leaves_at)))
            }
        },
    }
}

impl Kind {
    /// The same word where drafts are kept.
    pub(super) fn draft(self) -> drafts::Kind {
        match self {
            Self::Reply => drafts::Kind::Reply,
            Self::Note => drafts::Kind::Note,
        }
    }
}

/// The page with what came meanwhile, the same words, and a form that has seen it all.
async fn not_sent(
    visitor: &Visitor,
    id: TicketId,
    form: &Form,
    kind: Kind,
    (missed, upload): (Vec<CommentId>, Option<String>),
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
                a href={ "#ticket-" (id) "-" (kind.as_str()) } { (words.say(Text::KeepWriting)) }
            }
        },
    );
    let writing = Writing {
        open: kind,
        text: Some(form.get("body").to_owned()),
        then: form.get("then").to_owned(),
        refusal: Some(box_),
        missed,
        upload,
        preview: None,
        staged: super::macros::staged(visitor, id, form.number("macro")).await?,
    };
    let markup = page(visitor, id, &writing, local(form.get("from"))).await?;
    Ok((StatusCode::CONFLICT, frame::html(markup)).into_response())
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
    let right = form.files("files");
    let right = if desk::attachments::check("files", &right).is_ok() { right } else { Vec::new() };
    let kept = visitor.desk.keep(right).await?;
    let writing = Writing {
        open: kind,
        text: Some(form.get("body").to_owned()),
        then: form.get("then").to_owned(),
        refusal: Some(box_),
        upload: put_by(visitor, form, kept, None).await?,
        staged: super::macros::staged(visitor, id, form.number("macro")).await?,
        ..Writing::default()
    };
    let markup = page(visitor, id, &writing, local(form.get("from"))).await?;
    Ok((status, frame::html(markup)).into_response())
}
