//! `/tickets/{id}/macro`: choosing a macro. It fills in the composer and says what else would change; nothing is sent,
//! and a macro without words is looked at before it is applied.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use desk::macros::Prepared;
use desk::{Ctx, Error, FieldError, Tx};
use domain::actions::Used;
use domain::{Macro, MacroId, TicketId};
use maud::{Markup, html};

use super::{Seen, number};
use crate::components::button::{self, Button};
use crate::components::composer::Kind;
use crate::components::empty_state::empty_state;
use crate::form::Form;
use crate::problem::{Answer, Problem, refused};
use crate::settings::actions::{Known, in_words};
use crate::settings::known;
use crate::visitor::{Visitor, referer};
use crate::words::{Text, Words};
use crate::{bulk, frame, routes};

/// A macro that stands in a composer, not sent yet.
#[derive(Clone, Debug)]
pub(crate) struct Staged {
    /// Which.
    pub(crate) id: MacroId,
    /// What it is called.
    pub(crate) title: String,
    /// Its words, filled in.
    pub(crate) words: String,
    /// On which side.
    pub(crate) side: Kind,
    /// What it also changes, in words.
    pub(crate) changes: Vec<String>,
    /// The status it asks for.
    pub(crate) status: Option<domain::Status>,
}

impl Staged {
    /// What stands above the words: which macro it is, what it also changes, and the way out.
    pub(crate) fn markup(&self, words: Words, ticket: TicketId) -> Markup {
        let what = self.changes.join(" · ");
        html! {
            div.staged role="group" aria-label=(words.fill(Text::MacroStaged, &[("title", &self.title)])) {
                p { strong dir="auto" { (words.fill(Text::MacroStaged, &[("title", &self.title)])) } " "
                    a href={ (routes::ticket(ticket.0)) "#composer" } { (words.say(Text::MacroTakeOut)) } }
                @if self.changes.is_empty() {
                    input type="hidden" name="macro" value=(self.id);
                    p.hint { (words.say(Text::MacroOnlyWords)) }
                } @else {
                    label.choice {
                        input type="checkbox" name="macro" value=(self.id) checked;
                        span { (words.fill(Text::MacroAlso, &[("what", &what)])) }
                    }
                }
            }
        }
    }
}

