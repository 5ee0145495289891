//! The walk of a clock over the calendar: what counts, what is skipped, when it is due.

use maud::{Markup, html};

use crate::words::{Text, Words};

/// One stretch of the walk.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The stretch: "Fri 20–24".
    pub when: &'a str,
    /// How much of it counts: "4 h"; nothing if it is skipped.
    pub counts: Option<&'a str>,
    /// Why it counts or is skipped, where that is worth saying.
    pub why: Option<&'a str>,
}

/// The table, with the due instant at its foot.
pub fn walk(words: Words, caption: &str, steps: &[Step<'_>], due: &str) -> Markup {
    html! {
        table.walk {
            caption { (caption) }
            tbody {
                @for step in steps {
                    tr.skipped[step.counts.is_none()] {
                        th scope="row" { (step.when) @if let Some(why) = step.why { ", " (why) } }
                        td {
                            @match step.counts {
                                Some(span) => (words.fill(Text::CountsFor, &[("span", &span)])),
                                None => (words.say(Text::Skipped)),
                            }
                        }
                    }
                }
            }
            tfoot { tr { th scope="row" { (words.say(Text::WalkDue)) } td { (due) } } }
        }
    }
}
