//! What is being written: the drafts a page begins with, and what script asks for while somebody writes.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use desk::attachments::Attachment;
use desk::drafts::{self, Draft, Input};
use desk::texts::Body;
use desk::{Act, Error};
use domain::{CommentId, TicketId};
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Writing, number, page};
use crate::attachments::size;
use crate::components::composer::{Kind, Side};
use crate::components::file_drop::{self, Chosen};
use crate::components::notice::{Tone, refusal_box};
use crate::components::prose::prose;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes, times};

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::put("/tickets/{id}/drafts/{kind}", Act::WorkTickets, save),
        Route::get("/tickets/{id}/drafts/{kind}", Act::WorkTickets, sent),
        Route::post("/tickets/{id}/preview", Act::WorkTickets, preview),
        Route::post("/tickets/{id}/uploads", Act::WorkTickets, upload),
        Route::post("/tickets/{id}/replies/{comment}/undo", Act::WorkTickets, undo),
    ]
}

fn named(kind: &str) -> Result<drafts::Kind, Problem> {
    drafts::Kind::named(kind).ok_or(Problem::NotFound)
}

/// Keeps a draft, and says so in words.
async fn save(
    visitor: Visitor,
    Path((id, kind)): Path<(String, String)>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (id, kind) = (number(&id)?, named(&kind)?);
    let input = Input {
        device: form.get("device").to_owned(),
        device_name: device_name(&headers).to_owned(),
        text: form.get("body").to_owned(),
        upload: form.some("upload").map(str::to_owned),
        goes_on: form.some("goes_on").map(str::to_owned),
    };
    let ctx = visitor.ctx.clone();
    let key = super::writing::key_of(&visitor, id, form.get("key"));
    let kept = visitor
        .desk
        .write(ctx, move |tx, ctx| {
            // A draft that arrives after the form it was sent with is none any more.
            let is_sent = desk::idempotency::is_known(tx, ctx, "writing", &key)?;
            if is_sent { Ok(false) } else { drafts::save(tx, ctx, id, kind, &input) }
        })
        .await;
    let reader = visitor.reader();
    match kept {
        Ok(true) => Ok(saved_at(&reader, reader.now).into_response()),
        Ok(false) => Ok(String::new().into_response()),
        Err(Error::Invalid(errors)) => {
            let why = errors.into_iter().next().map(|error| error.description);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, why.unwrap_or_default()).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a form was sent that a browser does not know about: it asks before it shows its own copy again.
async fn sent(visitor: Visitor, Path((id, kind)): Path<(String, String)>) -> Answer {
    let (id, _) = (number(&id)?, named(&kind)?);
    let key = super::writing::key_of(&visitor, id, visitor.query.get("key"));
    let ctx = visitor.ctx.clone();
    let known = visitor
        .desk
        .read(ctx, move |tx, ctx| desk::idempotency::is_known(tx, ctx, "writing", &key))
        .await?;
    Ok((if known { StatusCode::NO_CONTENT } else { StatusCode::OK }).into_response())
}

/// What people call the device that asks.
fn device_name(headers: &HeaderMap) -> &'static str {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    if agent.is_some_and(|agent| agent.contains("Mobi")) { "phone" } else { "computer" }
}

fn device_words(words: Words, draft: &Draft) -> &'static str {
    words.say(match draft.device_name.as_str() {
        "phone" => Text::DevicePhone,
        "computer" => Text::DeviceComputer,
        _ => Text::DeviceUndone,
    })
}

fn saved_at(reader: &Reader, at: Timestamp) -> String {
    let time = times::time_of_day(at, &reader.zone);
    reader.words.fill(Text::DraftSaved, &[("time", &time)])
}

/// How words will be read.
async fn preview(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    number(&id)?;
    Ok(frame::html(previewed(visitor.reader().words, form.get("body"))))
}

/// The words as Markdown makes them, cleaned; the same function that makes a comment of them.
pub(super) fn previewed(words: Words, text: &str) -> Markup {
    let body = Body::markdown(text);
    html! {
        @if body.is_empty() { p.hint { (words.say(Text::NothingToPreview)) } }
        @else { (prose(&body.html, 2)) }
    }
}

/// Keeps a file sent ahead, or takes one back; the answer is the list of those that wait.
async fn upload(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let (chosen, token) = (form.files("files"), form.some("upload").map(str::to_owned));
    let ctx = visitor.ctx.clone();
    if let Err(Error::Invalid(errors)) = desk::attachments::check("files", &chosen) {
        let why = errors.into_iter().next().map(|error| error.description);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, why.unwrap_or_default()).into_response());
    }
    let kept = visitor.desk.keep(chosen).await?;
    let gone = form.number("remove");
    let (token, files) = visitor
        .desk
        .write(ctx, move |tx, ctx| {
            desk::tickets::show(tx, ctx, id)?;
            super::writing::sent_ahead(tx, ctx, &kept, token.clone(), gone)
        })
        .await?;
    let reader = visitor.reader();
    let listed = listed(reader.words, &files);
    let chosen = Chosen { token: token.as_deref(), files: &listed };
    Ok(frame::html(file_drop::files(&reader, form.get("id"), &chosen)))
}

/// Files as the list shows them.
fn listed(words: Words, files: &[Attachment]) -> Vec<(i64, String, String)> {
    files.iter().map(|file| (file.id, file.name.clone(), size(words, file.size))).collect()
}

