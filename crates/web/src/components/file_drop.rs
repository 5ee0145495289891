//! Files for what one writes: chosen, dropped or pasted. With script they are sent ahead at once; without, with the form.

use maud::{Markup, html};

use super::icon::icon;
use crate::reader::Reader;
use crate::routes;
use crate::words::Text;

/// Files that were sent ahead and wait.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chosen<'a> {
    /// What binds them; none if there are none.
    pub token: Option<&'a str>,
    /// Each with its number, name and size in words.
    pub files: &'a [(i64, String, String)],
}

/// The field.
pub fn file_drop(reader: &Reader, ticket: i64, id: &str, chosen: &Chosen<'_>) -> Markup {
    let words = reader.words;
    html! {
        file-drop to=(routes::uploads(ticket)) {
            div.composer-files {
                label for={ (id) "-files" } { (words.say(Text::Attach)) }
                input id={ (id) "-files" } name="files" type="file" multiple aria-describedby={ (id) "-limits" };
                span id={ (id) "-limits" } .limits { (words.say(Text::FileLimits)) }
            }
            div.file-list data-files { (files(reader, id, chosen)) }
        }
    }
}

/// Those that wait, each with a button that removes it.
pub fn files(reader: &Reader, id: &str, chosen: &Chosen<'_>) -> Markup {
    let words = reader.words;
    html! {
        @if let Some(token) = chosen.token.filter(|_| !chosen.files.is_empty()) {
            input type="hidden" name="upload" value=(token);
            ul.attachments {
                @for (number, name, size) in chosen.files {
                    li {
                        (icon("file")) span dir="auto" { (name) } ", " (size)
                        button.button.quiet type="submit" name="remove" value=(number) id={ (id) "-file-" (number) }
                            aria-label=(words.fill(Text::RemoveFile, &[("name", name)])) { "×" }
                    }
                }
            }
        }
    }
}
