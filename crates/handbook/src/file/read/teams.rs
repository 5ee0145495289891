//! `[[team]]` and `[[area]]`.

use std::collections::HashMap;

use jiff::civil::{Time, Weekday};

use super::{email, hours, hours::Hours, known_team, slug};
use crate::{
    Area, Handover, Hero, Team,
    calendar::time_of_day,
    file::sections::{Located, Section},
};

/// The teams, and the hours of each.
pub(super) fn teams(
    root: &Section<'_, '_>,
    company: &Hours,
) -> (Vec<Team>, HashMap<String, Hours>) {
    let mut teams: Vec<Team> = Vec::new();
    let mut all_hours = HashMap::new();
    let sections = root.sections("team");
    if sections.is_empty() {
        root.refuse_all("there is no team: write at least one [[team]]");
    }
    for section in &sections {
        let hours = hours::team(section, company);
        let team = team(section);
        section.close();
        let Some((slug, team)) = team else { continue };
        if teams.iter().any(|known| known.slug == slug.value) {
            section.refuse(
                "slug",
                slug.line,
                format_args!("\"{}\" is the slug of another team", slug.value),
            );
            continue;
        }
        all_hours.insert(slug.value, hours);
        teams.push(team);
    }
    for section in &sections {
        lead_is_known(section, &teams);
    }
    (teams, all_hours)
}

fn team(section: &Section<'_, '_>) -> Option<(Located<String>, Team)> {
    let members = addresses(section, "members");
    let lead = section.parsed("lead", email).map(|lead| lead.value);
    let slack = section.text("slack").map(|slack| slack.value);
    let hero = section.optional_section("hero").and_then(|table| hero(&table, &members));
    let name = section.text("name");
    let slug = section.required("slug")?;
    let slug = section.understood("slug", &slug, self::slug)?;
    let name = name.map_or_else(|| slug.value.clone(), |name| name.value);
    let team = Team { slug: slug.value.clone(), name, members, lead, slack, hero };
    Some((slug, team))
}

/// Each of these addresses, once.
fn addresses(section: &Section<'_, '_>, key: &'static str) -> Vec<String> {
    let mut addresses = Vec::new();
    for text in section.texts(key).unwrap_or_default() {
        let Some(address) = section.understood(key, &text, email) else { continue };
        if addresses.contains(&address.value) {
            section.refuse(key, text.line, format_args!("\"{}\" is there twice", text.value));
            continue;
        }
        addresses.push(address.value);
    }
    addresses
}

fn lead_is_known(section: &Section<'_, '_>, teams: &[Team]) {
    let Some(lead) = section.text("lead") else { return };
    let Ok(address) = email(&lead.value) else { return };
    if !teams.iter().any(|team| team.members.contains(&address)) {
        section.refuse(
            "lead",
            lead.line,
            format_args!("unknown member \"{}\": no team has them", lead.value),
        );
    }
}

fn hero(table: &Section<'_, '_>, members: &[String]) -> Option<Hero> {
    let order = addresses(table, "order");
    for text in table.texts("order").unwrap_or_default() {
        if email(&text.value).is_ok_and(|address| !members.contains(&address)) {
            table.refuse(
                "order",
                text.line,
                format_args!("unknown member \"{}\": not in the team", text.value),
            );
        }
    }
    let from = table.date("from");
    let handover = table.parsed("handover", handover);
    let handover = handover
        .map_or(Handover { weekday: Weekday::Monday, time: Time::midnight() }, |at| at.value);
    table.close();
    if order.is_empty() && table.texts("order").is_none_or(|texts| texts.is_empty()) {
        table.refuse_all(format!(
            "{} is missing or empty: name the members who take turns",
            table.at("order")
        ));
    }
    if !table.has("from") {
        table.refuse_all(format!("{} is missing: a day in the first week", table.at("from")));
    }
    Some(Hero { order, from: from?.value, handover })
}

/// Reads `mon 00:00`.
pub(super) fn handover(text: &str) -> Result<Handover, String> {
    let malformed = || format!("\"{text}\" is not a day and a time like \"mon 00:00\"");
    let (day, time) = text.split_once(' ').ok_or_else(malformed)?;
    let offset = i8::try_from(hours::day(day)?).map_err(|_| malformed())?;
    let weekday = Weekday::from_monday_zero_offset(offset).map_err(|_| malformed())?;
    Ok(Handover { weekday, time: time_of_day(time.trim()).ok_or_else(malformed)? })
}

/// The areas, each with teams that exist.
pub(super) fn areas(root: &Section<'_, '_>, teams: &[Team]) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    for section in &root.sections("area") {
        let area = area(section, teams);
        section.close();
        let Some((slug, area)) = area else { continue };
        if areas.iter().any(|known| known.slug == slug.value) {
            section.refuse(
                "slug",
                slug.line,
                format_args!("\"{}\" is the slug of another area", slug.value),
            );
            continue;
        }
        areas.push(area);
    }
    areas
}

fn area(section: &Section<'_, '_>, teams: &[Team]) -> Option<(Located<String>, Area)> {
    let known = |slug: &str| known_team(slug, teams);
    let name = section.text("name");
    let first_level = section.parsed("first_level", known).map(|slug| slug.value);
    let team = section.required("team").and_then(|team| section.understood("team", &team, known));
    let slug = section.required("slug")?;
    let slug = section.understood("slug", &slug, self::slug)?;
    let name = name.map_or_else(|| slug.value.clone(), |name| name.value);
    // An area whose team is unknown is kept, so that people limited to it are not refused as well.
    let team = team.map(|team| team.value).unwrap_or_default();
    Some((slug.clone(), Area { slug: slug.value, name, team, first_level }))
}
