//! Who is away, now and later; who may say so ends it here.

use desk::availability::Absences;
use domain::rota::Absence;
use maud::{Markup, html};

use super::said::speaks_for;
use crate::components::button::{self, Button};
use crate::reader::Reader;
use crate::times;
use crate::visitor::Visitor;
use crate::words::Text;

/// Everybody who is or will be away.
pub(super) fn list(visitor: &Visitor, reader: &Reader, absences: &Absences) -> Markup {
    let words = reader.words;
    html! {
        @if !absences.all.is_empty() {
            section.stack aria-labelledby="absences-heading" {
                h2 #absences-heading { (words.say(Text::AwayHeading)) }
                ul.stack { @for one in &absences.all { li.line { (line(visitor, reader, absences, one)) } } }
            }
        }
    }
}

fn line(visitor: &Visitor, reader: &Reader, absences: &Absences, one: &Absence) -> Markup {
    let words = reader.words;
    let name = absences.people.get(&one.person).map_or("?", |user| user.name.as_str());
    let when = |at| times::promise(words, at, &reader.zone, reader.now);
    let from = when(one.from);
    let to = one.to.map_or_else(String::new, when);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("name", &name), ("from", &from), ("to", &to)];
    let begun = one.from <= reader.now;
    let (said, label) =
        if begun { (Text::AwayNow, Text::AwayBack) } else { (Text::AwayLater, Text::AwayCancel) };
    html! {
        span { (words.fill(said, &values)) }
        @if speaks_for(visitor, one.person) {
            (button::action(reader, &format!("/rota/absences/{}/end", one.id), Button::plain(words.say(label))))
        }
    }
}
