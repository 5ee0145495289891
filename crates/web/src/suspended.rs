//! Mail that waits for a decision: who, what, why it waits; one click to let it in or to refuse it. Automatic mail that
//! belongs to no ticket is found here too.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect};
use desk::mailbox::{Filed, Proof, Queue};
use desk::{Act, Ctx, Error, Key, Page, Start, Tx};
use maud::{Markup, html};

use crate::attachments::download;
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::time;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::table::Route;
use crate::tickets::{plain, proved};
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes};

/// How many a page lists.
const SIZE: i64 = 50;

pub(crate) fn pages() -> Vec<Route> {
    vec![
        Route::get("/views/suspended", Act::ReadDesk, list),
        Route::get("/suspended/{mail}/source", Act::ReadDesk, source),
        Route::post("/suspended/acceptance", Act::WorkTickets, accept_many),
        Route::post("/suspended/refusal", Act::WorkTickets, refuse_many),
        Route::post("/suspended/{mail}/acceptance", Act::WorkTickets, accept),
        Route::post("/suspended/{mail}/refusal", Act::WorkTickets, refuse),
    ]
}

fn number(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// Which list is asked for.
fn asked(visitor: &Visitor) -> Queue {
    if visitor.query.get("of") == "automatic" { Queue::Automatic } else { Queue::Suspended }
}

fn href(queue: Queue) -> &'static str {
    match queue {
        Queue::Suspended => routes::SUSPENDED,
        Queue::Automatic => "/views/suspended?of=automatic",
    }
}

async fn list(visitor: Visitor) -> Answer {
    let queue = asked(&visitor);
    let start = visitor.query.number("after");
    let start = start.map_or(Start::Offset(0), |id| Start::After(Key { value: None, id }));
    let page = Page { start, size: SIZE + 1, descending: true };
    let ctx = visitor.ctx.clone();
    let mut mails =
        visitor.desk.read(ctx, move |tx, ctx| desk::mailbox::queue(tx, ctx, queue, &page)).await?;
    let size = usize::try_from(SIZE).unwrap_or_default();
    let more = mails.len() > size;
    mails.truncate(size);
    let reader = visitor.reader();
    let words = reader.words;
    let heading = words.say(title(queue));
    let main = html! {
        div.heading { h1 tabindex="-1" { (heading) } p { (words.say(explained(queue))) } }
        (tabs(&reader, queue))
        @if mails.is_empty() {
            (empty_state(words.say(Text::NothingSuspended), words.say(explained(queue)), None))
        } @else {
            div.list {
                row-list { ol.letters aria-label=(heading) {
                    @for mail in &mails { li id={ "row-" (mail.id) } { (letter(&reader, queue, mail)) } }
                } }
                (selected(&reader))
            }
        }
        @if more {
            @if let Some(last) = mails.last() {
                nav.pages aria-label=(words.say(Text::Pages)) {
                    @let sign = if queue == Queue::Automatic { "&" } else { "?" };
                    a.button.quiet href={ (href(queue)) (sign) "after=" (last.id) } rel="next" { (words.say(Text::Older)) }
                }
            }
        }
    };
    let frame = frame::Frame { title: heading, suspended: true, ..frame::Frame::default() };
    Ok(frame::html(frame::workspace(&visitor, &reader, frame, &main, None).await?))
}

fn title(queue: Queue) -> Text {
    match queue {
        Queue::Suspended => Text::ViewSuspended,
        Queue::Automatic => Text::AutomaticMails,
    }
}

fn explained(queue: Queue) -> Text {
    match queue {
        Queue::Suspended => Text::SuspendedWhy,
        Queue::Automatic => Text::AutomaticWhy,
    }
}

fn tabs(reader: &Reader, current: Queue) -> Markup {
    html! {
        nav.line aria-label=(reader.words.say(Text::KindsOfMail)) {
            @for queue in [Queue::Suspended, Queue::Automatic] {
                a href=(href(queue)) aria-current=[(queue == current).then_some("page")] { (reader.words.say(title(queue))) }
            }
        }
    }
}

/// One mail: the facts, its text folded, and what can be done.
fn letter(reader: &Reader, queue: Queue, mail: &Filed) -> Markup {
    let words = reader.words;
    let nobody = words.say(Text::NoSender);
    let sender = mail.sender.as_deref().unwrap_or(nobody);
    let subject = if mail.subject.is_empty() { words.say(Text::NoSubject) } else { &mail.subject };
    let heading = format!("mail-{}-heading", mail.id);
    let proof = mail.trust.as_deref().and_then(|text| serde_json::from_str::<Proof>(text).ok());
    let proof = proof.filter(Proof::was_checked);
    html! {
        article.message id={ "mail-" (mail.id) } aria-labelledby=(heading) tabindex="-1" {
            header {
                input type="checkbox" name="id" value=(mail.id) form="bulk" id={ "row-" (mail.id) "-box" } aria-label=(words.fill(Text::SelectMail, &[("subject", &subject)]));
                h2 id=(heading) dir="auto" { b { (subject) } }
            }
            p {
                @if let Some(name) = &mail.sender_name { (name) " · " }
                (sender) " · "
                @if let Some(proof) = &proof { (proved(words, proof)) " · " }
                (time::dated(reader, mail.received_at))
            }
            @if let Some(cause) = &mail.cause {
                p { (words.fill(if queue == Queue::Suspended { Text::SuspendedBecause } else { Text::AutomaticBecause }, &[("cause", cause)])) }
            }
            details.quoted {
                summary id={ "row-" (mail.id) "-link" } { (words.say(Text::ReadMail)) }
                div.prose dir="auto" { (plain(&mail.excerpt)) }
                p.hint { a href=(routes::suspended(mail.id, "source")) { (words.say(Text::MailSource)) } }
            }
            div.line {
                (button::action(reader, &routes::suspended(mail.id, "acceptance"), Button::plain(words.say(Text::AcceptMail))))
                (button::action(reader, &routes::suspended(mail.id, "refusal"), Button::plain(words.say(Text::RefuseMail))))
            }
        }
    }
}

