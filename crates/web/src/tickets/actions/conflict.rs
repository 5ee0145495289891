//! Somebody else changed the same thing while a form was open: whoever sent it is asked, about that thing only.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use desk::Error;
use desk::tickets::Thing;
use domain::{Envelope, TicketId};
use maud::{Markup, html};

use super::super::Seen;
use super::super::said;
use super::Action;
use crate::components::button::{self, Button};
use crate::components::notice::{Tone, refusal_box};
use crate::form::Form;
use crate::problem::Answer;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{frame, routes, times};

impl Action {
    /// What it changes that somebody else may change too.
    pub(super) fn thing(self) -> Option<Thing> {
        match self {
            Self::Status | Self::Hold | Self::Solve => Some(Thing::Status),
            Self::Assign => Some(Thing::Owner),
            Self::Priority => Some(Thing::Priority),
            Self::Severity => Some(Thing::Severity),
            Self::Tags => Some(Thing::Tags),
            _ => None,
        }
    }
}

/// The thing a form changes and what its sender had seen, if that is to be compared.
pub(super) fn compared(action: Action, form: &Form) -> Option<(Thing, i64)> {
    Some((action.thing()?, form.number("seen")?))
}

/// Asks whether the other's change is to stay.
pub(super) async fn ask(visitor: &Visitor, id: TicketId, action: Action, form: &Form) -> Answer {
    let compared = compared(action, form);
    let ctx = visitor.ctx.clone();
    let last = visitor
        .desk
        .write(ctx, move |tx, ctx| match compared {
            Some(compared) => desk::tickets::changed(tx, ctx, id, compared),
            None => Ok(None),
        })
        .await?;
    let Some(last) = last else { return Err(Error::Conflict(String::new()).into()) };
    let seen = Seen::read(visitor, id, 1).await?;
    let words = seen.reader.words;
    let title = words.say(action.title());
    let body = question(&seen, action, form, &last);
    if visitor.fragment {
        let markup = html! { h2 #dialog-heading { (title) } (body) };
        return Ok((StatusCode::CONFLICT, frame::html(markup)).into_response());
    }
    let main = html! {
        p.ticket-way { a href=(routes::ticket(id.0)) { (seen.title()) } }
        h1 tabindex="-1" { (title) }
        (body)
    };
    let tab = format!("{title}, #{id}");
    let frame = frame::Frame { title: &tab, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &seen.reader, frame, &main, None).await?;
    Ok((StatusCode::CONFLICT, frame::html(page)).into_response())
}

/// "Ada set this to Pending 20 s ago", with both ways on. What was typed goes along.
fn question(seen: &Seen, action: Action, form: &Form, last: &Envelope) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let names = seen.names();
    let what = said::sentence(&names, last).unwrap_or_default();
    let by = match names.by(last) {
        crate::components::timeline::By::Person(name)
        | crate::components::timeline::By::Rule(name) => name.to_owned(),
    };
    let ago = times::past(words, last.at, &reader.zone, reader.now);
    let values: [(&str, &dyn std::fmt::Display); 2] = [("name", &by), ("ago", &ago)];
    let heading = words.fill(Text::ChangedByOther, &values);
    let to = routes::ticket_part(seen.id(), action.part());
    let now = seen.whole.stored.ticket.seq.to_string();
    let kept = form.pairs().filter(|(name, _)| !["csrf", "seen"].contains(name));
    let box_ = html! {
        p { (what) }
        form.line method="post" action=(to) {
            (button::csrf(reader))
            input type="hidden" name="seen" value=(now);
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            a.button href=(routes::ticket(seen.id())) data-close { (words.say(Text::LeaveIt)) }
            (button::submit(Button::plain(words.say(action.button()))))
        }
    };
    refusal_box("changed-meanwhile", Tone::Warn, &heading, &box_)
}