/// The macro that the page of a ticket is asked to put into the composer, by `?macro=7` or by a form that was refused.
pub(crate) async fn staged(
    visitor: &Visitor,
    ticket: TicketId,
    asked: Option<i64>,
) -> Result<Option<Staged>, Problem> {
    let Some(id) = asked.map(MacroId) else { return Ok(None) };
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| prepared(tx, ctx, ticket, id);
    match visitor.desk.read(visitor.ctx.clone(), read).await {
        Ok((one, prepared, known, is_public)) => Ok(prepared.words.clone().map(|text| {
            let words = visitor.reader().words;
            let side = if prepared.public.unwrap_or(is_public) { Kind::Reply } else { Kind::Note };
            Staged {
                id: one.id,
                title: one.title.clone(),
                words: text,
                side,
                changes: changes(words, &known, &one),
                status: prepared.update.status,
            }
        })),
        // It was deleted meanwhile: the ticket is there all the same.
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

type Looked = (Macro, Prepared, Known, bool);

fn prepared(tx: &mut Tx<'_>, ctx: &Ctx, ticket: TicketId, id: MacroId) -> Result<Looked, Error> {
    let stored = desk::tickets::show(tx, ctx, ticket)?;
    let one = desk::macros::show(tx, ctx, id)?;
    let prepared = desk::macros::prepare(tx, ctx, &one, &stored)?;
    Ok((one, prepared, known(tx, ctx)?, stored.ticket.public))
}

/// What it changes, words left out.
pub(crate) fn changes(words: Words, known: &Known, one: &Macro) -> Vec<String> {
    let is_words = |field: &str| field.starts_with("comment_");
    let others: Vec<_> =
        one.actions.iter().filter(|action| !is_words(&action.field)).cloned().collect();
    in_words(words, known, Used::Macro, &others)
}

/// Whether it fills in the composer.
pub(crate) fn has_words(one: &Macro) -> bool {
    one.actions.iter().any(|action| action.field.starts_with("comment_value"))
}

/// Where choosing a macro leads: into the composer, or to what it would change.
pub(crate) fn way(ticket: TicketId, one: &Macro) -> String {
    if has_words(one) {
        format!("{}?macro={}#composer", routes::ticket(ticket.0), one.id)
    } else {
        format!("{}?macro={}", routes::ticket_part(ticket.0, "macro"), one.id)
    }
}

/// The macros that fit some words, the best first: those whose title begins with them.
fn fitting(all: Vec<Macro>, query: &str) -> Vec<Macro> {
    let query = query.trim().to_lowercase();
    let rank = |one: &Macro| {
        let title = one.title.to_lowercase();
        let name = title.rsplit("::").next().unwrap_or_default().trim();
        let about = one.description.as_deref().unwrap_or_default().to_lowercase();
        if name.starts_with(&query) || title.starts_with(&query) {
            0
        } else if title.contains(&query) {
            1
        } else if query.split_whitespace().all(|word| title.contains(word) || about.contains(word))
        {
            2
        } else {
            3
        }
    };
    let mut fits: Vec<Macro> = all.into_iter().filter(|one| one.active && rank(one) < 3).collect();
    fits.sort_by_key(rank);
    fits
}

/// The macros one can choose from, or what one of them would change.
pub(super) async fn ask(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    if let Some(chosen) = visitor.query.number("macro") {
        return look(&visitor, id, MacroId(chosen), &[]).await;
    }
    let read = |tx: &mut Tx<'_>, ctx: &Ctx| {
        Ok::<_, Error>((desk::macros::list(tx, ctx)?, known(tx, ctx)?))
    };
    let (all, known) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let query = visitor.query.get("q").to_owned();
    let fits = fitting(all, &query);
    if let (Some("1"), Some(first)) = (visitor.query.some("go"), fits.first()) {
        return Ok(Redirect::to(&way(id, first)).into_response());
    }
    let reader = visitor.reader();
    let words = reader.words;
    let list = html! {
        div #macro-list {
            @if fits.is_empty() {
                (empty_state(words.say(Text::MacroNone), words.say(Text::MacroNoneWhy),
                    Some(&button::link(routes::NEW_MACRO, Button::plain(words.say(Text::MacroMake))))))
            } @else {
                ul.macro-list { @for one in &fits { (offered(words, &known, id, one)) } }
            }
        }
    };
    if visitor.fragment && visitor.query.some("list").is_some() {
        return Ok(frame::html(list));
    }
    let to = routes::ticket_part(id.0, "macro");
    let form = html! {
        form.stack method="get" action=(to) role="search" aria-label=(words.say(Text::MacroFind)) {
            div.field {
                label for="macro-q" { (words.say(Text::MacroFind)) }
                input #macro-q name="q" type="search" value=(query) autocomplete="off" autofocus
                    hx-get={ (to) "?list=1" } hx-trigger="input changed delay:120ms" hx-target="#macro-list" hx-swap="outerHTML";
            }
            div.field-actions {
                button.button.primary type="submit" name="go" value="1" { (words.say(Text::MacroGo)) }
                a.button href=(routes::ticket(id.0)) data-close { (words.say(Text::Cancel)) }
            }
        }
        (list)
    };
    page(&visitor, id, words.say(Text::TitleMacro), &form, StatusCode::OK).await
}

fn offered(words: Words, known: &Known, ticket: TicketId, one: &Macro) -> Markup {
    let does = in_words(words, known, Used::Macro, &one.actions).join(" · ");
    let to = way(ticket, one);
    html! {
        li {
            @if has_words(one) { a href=(to) dir="auto" { (one.title) } }
            @else { a href=(to) hx-get=(to) hx-target="#dialog-content" dir="auto" { (one.title) } }
            @if let Some(about) = &one.description { p dir="auto" { (about) } }
            p.hint { (does) }
        }
    }
}

