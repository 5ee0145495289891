//! The frame of pages for those who are not signed in, and for customers: one calm column.

use maud::{Markup, html};

use super::button::csrf;
use super::demo_bar::{DemoBar, demo_bar};
use super::shell::{Script, document, theme_class, wordmark};
use crate::reader::{Reader, Theme};
use crate::routes;
use crate::words::Text;

/// A page of one column.
#[derive(Clone, Debug)]
pub struct PublicPage<'a> {
    /// Who reads it.
    pub reader: &'a Reader,
    /// What it is, for the tab.
    pub title: &'a str,
    /// The colours.
    pub theme: Theme,
    /// How wide the column is.
    pub width: Width,
    /// The demo's bar, in the demo.
    pub demo: Option<DemoBar<'a>>,
    /// Who is signed in, if anybody is.
    pub person: Option<&'a str>,
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// For prose and forms.
    Text,
    /// For two fields and a button.
    Narrow,
}

/// The page.
pub fn public_page(page: &PublicPage<'_>, main: &Markup) -> Markup {
    let words = page.reader.words;
    let body = html! {
        a.skip href="#main" { (words.say(Text::SkipToContent)) }
        @if let Some(demo) = &page.demo { (demo_bar(page.reader, demo)) }
        header.plain-top {
            div.top-name { (wordmark()) }
            nav.plain-places aria-label=(words.say(Text::Places)) {
                a href=(routes::QUESTIONS) { (words.say(Text::Questions)) }
                a href=(routes::SUPPORT_HOURS) { (words.say(Text::SupportHours)) }
                @if let Some(person) = page.person {
                    a href=(routes::REQUESTS) { (words.say(Text::YourRequests)) }
                    form method="post" action=(routes::SIGN_OUT) data-signs-out {
                        (csrf(page.reader))
                        button.button.quiet type="submit" { (words.fill(Text::SignOutNamed, &[("name", &person)])) }
                    }
                }
            }
        }
        main #main .column.narrow[page.width == Width::Narrow] tabindex="-1" { (main) }
    };
    document(page.reader, page.title, theme_class(page.theme), Script::Customers, &body)
}
