//! The strip above every page of the demo: what it is, how the clock stands, whose eyes one looks through.

use maud::{Markup, html};

use super::button::csrf;
use crate::reader::{Clock, Reader};
use crate::words::{Text, counted};
use crate::{routes, times};

/// What the bar shows.
#[derive(Clone, Copy, Debug)]
pub struct DemoBar<'a> {
    /// When something is due next.
    pub next_due: Option<jiff::Timestamp>,
    /// When something happens next on the ticket one looks at, which comes before anything else.
    pub next_here: Option<jiff::Timestamp>,
    /// How many deliveries there are, counted a little beyond a thousand.
    pub deliveries: i64,
    /// Whose eyes one may look through: id and words.
    pub people: &'a [(i64, String)],
    /// Whose eyes one looks through.
    pub person: Option<i64>,
    /// The page to come back to.
    pub back: &'a str,
    /// The clock began on Monday, because the demo was started on a weekend.
    pub from_monday: bool,
}

/// The bar.
pub fn demo_bar(reader: &Reader, bar: &DemoBar<'_>) -> Markup {
    let words = reader.words;
    html! {
        section.demo aria-label=(words.say(Text::DemoBar)) {
            details {
                summary {
                    span.demo-label { (words.say(Text::DemoName)) }
                    span.demo-nothing { (words.say(Text::DemoPromise)) " · " }
                    (now(reader))
                    @if bar.from_monday { span.clock { "· " (words.say(Text::ClockFromMonday)) } }
                }
                (clock(reader, bar))
            @if bar.next_due.is_some() { (tour(reader, bar.back)) }
            p.push { a href=(routes::DEMO_OUTBOX) { (words.fill(Text::Outbox, &[("n", &counted(bar.deliveries))])) } }
            form method="post" action=(routes::DEMO_AS) {
                (csrf(reader))
                input type="hidden" name="back" value=(bar.back);
                label for="demo-as" { (words.say(Text::SeeItAs)) }
                select #demo-as name="person" {
                    @for (id, name) in bar.people { option value=(id) selected[Some(*id) == bar.person] { (name) } }
                }
                button.button type="submit" { (words.say(Text::Go)) }
            }
            }
        }
    }
}

/// The first minute of a newcomer: six steps, each of which goes there.
fn tour(reader: &Reader, page: &str) -> Markup {
    let words = reader.words;
    let step = |to: &str, name: &str, value: &str, text: Text| {
        html! {
            li {
                form method="post" action=(to) {
                    (csrf(reader))
                    input type="hidden" name="back" value=(if to == routes::DEMO_CLOCK { routes::DEMO_OUTBOX } else { page });
                    button type="submit" name=(name) value=(value) { (words.say(text)) }
                }
            }
        }
    };
    html! {
        details.menu #demo-tour {
            summary.button { (words.say(Text::Tour)) }
            ol.menu-panel {
                (step(routes::DEMO_TOUR, "step", "queue", Text::TourQueue))
                (step(routes::DEMO_TOUR, "step", "ticket", Text::TourTicket))
                (step(routes::DEMO_TOUR, "step", "answer", Text::TourAnswer))
                (step(routes::DEMO_CLOCK, "next", "1", Text::TourClock))
                (step(routes::DEMO_TOUR, "step", "customer", Text::TourCustomer))
                (step(routes::DEMO_TOUR, "step", "coming", Text::TourComing))
            }
        }
    }
}

/// A button that moves the clock to an instant, and stays on the page.
pub fn go_there(reader: &Reader, back: &str, at: jiff::Timestamp, to: &str) -> Markup {
    let words = reader.words;
    html! {
        form.action method="post" action=(routes::DEMO_CLOCK) {
            (csrf(reader))
            input type="hidden" name="back" value=(back);
            button.button type="submit" name="set" value=(at) { (words.say(Text::GoThere)) span.hidden { ": " (to) } }
        }
    }
}

fn now(reader: &Reader) -> Markup {
    let words = reader.words;
    let how = match reader.clock {
        Clock::Running => Text::ClockRunning,
        Clock::Still => Text::ClockStill,
    };
    html! { span { time datetime=(reader.now) { (times::exact(words, reader.now, &reader.zone)) } ", " span.clock { (words.say(how)) } } }
}

fn clock(reader: &Reader, bar: &DemoBar<'_>) -> Markup {
    let words = reader.words;
    html! {
        form method="post" action=(routes::DEMO_CLOCK) {
            (csrf(reader))
            input type="hidden" name="back" value=(bar.back);
            button.button type="submit" name="advance" value="1h" { (words.say(Text::PlusHour)) }
            button.button type="submit" name="advance" value="1d" { (words.say(Text::PlusDay)) }
            @if let Some(next) = bar.next_here {
                button.button type="submit" name="set" value=(next) {
                    (words.fill(Text::NextHere, &[("time", &times::next(words, next, &reader.zone, reader.now))]))
                }
            }
            @else if let Some(next) = bar.next_due {
                button.button type="submit" name="next" value="1" {
                    (words.fill(Text::NextDue, &[("time", &times::next(words, next, &reader.zone, reader.now))]))
                }
            }
        }
        details.menu #demo-clock {
            summary.button { (words.say(Text::SetClock)) }
            div.menu-panel {
                form method="post" action=(routes::DEMO_CLOCK) {
                    (csrf(reader))
                    label for="demo-set" { (words.say(Text::ClockInUtc)) }
                    input #demo-set name="set" type="datetime-local" required value=(set_value(reader));
                    button.button type="submit" { (words.say(Text::Set)) }
                }
            }
        }
    }
}

/// The present instant as a browser's date field writes it. The field has no zone, so it speaks UTC.
fn set_value(reader: &Reader) -> String {
    reader.now.strftime("%Y-%m-%dT%H:%M").to_string()
}
