//! `[work]`.

use super::{HOUR, open_hours, some_time};
use crate::{Amount, Condition, Target, Work, file::sections::Section, rules::Compiled};

/// Without it, nothing is tagged and nobody is a top account.
pub(super) fn work(root: &Section<'_, '_>) -> Work {
    let section = root.section("work");
    let tagged = section.texts("tagged").unwrap_or_default();
    let tagged = tagged
        .iter()
        .filter_map(|text| section.understood("tagged", text, tag))
        .map(|tag| tag.value)
        .collect();
    let top_account = section.text("top_account").and_then(|when| {
        let compiled = section.understood("top_account", &when, Compiled::new)?.value;
        Some(Condition { when: when.value, compiled })
    });
    let handover = section.parsed("handover", open_hours).map(|target| target.value);
    let usual = || Target { text: "4h".to_owned(), amount: Amount::OpenSeconds(4 * HOUR) };
    let work = Work {
        tagged,
        top_account,
        lease: section.parsed("lease", some_time).map_or(HOUR / 2, |lease| lease.value),
        handover: handover.unwrap_or_else(usual),
    };
    section.close();
    work
}

/// A tag as tickets carry it.
fn tag(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_alphanumeric() || "_-/.:".contains(letter);
    if text.is_empty() || !text.chars().all(fits) {
        return Err(format!("\"{text}\" is not a tag: one word of letters, digits and _-/.:"));
    }
    Ok(text.to_lowercase())
}
