//! Facts, each with where it comes from and how old it is.

use maud::{Markup, html};

use super::icon::icon;
use crate::reader::Reader;
use crate::words::Text;

/// One fact.
#[derive(Clone, Debug)]
pub struct Fact<'a> {
    /// What it is about.
    pub name: &'a str,
    /// What is so.
    pub value: Markup,
    /// Where that comes from.
    pub source: Source<'a>,
}

/// How far a fact is to be believed.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// It is our own and needs no source.
    Own,
    /// From somewhere, some time ago.
    From {
        /// Where from: "billing".
        source: &'a str,
        /// "3 h ago".
        age: &'a str,
        /// Whether that is too old.
        stale: bool,
    },
    /// Somebody says so, and nobody has verified it.
    Said(&'a str),
}

/// The list of facts.
pub fn facts(reader: &Reader, facts: &[Fact<'_>]) -> Markup {
    html! {
        dl.facts {
            @for fact in facts {
                dt { (fact.name) }
                dd { (fact.value) (source(reader, fact.source)) }
            }
        }
    }
}

fn source(reader: &Reader, source: Source<'_>) -> Markup {
    let words = reader.words;
    match source {
        Source::Own => html! {},
        Source::From { source, age, stale } => html! {
            span class={ "source" @if stale { " stale" } } {
                (words.fill(Text::From, &[("source", &source), ("age", &age)]))
                @if stale { " · " (icon("soon")) " " (words.say(Text::Stale)) }
            }
        },
        Source::Said(who) => {
            html! { span.source { (words.fill(Text::Unproved, &[("who", &who)])) } }
        }
    }
}