/// Lets it in, and leads to its ticket.
async fn accept(visitor: Visitor, Path(mail): Path<String>) -> Answer {
    let received = visitor.desk.accept_mail(visitor.ctx.clone(), number(&mail)?).await?;
    let to = received.ticket.map_or(routes::SUSPENDED.to_owned(), |id| routes::ticket(id.0));
    Ok(Redirect::to(&to).into_response())
}

async fn refuse(visitor: Visitor, Path(mail): Path<String>) -> Answer {
    let mail = number(&mail)?;
    let next = beside(&visitor, &[mail]).await?;
    let ctx = visitor.ctx.clone();
    visitor.desk.write(ctx, move |tx, ctx| desk::mailbox::refuse(tx, ctx, mail)).await?;
    Ok(Redirect::to(&next).into_response())
}

/// What is done with all that is selected.
fn selected(reader: &Reader) -> Markup {
    let words = reader.words;
    html! {
        form #bulk .bulk method="post" action="/suspended/acceptance" aria-label=(words.say(Text::SelectedMails)) {
            (button::csrf(reader))
            span.bulk-said role="status" data-selected=(words.say(Text::BulkSelected)) {}
            (button::submit(Button::quiet(words.say(Text::AcceptMail))))
            button.button.quiet type="submit" formaction="/suspended/refusal" { (words.say(Text::RefuseMail)) }
            button.button.quiet type="reset" { (words.say(Text::BulkClear)) kbd aria-hidden="true" { "Esc" } }
        }
    }
}

async fn accept_many(visitor: Visitor, form: Form) -> Answer {
    let mails = chosen(&form);
    let next = beside(&visitor, &mails).await?;
    for mail in mails {
        decided(visitor.desk.accept_mail(visitor.ctx.clone(), mail).await)?;
    }
    Ok(Redirect::to(&next).into_response())
}

async fn refuse_many(visitor: Visitor, form: Form) -> Answer {
    let mails = chosen(&form);
    let next = beside(&visitor, &mails).await?;
    for mail in mails {
        let refuse = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::mailbox::refuse(tx, ctx, mail);
        decided(visitor.desk.write(visitor.ctx.clone(), refuse).await)?;
    }
    Ok(Redirect::to(&next).into_response())
}

/// The mails a form names, no more than a page lists.
fn chosen(form: &Form) -> Vec<i64> {
    let size = usize::try_from(SIZE).unwrap_or_default();
    let ids = form.pairs().filter(|(name, _)| *name == "id");
    ids.filter_map(|(_, id)| id.parse().ok()).take(size).collect()
}

/// Of several, what somebody else has decided about meanwhile is left as it is.
fn decided<T>(done: Result<T, Error>) -> Result<(), Error> {
    match done {
        Ok(_) | Err(Error::Conflict(_) | Error::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where the list is, at the mail after those that leave it, or at the one before them.
async fn beside(visitor: &Visitor, leaving: &[i64]) -> Result<String, Problem> {
    let Some(first) = leaving.iter().max().copied() else {
        return Ok(routes::SUSPENDED.to_owned());
    };
    let key = Key { value: None, id: first };
    let page = |start| Page { start, size: SIZE + 1, descending: true };
    let (after, before) = (page(Start::After(key.clone())), page(Start::Before(key)));
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        let below = desk::mailbox::queue(tx, ctx, Queue::Suspended, &after)?;
        Ok::<_, Error>((below, desk::mailbox::queue(tx, ctx, Queue::Suspended, &before)?))
    };
    let (below, above) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let next = below.iter().find(|mail| !leaving.contains(&mail.id)).or(above.last());
    Ok(next.map_or_else(
        || routes::SUSPENDED.to_owned(),
        |mail| format!("{}#row-{}-link", routes::SUSPENDED, mail.id),
    ))
}

async fn source(visitor: Visitor, Path(mail): Path<String>) -> Answer {
    let mail = number(&mail)?;
    let ctx = visitor.ctx.clone();
    let filed =
        visitor.desk.read(ctx, move |tx, ctx| desk::mailbox::archived(tx, ctx, mail)).await?;
    let raw = visitor.desk.source(visitor.ctx.clone(), &filed).await?;
    Ok(download(&format!("mail-{mail}.eml"), "text/plain; charset=utf-8", raw))
}
