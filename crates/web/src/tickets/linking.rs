//! What a link in a reply or a note can lead to, as the command bar offers it: answered questions, and tickets. A customer is
//! offered only requests of their own; what is for us alone is linked in notes. (COM-02)

use desk::search::{Groups, TicketHit};
use desk::{Ctx, Error, Tx};
use maud::{Markup, html};

use super::number;
use crate::components::badge::status;
use crate::components::composer::Kind;
use crate::problem::{Answer, Problem};
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes, rows};

/// How many of each sort are offered.
const OFFERED: usize = 6;

/// The lines of the bar for a text field: `ticket-7-reply`.
pub(crate) async fn choices(visitor: &Visitor) -> Answer {
    let mut parts = visitor.query.get("id").splitn(3, '-').skip(1);
    let id = number(parts.next().unwrap_or_default())?;
    let kind = match parts.next() {
        Some("reply") => Kind::Reply,
        Some("note") => Kind::Note,
        _ => return Err(Problem::NotFound),
    };
    let typed = visitor.query.get("q").trim().to_owned();
    let query = typed.clone();
    let find = move |tx: &mut Tx<'_>, ctx: &Ctx| -> Result<_, Error> {
        let requester = desk::tickets::show(tx, ctx, id)?.ticket.requester;
        let mut found = desk::search::groups(tx, ctx, &query, OFFERED)?;
        if kind == Kind::Reply {
            let own = format!("requester:{requester} {query}");
            found.tickets = desk::search::groups(tx, ctx, &own, OFFERED)?.tickets;
            // Whatever was typed beside it, and nothing they cannot open.
            found.tickets.retain(|hit| {
                let ticket = &hit.stored.ticket;
                ticket.requester == requester && ticket.public
            });
        }
        found.tickets.retain(|hit| hit.stored.ticket.id != id);
        Ok(found)
    };
    let found = visitor.desk.read(visitor.ctx.clone(), find).await?;
    let words = Words::default();
    let scope = words.say(match kind {
        Kind::Reply => Text::LinkInReply,
        Kind::Note => Text::LinkInNote,
    });
    Ok(frame::html(html! {
        div role="group" aria-label=(scope) data-scope=(scope) {
            (lines(words, &visitor.ctx.base_url, kind, &found))
            @let address = if typed.contains("://") { &typed } else { "https://" };
            (line("link-address", address, "", &html! {
                (words.say(Text::LinkAddress)) " " span.muted { (address) }
            }))
        }
    }))
}

fn lines(words: Words, base: &str, kind: Kind, found: &Groups) -> Markup {
    let to_ticket = |hit: &TicketHit| {
        let id = hit.stored.ticket.id.0;
        let path = if kind == Kind::Reply { routes::request(id) } else { routes::ticket(id) };
        format!("{base}{path}")
    };
    html! {
        @for hit in &found.questions {
            @let question = &hit.answered.question;
            (line(&format!("link-question-{}", question.id), &format!("{base}{}", routes::question(question.id.0)), &escaped(&question.title), &html! {
                span dir="auto" lang=(question.locale.tag()) { (question.title) } " " span.muted { (words.say(Text::AnsweredQuestion)) }
            }))
        }
        @for hit in &found.tickets {
            @let id = hit.stored.ticket.id;
            (line(&format!("link-ticket-{id}"), &to_ticket(hit), &format!("#{id}"), &html! {
                span.muted { "#" (id) } " " span dir="auto" { (rows::subject(words, &hit.stored.subject)) } " " (status(words, hit.stored.ticket.status))
            }))
        }
    }
}

fn line(id: &str, to: &str, title: &str, label: &Markup) -> Markup {
    let title = (!title.is_empty()).then_some(title);
    html! { div.bar-option role="option" id=(id) data-value=(to) data-title=[title] { (label) } }
}

/// Words between the brackets of a Markdown link.
fn escaped(title: &str) -> String {
    title.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}
