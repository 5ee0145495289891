//! Somebody else changed the same thing while a form was open: whoever sent it is asked, about that thing only.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use desk::Error;
use desk::tickets::Thing;
use domain::{Envelope, TicketId};
use maud::{Markup, html};

use super::super::Seen;
use super::super::said;
use super::{Action, details};
use crate::components::button::{self, Button};
use crate::components::notice::{Tone, refusal_box};
use crate::components::timeline::By;
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

/// The things a form changes and what its sender had seen, if that is to be compared.
pub(super) fn compared(action: Action, form: &Form) -> Option<(Vec<Thing>, i64)> {
    let things = match action {
        Action::Details => details::things(form),
        _ => vec![action.thing()?],
    };
    Some((things, form.number("seen")?))
}

/// What somebody is asked who set a thing that somebody else had set meanwhile.
pub(crate) struct Question {
    /// How it is headed.
    pub(crate) title: Text,
    /// What the button says that sets it all the same.
    pub(crate) button: Text,
    /// Where that is posted to.
    pub(crate) to: String,
    /// What stands before the number of what was seen in its field.
    pub(crate) seen: String,
    /// The things, and what its sender had seen.
    pub(crate) compared: (Vec<Thing>, i64),
}

/// Asks whether the other's change is to stay.
pub(crate) async fn ask_which(
    visitor: &Visitor,
    id: TicketId,
    question: Question,
    form: &Form,
) -> Answer {
    let compared = question.compared.clone();
    let ctx = visitor.ctx.clone();
    let last = visitor
        .desk
        .write(ctx, move |tx, ctx| desk::tickets::changed(tx, ctx, id, (&compared.0, compared.1)))
        .await?;
    if last.is_empty() {
        return Err(Error::Conflict(String::new()).into());
    }
    let seen = Seen::read(visitor, id, 1).await?;
    let title = seen.reader.words.say(question.title);
    let body = asked(&seen, &question, form, &last);
    if visitor.fragment {
        let head = [("hx-retarget", "#dialog-content"), ("hx-reswap", "innerHTML")];
        let markup = frame::html(html! { h2 #dialog-heading { (title) } (body) });
        return Ok((StatusCode::CONFLICT, head, markup).into_response());
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
fn asked(seen: &Seen, question: &Question, form: &Form, all: &[(Thing, Envelope)]) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let names = seen.names();
    let Some((_, last)) = all.first() else { return html! {} };
    let by = match names.by(last) {
        By::Person(name) | By::Rule { name, .. } => name.to_owned(),
    };
    let ago = times::past(words, last.at, &reader.zone, reader.now);
    let values: [(&str, &dyn std::fmt::Display); 2] = [("name", &by), ("ago", &ago)];
    let heading = words.fill(Text::ChangedByOther, &values);
    let now = seen.whole.stored.ticket.seq;
    let kept: Vec<(&str, &str)> =
        form.pairs().filter(|(name, _)| !["csrf", "seen"].contains(name)).collect();
    // What nobody else has changed can be changed all the same.
    let theirs: Vec<String> = all.iter().map(|(thing, _)| details::name_of(*thing)).collect();
    let is_theirs = |name: &str| theirs.iter().any(|one| name.trim_end_matches("_was") == one);
    let others: Vec<(&str, &str)> =
        kept.iter().filter(|(name, _)| !is_theirs(name)).copied().collect();
    let rest =
        Form::of_all(others.iter().map(|(name, value)| (name.to_string(), value.to_string())));
    let has_rest = !details::things(&rest).is_empty();
    let again = |kept: &[(&str, &str)], button: Button<'_>| {
        html! {
            form.line method="post" action=(question.to) {
                (button::csrf(reader))
                input type="hidden" name="seen" value={ (question.seen) (now) };
                @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
                (button::submit(button))
            }
        }
    };
    let box_ = html! {
        @for (_, envelope) in all { p { (said::sentence(&names, envelope).unwrap_or_default()) } }
        div.line {
            @if has_rest { (again(&others, Button::plain(words.say(Text::LeaveItChangeRest)))) }
            @else { a.button href=(routes::ticket(seen.id())) data-close { (words.say(Text::LeaveIt)) } }
            (again(&kept, Button::plain(words.say(question.button))))
        }
    };
    refusal_box("changed-meanwhile", Tone::Warn, &heading, &box_)
}