/// Takes a reply back that has not left, and goes to where its words are again.
async fn undo(visitor: Visitor, Path((id, comment)): Path<(String, String)>) -> Answer {
    let (id, comment) = (number(&id)?, CommentId(number(&comment)?.0));
    let ctx = visitor.ctx.clone();
    let taken = visitor
        .desk
        .write(ctx, move |tx, ctx| desk::tickets::take_back(tx, ctx, id, comment))
        .await;
    match taken {
        Ok(taken) => {
            let told = if taken.left { "told" } else { "1" };
            let to = format!("{}?undone={told}#composer", routes::ticket(id.0));
            Ok(Redirect::to(&to).into_response())
        }
        // It has left, or it was undone already: pressed twice.
        Err(Error::Conflict(_) | Error::NotFound) => {
            let words = visitor.reader().words;
            let why = html! { p { (words.say(Text::ReplyGoneWhy)) } };
            let said = refusal_box("gone", Tone::Warn, words.say(Text::ReplyGone), &why);
            let writing = Writing { refusal: Some(said), ..Writing::default() };
            let markup = page(&visitor, id, &writing, routes::HOME).await?;
            Ok((StatusCode::CONFLICT, frame::html(markup)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What the two composers begin with.
#[derive(Clone, Debug, Default)]
pub(super) struct Drafts {
    reply: Begun,
    note: Begun,
}

#[derive(Clone, Debug, Default)]
struct Begun {
    text: String,
    typed: bool,
    saved: Option<(String, String)>,
    device: String,
    older: Vec<(String, String)>,
    token: Option<String>,
    files: Vec<(i64, String, String)>,
    preview: Option<Markup>,
    then: String,
}

impl Drafts {
    /// Reads the drafts of a ticket; what was typed into a form that was not sent comes before them.
    pub(super) async fn read(
        visitor: &Visitor,
        id: TicketId,
        writing: &Writing,
    ) -> Result<Self, Problem> {
        let ctx = visitor.ctx.clone();
        let token = writing.upload.clone();
        let (reply, note, typed) = visitor
            .desk
            .read(ctx, move |tx, ctx| {
                let (reply, note) = drafts::of_ticket(tx, ctx, id)?;
                let typed = match &token {
                    Some(token) => desk::attachments::of_upload(tx, ctx, token)?,
                    None => Vec::new(),
                };
                Ok::<_, Error>((reply, note, typed))
            })
            .await?;
        let reader = visitor.reader();
        let mut all = Self { reply: begun(&reader, reply), note: begun(&reader, note) };
        if let Some(typed_text) = &writing.text {
            let side = match writing.open {
                Kind::Reply => &mut all.reply,
                Kind::Note => &mut all.note,
            };
            side.typed = true;
            if writing.staged.is_some() && writing.refusal.is_none() {
                // A macro is put below what stands there already.
                side.text = joined(&side.text, typed_text);
            } else {
                side.text.clone_from(typed_text);
                side.older.clear();
                side.token.clone_from(&writing.upload);
                side.files = listed(reader.words, &typed);
            }
            side.preview.clone_from(&writing.preview);
            side.then.clone_from(&writing.then);
        }
        Ok(all)
    }

    /// Which one is open: the one that was typed into, else the only one with a draft.
    pub(super) fn open(&self, writing: &Writing) -> Kind {
        let only_note = self.reply.text.is_empty() && !self.note.text.is_empty();
        if writing.text.is_none() && only_note { Kind::Note } else { writing.open }
    }

    /// Runs `f` with both sides.
    pub(super) fn with<T>(&self, f: impl FnOnce(Side<'_>, Side<'_>) -> T) -> T {
        let replies = self.reply.older();
        let notes = self.note.older();
        f(self.reply.side(&replies), self.note.side(&notes))
    }
}

fn joined(before: &str, text: &str) -> String {
    let before = before.trim_end();
    if before.is_empty() || before.contains(text.trim()) {
        return if before.is_empty() { text.to_owned() } else { before.to_owned() };
    }
    format!("{before}\n\n{text}")
}

impl Begun {
    fn older(&self) -> Vec<(String, &str)> {
        self.older.iter().map(|(label, text)| (label.clone(), text.as_str())).collect()
    }

    fn side<'s>(&'s self, older: &'s [(String, &'s str)]) -> Side<'s> {
        Side {
            text: &self.text,
            typed: self.typed,
            saved: self.saved.as_ref().map(|(at, words)| (at.as_str(), words.as_str())),
            device: &self.device,
            older,
            files: Chosen { token: self.token.as_deref(), files: &self.files },
            preview: self.preview.as_ref(),
            then: &self.then,
        }
    }
}

/// The newest draft, and the others to choose from.
fn begun(reader: &Reader, kept: drafts::Kept) -> Begun {
    let mut drafts = kept.drafts.into_iter();
    let Some(newest) = drafts.next() else { return Begun::default() };
    let older = drafts.map(|draft| {
        let device = device_words(reader.words, &draft);
        let time = times::time_of_day(draft.saved_at, &reader.zone);
        let values: [(&str, &dyn std::fmt::Display); 2] = [("device", &device), ("time", &time)];
        (reader.words.fill(Text::DraftFrom, &values), draft.text)
    });
    Begun {
        saved: Some((newest.saved_at.to_string(), saved_at(reader, newest.saved_at))),
        older: older.collect(),
        token: newest.upload.filter(|_| !kept.files.is_empty()),
        files: listed(reader.words, &kept.files),
        text: newest.text,
        device: newest.device,
        ..Begun::default()
    }
}
