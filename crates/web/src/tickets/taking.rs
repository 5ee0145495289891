//! What is said on a ticket's page about taking it: who gave it back and why, and that whoever has it is new. (ROT-03,
//! ROT-11)

use desk::work::Unfamiliar;
use maud::{Markup, html};

use super::Seen;
use crate::components::notice::{Tone, message_box};
use crate::times;
use crate::words::Text;

/// All of it, while somebody has to do something about the ticket.
pub(super) fn told(seen: &Seen) -> Markup {
    if seen.whole.stored.ticket.status.is_done() {
        return html! {};
    }
    html! {
        @if let Some(unfamiliar) = &seen.whole.unfamiliar { (is_new(seen, unfamiliar)) }
        (given_back(seen))
    }
}

/// A word that does not stop anybody.
fn is_new(seen: &Seen, unfamiliar: &Unfamiliar) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let areas = unfamiliar.areas.join(", ");
    let name = &unfamiliar.name;
    let begins = |day: jiff::civil::Date| reader.zone.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let text = match unfamiliar.until.and_then(begins) {
        Some(until) => {
            let day = times::day(words, until, &reader.zone, reader.now);
            words.fill(Text::IsNewUntil, &[("name", name), ("areas", &areas), ("day", &day)])
        }
        None => words.fill(Text::IsNewForGood, &[("name", name), ("areas", &areas)]),
    };
    message_box(
        "unfamiliar",
        Tone::Warn,
        &words.fill(Text::IsNew, &[("name", name)]),
        &html! { p { (text) } },
    )
}

fn given_back(seen: &Seen) -> Markup {
    let reader = &seen.reader;
    let names = seen.names();
    html! {
        @for skip in &seen.whole.skips {
            @let when = times::past(reader.words, skip.created_at, &reader.zone, reader.now);
            p.small { (reader.words.fill(Text::GaveBack, &[("name", &names.person(skip.user)), ("when", &when), ("reason", &skip.reason)])) }
        }
    }
}
