//! What happened to a team's rota, newest first.

use std::collections::HashMap;

use desk::rota::{Entry, Happened, SwapState};
use domain::{User, UserId};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::components::time;
use crate::reader::Reader;
use crate::times;
use crate::words::Text;

/// The history, closed at first.
pub(super) fn history(reader: &Reader, entries: &[Entry], people: &[User]) -> Markup {
    let words = reader.words;
    let names: HashMap<UserId, &str> =
        people.iter().map(|user| (user.id, user.name.as_str())).collect();
    let name = |id: UserId| names.get(&id).copied().unwrap_or("?");
    html! {
        @if !entries.is_empty() {
            details {
                summary { (words.say(Text::RotaHistory)) }
                ul.stack {
                    @for entry in entries {
                        li {
                            (sentence(reader, &entry.what, &name))
                            " " span.small.muted {
                                @if let Some(by) = entry.by { (words.fill(Text::RotaBy, &[("name", &name(by))])) " · " }
                                (time::dated(reader, entry.at))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sentence<'n>(reader: &Reader, what: &Happened, name: &impl Fn(UserId) -> &'n str) -> String {
    let words = reader.words;
    let when = |at: Timestamp| times::promise(words, at, &reader.zone, reader.now);
    let day = |at: Timestamp| times::day(words, at, &reader.zone, reader.now);
    let span = |text: Text, person: UserId, from: Timestamp, to: Timestamp| {
        let (from, to) = (when(from), when(to));
        words.fill(text, &[("name", &name(person)), ("from", &from), ("to", &to)])
    };
    let named = |text: Text, person: UserId| words.fill(text, &[("name", &name(person))]);
    if let Some((state, swap)) = what.swap() {
        let text = match state {
            SwapState::Offered => Text::RotaSaidOffered,
            SwapState::Accepted => Text::RotaSaidAccepted,
            SwapState::Refused => Text::RotaSaidRefused,
            SwapState::Withdrawn => Text::RotaSaidWithdrawn,
        };
        let values: [(&str, &dyn std::fmt::Display); 4] = [
            ("asker", &name(swap.asker)),
            ("other", &name(swap.other)),
            ("week", &day(swap.week)),
            ("back", &day(swap.in_return)),
        ];
        return words.fill(text, &values);
    }
    match what {
        Happened::WeekBegan { from, holder } => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("name", &name(*holder)), ("week", &day(*from))];
            words.fill(Text::RotaSaidBegan, &values)
        }
        Happened::OverrideMade { holder, from, to } => {
            span(Text::RotaSaidGiven, *holder, *from, *to)
        }
        Happened::CoverAsked { holder, from, to } => span(Text::RotaSaidAsked, *holder, *from, *to),
        Happened::AbsenceMade { person, from, to } => span(Text::RotaSaidAway, *person, *from, *to),
        Happened::AbsenceEnded { person } => named(Text::RotaSaidBack, *person),
        Happened::MemberLeft { person } => named(Text::RotaSaidLeft, *person),
        Happened::MemberCameBack { person } => named(Text::RotaSaidCameBack, *person),
        Happened::SwapOffered(_)
        | Happened::SwapAccepted(_)
        | Happened::SwapRefused(_)
        | Happened::SwapWithdrawn(_) => String::new(),
    }
}
