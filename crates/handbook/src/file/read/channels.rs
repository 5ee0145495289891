//! `[[channel]]`.

use super::priorities::rule;
use crate::{Channel, file::sections::Section};

/// The channels the desk has by itself.
const OWN: [&str; 5] = ["app", "form", "email", "api", "questions"];

/// Those that the handbook names; without any, the desk's own.
pub(super) fn channels(root: &Section<'_, '_>) -> Vec<Channel> {
    let sections = root.sections("channel");
    if sections.is_empty() {
        return OWN.map(Channel::own).into();
    }
    let mut channels: Vec<Channel> = Vec::new();
    for section in &sections {
        let name = section.required("name");
        let who = section.text("who").map(|who| who.value);
        let rules = section.sections("any").iter().filter_map(rule).collect();
        section.close();
        let Some(name) = name else { continue };
        if channels.iter().any(|known| known.name == name.value) {
            let reason = format_args!("\"{}\" is there twice", name.value);
            section.refuse("name", name.line, reason);
        }
        channels.push(Channel { name: name.value, who, rules });
    }
    channels
}
