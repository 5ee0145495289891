//! `[[person]]`.

use std::collections::HashMap;

use super::{email, hours::Hours};
use crate::{
    AllowedAreas, Area, Calendar, Person, Range, Team, calendar::zone_named,
    file::sections::Section, nearest::hint,
};

/// The people with details, each once.
pub(super) fn people(root: &Section<'_, '_>, areas: &[Area]) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for section in &root.sections("person") {
        let limit = section.optional_section("areas").map(|table| allowed(&table, areas));
        let timezone = section.parsed("timezone", |name| zone_named(name).map(|(_, name)| name));
        let hours = section.parsed("hours", Range::parse).map(|range| range.value);
        let name = section.text("name").map(|name| name.value);
        let address =
            section.required("email").and_then(|text| section.understood("email", &text, email));
        section.close();
        let Some(address) = address else { continue };
        if people.iter().any(|known| known.email == address.value) {
            section.refuse(
                "email",
                address.line,
                format_args!("\"{}\" is there twice", address.value),
            );
            continue;
        }
        let timezone = timezone.map(|zone| zone.value);
        people.push(Person { email: address.value, name, timezone, hours, areas: limit });
    }
    people
}

fn allowed(table: &Section<'_, '_>, areas: &[Area]) -> AllowedAreas {
    let slugs = || areas.iter().map(|area| area.slug.as_str());
    let known = |slug: &str| match slugs().find(|known| *known == slug) {
        Some(known) => Ok(known.to_owned()),
        None => Err(format!("unknown area \"{slug}\"{}", hint(slug, slugs()))),
    };
    let texts = table.texts("only");
    if texts.is_none() && !table.has("only") {
        table.refuse_all(format!("{} is missing", table.at("only")));
    }
    let only = texts.unwrap_or_default();
    let only = only
        .iter()
        .filter_map(|text| table.understood("only", text, known))
        .map(|slug| slug.value)
        .collect();
    let allowed = AllowedAreas { only, until: table.date("until").map(|date| date.value) };
    table.close();
    allowed
}

/// The calendars of those with hours of their own, on the working days of their first team.
pub(super) fn calendars(
    people: &[Person],
    teams: &[Team],
    team_hours: &HashMap<String, Hours>,
    company: &Hours,
) -> HashMap<String, Calendar> {
    let calendar = |person: &Person| {
        let own = person.hours?;
        let team = teams.iter().find(|team| team.members.contains(&person.email));
        let base = team.and_then(|team| team_hours.get(&team.slug)).unwrap_or(company).clone();
        let zone = person.timezone.clone().unwrap_or(base.zone.clone());
        Some((person.email.clone(), Hours { zone, ranges: vec![own], ..base }.calendar()))
    };
    people.iter().filter_map(calendar).collect()
}
