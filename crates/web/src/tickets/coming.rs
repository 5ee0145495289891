//! What will happen to a ticket by itself, and when; in the demo one can go there.

use domain::TimerKind;
use maud::{Markup, html};

use super::Seen;
use crate::components::demo_bar::go_there;
use crate::times;
use crate::words::Text;

/// The coming instants, the next one first; nothing if none is ahead.
pub(super) fn coming(seen: &Seen) -> Markup {
    let reader = &seen.reader;
    let words = reader.words;
    let ticket = &seen.whole.stored.ticket;
    let ahead: Vec<_> = ticket.timers.iter().filter(|timer| timer.at > reader.now).collect();
    html! {
        @if !ahead.is_empty() {
            section #coming aria-labelledby="coming-heading" {
                h3 #coming-heading { (words.say(Text::ComesByItself)) }
                ol.coming {
                    @for timer in ahead {
                        @let what = named(seen, &timer.kind);
                        li {
                            span { (what) " " time.muted datetime=(timer.at) { (times::promise(words, timer.at, &reader.zone, reader.now)) } }
                            @if seen.demo { (go_there(reader, &crate::routes::ticket(ticket.id.0), timer.at, &what)) }
                        }
                    }
                }
            }
        }
    }
}

fn named(seen: &Seen, kind: &TimerKind) -> String {
    let words = seen.reader.words;
    let name = seen.requester();
    match kind {
        TimerKind::Warn(left) => words.fill(Text::ComesWarning, &[("left", left)]),
        TimerKind::Breach => words.say(Text::ComesBreach).to_owned(),
        TimerKind::Remind => words.fill(Text::ComesReminder, &[("name", &name)]),
        TimerKind::Solve => words.say(Text::ComesSolving).to_owned(),
        TimerKind::Wake => words.say(Text::ComesWaking).to_owned(),
        TimerKind::Close => words.say(Text::ComesClosing).to_owned(),
        TimerKind::EndOverride => words.say(Text::ComesEndOfOverride).to_owned(),
        TimerKind::Survey => words.fill(Text::ComesSurvey, &[("name", &name)]),
    }
}
