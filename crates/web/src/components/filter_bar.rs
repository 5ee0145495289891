//! One form over a list: the query, selects that write into it, and chips that take a part of it out. On a small screen
//! it stands behind one button.

use maud::{Markup, html};

use super::button::shortcut;
use super::icon::icon;
use crate::keys;
use crate::words::{Text, Words};

/// The filters of a list.
#[derive(Clone, Copy, Debug)]
pub struct FilterBar<'a> {
    /// Where the list is.
    pub action: &'a str,
    /// The query as the API writes it.
    pub query: &'a str,
    /// The selects.
    pub choices: &'a [Choice<'a>],
    /// The parts of the query, each with the address of the list without it.
    pub chips: &'a [(&'a str, &'a str)],
    /// Where the query can be saved as a view.
    pub save: Option<&'a str>,
}

/// One select.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// What the form calls it.
    pub name: &'a str,
    /// Its label.
    pub label: &'a str,
    /// Values and words; the first is "any".
    pub options: &'a [(&'a str, &'a str)],
    /// What is chosen.
    pub value: &'a str,
}

/// The form.
pub fn filter_bar(words: Words, bar: &FilterBar<'_>) -> Markup {
    html! {
        details.filter-box {
            summary.button { (words.say(Text::Filters)) @if !bar.chips.is_empty() { " " (bar.chips.len()) } }
            form #filters .filters action=(bar.action) aria-label=(words.say(Text::FilterThisList)) {
                label.hidden for="filter-q" { (words.say(Text::Query)) }
                input.query #filter-q name="q" type="search" value=(bar.query) autocomplete="off" spellcheck="false" placeholder=(words.say(Text::FilterHint))
                    data-key=(keys::FILTERS) data-key-label=(words.say(Text::Filters)) aria-keyshortcuts=[shortcut(Some(keys::FILTERS))] dir="auto";
                @for choice in bar.choices {
                    label.hidden for={ "filter-" (choice.name) } { (choice.label) }
                    select id={ "filter-" (choice.name) } name=(choice.name) {
                        @for (value, label) in choice.options { option value=(value) selected[*value == choice.value] { (label) } }
                    }
                }
                button.button type="submit" { (words.say(Text::Filter)) }
                @if let Some(save) = bar.save { a.button.quiet href=(save) { (words.say(Text::SaveView)) } }
            }
            @if !bar.chips.is_empty() {
                ul.chips {
                    @for (part, without) in bar.chips {
                        li {
                            a.chip href=(without) aria-label=(words.fill(Text::TakeOut, &[("part", part)])) {
                                code dir="auto" { (part) } (icon("close"))
                            }
                        }
                    }
                }
            }
        }
    }
}
