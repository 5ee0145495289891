//! `[digest]` and `[reports]`.

use jiff::civil::{Time, Weekday};

use super::teams::handover;
use crate::file::sections::Section;
use crate::{Digest, Handover, Reports};

/// How many weeks are public unless the handbook says otherwise, and at most.
const PUBLIC_WEEKS: i64 = 12;
const MOST_WEEKS: i64 = 104;

/// When a team's week is told of, and what stands for the documentation.
pub(super) fn digest(root: &Section<'_, '_>) -> Digest {
    let section = root.section("digest");
    let at = section.parsed("at", handover);
    let friday = Handover { weekday: Weekday::Friday, time: Time::constant(16, 0, 0, 0) };
    let tag = section.parsed("docs_tag", tag);
    let digest = Digest {
        at: at.map_or(friday, |at| at.value),
        docs_tag: tag.map_or_else(|| "docs".to_owned(), |tag| tag.value),
    };
    section.close();
    digest
}

/// A tag as tickets have it.
fn tag(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_alphanumeric() || "_-/.:".contains(letter);
    if !text.is_empty() && text.chars().all(fits) {
        Ok(text.to_lowercase())
    } else {
        Err(format!("\"{text}\" is not a tag: letters, digits and _ - / . : only"))
    }
}

/// What anybody may read.
pub(super) fn reports(root: &Section<'_, '_>) -> Reports {
    let section = root.section("reports");
    let is_public = section.flag("public").is_some_and(|flag| flag.value);
    let mut weeks = PUBLIC_WEEKS;
    if let Some(given) = section.id("public_weeks") {
        weeks = given.value;
        if weeks > MOST_WEEKS {
            let why = format_args!("{weeks} weeks are too many: {MOST_WEEKS} at most");
            section.refuse("public_weeks", given.line, why);
        }
    }
    section.close();
    Reports { public_weeks: is_public.then_some(weeks) }
}