/// What a macro would change, with the button that does it.
async fn look(visitor: &Visitor, id: TicketId, one: MacroId, errors: &[FieldError]) -> Answer {
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| prepared(tx, ctx, id, one);
    let (one, prepared, known, is_public) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let seen = Seen::read(visitor, id, 1).await?;
    let words = seen.reader.words;
    let lines = changes(words, &known, &one);
    let form = html! {
        @for error in errors { p.error role="alert" { (error.description) } }
        @if let Some(about) = &one.description { p dir="auto" { (about) } }
        @if let Some(text) = &prepared.words { pre.well dir="auto" { (text) } }
        @if lines.is_empty() { p { (words.say(Text::MacroChangesNothing)) } }
        @else { p { (words.say(Text::MacroWouldChange)) } ul { @for line in &lines { li { (line) } } } }
        form.stack method="post" action=(routes::ticket_part(id.0, "macro")) {
            (button::csrf(&seen.reader))
            input type="hidden" name="macro" value=(one.id);
            input type="hidden" name="seen" value=(seen.whole.stored.ticket.seq);
            div.field-actions {
                @if prepared.words.is_some() {
                    @let into = if prepared.public.unwrap_or(is_public) { Text::MacroIntoReply } else { Text::MacroIntoNote };
                    (button::link(&way(id, &one), Button::primary(words.say(into))))
                } @else { (button::submit(Button::primary(words.say(Text::MacroApply)))) }
                a.button href=(routes::ticket(id.0)) data-close { (words.say(Text::Cancel)) }
            }
        }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(visitor, id, &one.title, &form, status).await
}

/// Applies a macro that has no words.
pub(super) async fn apply(
    visitor: Visitor,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let id = number(&id)?;
    let Some(one) = form.number("macro").map(MacroId) else {
        return Ok(Redirect::to(&routes::ticket_part(id.0, "macro")).into_response());
    };
    let seen = form.number("seen");
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let one = desk::macros::show(tx, ctx, one)?;
        let done = desk::macros::apply(tx, ctx, id, &one, seen)?;
        bulk::remember(tx, ctx, bulk::What::Macro.word(), "", &done)
    };
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(undo) => {
            let way = (referer(&headers), routes::ticket(id.0));
            bulk::told(&visitor, (way.0, &way.1), &[id], undo.as_deref()).await
        }
        Err(Error::Invalid(errors)) => look(&visitor, id, one, &errors).await,
        Err(Error::Refused(refusal)) => look(&visitor, id, one, &[refused(&refusal)]).await,
        Err(error) => Err(error.into()),
    }
}

async fn page(
    visitor: &Visitor,
    id: TicketId,
    title: &str,
    form: &Markup,
    status: StatusCode,
) -> Answer {
    if visitor.fragment {
        let form = frame::html(html! { h2 #dialog-heading dir="auto" { (title) } (form) });
        return Ok((status, form).into_response());
    }
    let seen = Seen::read(visitor, id, 1).await?;
    let main = html! {
        p.ticket-way { a href=(routes::ticket(id.0)) { (seen.title()) } }
        h1 tabindex="-1" dir="auto" { (title) }
        (form)
    };
    let tab = format!("{title}, #{id}");
    let frame = frame::Frame { title: &tab, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &seen.reader, frame, &main, None).await?;
    Ok((status, frame::html(page)).into_response())
}

/// What to say about a placeholder that is left in words about to be sent.
pub(super) fn left_over(visitor: &Visitor, text: &str) -> Option<String> {
    let left = domain::placeholders::unfilled(text)?;
    Some(visitor.reader().words.fill(Text::PlaceholderLeft, &[("what", &left)]))
}

/// The choice of the composer that stands for a status.
pub(super) fn then(status: domain::Status) -> &'static str {
    match status {
        domain::Status::Solved | domain::Status::Closed => "solved:answered",
        domain::Status::Open | domain::Status::New => "open",
        domain::Status::Pending | domain::Status::Hold => "pending",
    }
}
