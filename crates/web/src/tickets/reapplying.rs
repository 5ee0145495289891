//! A clock that runs under an earlier handbook, and the one act that lets the present one apply. (SLA-15)

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::Act;
use desk::tickets::Explained;
use maud::{Markup, html};

use super::{Seen, number};
use crate::components::button::{self, Button};
use crate::problem::Answer;
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// Lets the present handbook apply, and shows what came of it.
pub(super) async fn reapply(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let ctx = visitor.ctx.clone();
    visitor.desk.write(ctx, move |tx, ctx| desk::tickets::reapply(tx, ctx, id)).await?;
    Ok(Redirect::to(&routes::ticket_part(id.0, "explanation")).into_response())
}

/// Says under which handbook a running clock runs, if that is not the present one; an admin may change that.
pub(super) fn section(visitor: &Visitor, seen: &Seen, explained: &Explained) -> Markup {
    let words = seen.reader.words;
    let ticket = &seen.whole.stored.ticket;
    let present = &visitor.ctx.handbook.version;
    let Some(policy) = &explained.clock_policy else { return html! {} };
    if ticket.current_clock().is_none() || ticket.status.is_done() || policy == present {
        return html! {};
    }
    let short = |version: &str| version.get(..7).unwrap_or(version).to_owned();
    html! {
        section.stack aria-labelledby="why-handbook" {
            h2 #why-handbook { (words.say(Text::OlderHandbook)) }
            p { (words.fill(Text::RunsUnder, &[("old", &short(policy)), ("new", &short(present))])) }
            @if desk::may(&visitor.ctx.actor, Act::Configure) {
                p.hint { (words.say(Text::ReapplyHint)) }
                (button::action(&seen.reader, &routes::ticket_part(seen.id(), "reapplication"), Button::plain(words.say(Text::Reapply))))
            }
        }
    }
}
