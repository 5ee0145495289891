//! The way a deadline comes about, in local time.

use handbook::Walk;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::Markup;

use crate::components::walk::{Step, walk};
use crate::reader::Reader;
use crate::times;
use crate::words::Text;

/// The stretches that counted or were skipped, and the instant they lead to.
pub(crate) fn shown(reader: &Reader, steps: &Walk, caption: &str, due_at: Timestamp) -> Markup {
    let words = reader.words;
    let zone = TimeZone::get(&steps.zone).unwrap_or_else(|_| reader.zone.clone());
    let whens: Vec<String> =
        steps.steps.iter().map(|step| times::stretch(words, step.from, step.to, &zone)).collect();
    let spans: Vec<String> =
        steps.steps.iter().map(|step| times::span(words, step.counts_seconds)).collect();
    let shown: Vec<Step<'_>> = steps
        .steps
        .iter()
        .zip(&whens)
        .zip(&spans)
        .map(|((step, when), span)| Step {
            when,
            counts: (step.counts_seconds > 0).then_some(span.as_str()),
            why: (step.why != "counts").then_some(step.why.as_str()),
        })
        .collect();
    let due = times::promise(words, due_at, &zone, reader.now);
    let due =
        words.fill(Text::Exact, &[("when", &due), ("zone", &times::zone_name(due_at, &zone))]);
    walk(words, caption, &shown, &due)
}
