//! Reading a handbook: one function for each section, every problem with its line.

mod channels;
mod hours;
mod people;
mod priorities;
mod reports;
mod teams;
mod work;

use toml::de::DeTable;

use super::{
    Availability, Calendars, Company, Contacts, Csat, Fields, Freshness, Handbook, Hold, Lifecycle,
    OpenWork, Posthog, Problem, Problems, Replies, Team,
    sections::{Reader, Section},
    version::version,
};
use crate::{Amount, Target, nearest::hint, targets::elapsed_seconds};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// Automatic mails an address and hour, unless the handbook says otherwise.
const AUTOMATIC: i64 = 10;

/// Reads and checks the whole file.
pub(super) fn handbook(text: &str) -> Result<Handbook, Problems> {
    let reader = Reader::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(Problems(errors.iter().map(|error| not_toml(&reader, error)).collect()));
    }
    let handbook = sections(&reader.root(table.get_ref()), version(table.get_ref()));
    let problems = reader.into_problems();
    if problems.is_empty() { Ok(handbook) } else { Err(Problems(problems)) }
}

fn not_toml(reader: &Reader<'_>, error: &toml::de::Error) -> Problem {
    let reason = format!("not TOML: {}", error.message().lines().collect::<Vec<_>>().join(", "));
    Problem { line: reader.line_at(error.span().map_or(0, |span| span.start)), reason }
}

/// Reads section by section. After a problem it goes on with the default, to find the others too.
fn sections(root: &Section<'_, '_>, version: String) -> Handbook {
    let company = root.section("company");
    let hours = hours::company(&company, root);
    let (teams, team_hours) = teams::teams(root, &hours);
    let areas = teams::areas(root, &teams);
    let people = people::people(root, &areas);
    let replies = replies(root);
    let calendars = Calendars {
        company: hours.calendar(),
        teams: team_hours.iter().map(|(slug, hours)| (slug.clone(), hours.calendar())).collect(),
        people: people::calendars(&people, &teams, &team_hours, &hours),
    };
    let handbook = Handbook {
        version,
        company: company_section(&company, hours.zone, &teams),
        priorities: priorities::priorities(root, replies.next),
        replies,
        lifecycle: lifecycle(root),
        csat: csat(root),
        digest: reports::digest(root),
        reports: reports::reports(root),
        facts: freshness(root),
        work: work::work(root),
        availability: availability(root),
        people,
        teams,
        areas,
        channels: channels::channels(root),
        contacts: contacts(root),
        fields: fields(root),
        calendars,
    };
    root.close();
    handbook
}

fn company_section(section: &Section<'_, '_>, timezone: String, teams: &[Team]) -> Company {
    let triage = section.parsed("triage", |slug| known_team(slug, teams));
    let first = || teams.first().map(|team| team.slug.clone()).unwrap_or_default();
    let company = Company {
        name: section.text("name").map_or_else(|| "Support".to_owned(), |name| name.value),
        timezone,
        from: section.parsed("from", sender).map(|from| from.value).unwrap_or_default(),
        triage: triage.map_or_else(first, |slug| slug.value),
    };
    section.close();
    company
}

fn replies(root: &Section<'_, '_>) -> Replies {
    let section = root.section("replies");
    let mut next = 2.0;
    if let Some(given) = section.number("next") {
        next = given.value;
        if !next.is_finite() || next <= 0.0 {
            section.refuse("next", given.line, "must be a number above zero");
        }
    }
    let mut warn_before: Vec<Target> = Vec::new();
    let default = || vec!["3h", "1h"].into_iter().map(|text| section.made_up(text)).collect();
    for text in section.texts("warn_before").unwrap_or_else(default) {
        let Some(before) = section.understood("warn_before", &text, open_hours) else { continue };
        if warn_before.iter().any(|known| known.amount == before.value.amount) {
            section.refuse(
                "warn_before",
                text.line,
                format_args!("\"{}\" is there twice", text.value),
            );
        }
        warn_before.push(before.value);
    }
    let automatic_an_hour = section.id("automatic_an_hour").map_or(AUTOMATIC, |given| given.value);
    section.close();
    Replies { next, warn_before, automatic_an_hour }
}

/// A warning counts open time back from a deadline; business days cannot be counted back to an instant.
fn open_hours(text: &str) -> Result<Target, String> {
    let target = Target::parse(text)?;
    match target.amount {
        Amount::OpenSeconds(_) => Ok(target),
        Amount::BusinessDays(_) => Err(format!("\"{text}\" must be open hours like \"3h\"")),
    }
}

fn lifecycle(root: &Section<'_, '_>) -> Lifecycle {
    let section = root.section("lifecycle");
    let span = |section: &Section<'_, '_>, key, default| {
        section.parsed(key, some_time).map_or(default, |at| at.value)
    };
    let reminder = section.parsed("pending_reminder", some_time_or_never);
    let bounds = section.section("hold");
    let hold = Hold {
        at_least: span(&bounds, "at_least", 7 * DAY),
        at_most: span(&bounds, "at_most", 30 * DAY),
    };
    if hold.at_least > hold.at_most {
        section.refuse("hold", bounds.line, "at_least is longer than at_most");
    }
    bounds.close();
    let line = reminder.as_ref().map_or(section.line, |reminder| reminder.line);
    let lifecycle = Lifecycle {
        pending_reminder: reminder.map_or(Some(5 * DAY), |reminder| reminder.value),
        pending_solves_after: span(&section, "pending_solves_after", 7 * DAY),
        hold,
        closes_after: span(&section, "closes_after", 20 * DAY),
    };
    if lifecycle.pending_reminder.is_some_and(|reminder| reminder >= lifecycle.pending_solves_after)
    {
        section.refuse(
            "pending_reminder",
            line,
            "must come before pending_solves_after, or be \"never\"",
        );
    }
    section.close();
    lifecycle
}

/// An elapsed span that is not nothing.
fn some_time(text: &str) -> Result<i64, String> {
    match elapsed_seconds(text)? {
        0 => Err(format!("\"{text}\" is no time at all")),
        seconds => Ok(seconds),
    }
}

/// The same, but whole days: customers are told how many.
fn whole_days(text: &str) -> Result<i64, String> {
    match some_time(text)? {
        seconds if seconds % DAY == 0 => Ok(seconds),
        _ => Err(format!("\"{text}\" is no whole number of days, such as \"7d\"")),
    }
}

/// Some time, or `"never"`.
fn some_time_or_never(text: &str) -> Result<Option<i64>, String> {
    if text == "never" { Ok(None) } else { some_time(text).map(Some) }
}

fn csat(root: &Section<'_, '_>) -> Csat {
    let section = root.section("csat");
    let table = section.section("posthog");
    let text = |key| table.text(key).map(|text| text.value);
    let posthog = Posthog {
        host: text("host").unwrap_or_default(),
        key_env: text("key_env").unwrap_or_else(|| "ANSWERABLE_POSTHOG_KEY".to_owned()),
        survey_id: text("survey_id").unwrap_or_default(),
    };
    table.close();
    let after = section.parsed("after", elapsed_seconds).map_or(72 * HOUR, |after| after.value);
    let cap = section.parsed("cap", some_time_or_never).and_then(|cap| cap.value);
    let link = section.parsed("link", some_time).map_or(30 * DAY, |link| link.value);
    let changeable = section.parsed("changeable", whole_days).map_or(7 * DAY, |days| days.value);
    section.close();
    Csat { after, link, changeable, cap, posthog }
}

fn freshness(root: &Section<'_, '_>) -> Freshness {
    let section = root.section("facts");
    let stale_after = section.parsed("stale_after", some_time);
    section.close();
    Freshness { stale_after: stale_after.map_or(7 * DAY, |span| span.value) }
}

fn availability(root: &Section<'_, '_>) -> Availability {
    let section = root.section("availability");
    let open_work = section.parsed("open_work", |text| match text {
        "hero" => Ok(OpenWork::Hero),
        "team" => Ok(OpenWork::Team),
        "stay" => Ok(OpenWork::Stay),
        _ => Err(format!("\"{text}\" must be \"hero\", \"team\" or \"stay\"")),
    });
    section.close();
    Availability { open_work: open_work.map_or_else(OpenWork::default, |work| work.value) }
}

fn contacts(root: &Section<'_, '_>) -> Contacts {
    let section = root.section("contacts");
    let addresses = |key| {
        let texts = section.one_or_more(key);
        texts
            .iter()
            .filter_map(|text| section.understood(key, text, contact))
            .map(|contact| contact.value)
            .collect()
    };
    let contacts = Contacts {
        abuse: addresses("abuse"),
        legal: addresses("legal"),
        sales: addresses("sales"),
        partnerships: addresses("partnerships"),
        marketing_data: addresses("marketing_data"),
        privacy: addresses("privacy"),
    };
    section.close();
    contacts
}

fn fields(root: &Section<'_, '_>) -> Fields {
    let section = root.section("fields");
    let mut taken: Vec<i64> = Vec::new();
    let mut id = |key| {
        let id = section.id(key)?;
        if taken.contains(&id.value) {
            section.refuse(key, id.line, format_args!("{} is the id of another field", id.value));
        }
        taken.push(id.value);
        Some(id.value)
    };
    let fields = Fields { severity: id("severity"), area: id("area"), kind: id("kind") };
    section.close();
    fields
}

/// The slug of a team, if there is one.
fn known_team(slug: &str, teams: &[Team]) -> Result<String, String> {
    if teams.iter().any(|team| team.slug == slug) {
        return Ok(slug.to_owned());
    }
    Err(format!(
        "unknown team \"{slug}\"{}",
        hint(slug, teams.iter().map(|team| team.slug.as_str()))
    ))
}

/// An address, a name or a chat channel: what a playbook tells is a person's to read, whatever it is called.
fn contact(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() { Err("is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// An address in lower case. Whether anyone reads mail there is not ours to know.
fn email(text: &str) -> Result<String, String> {
    let email = text.trim().to_lowercase();
    let halves = email
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if halves
        && email.matches('@').count() == 1
        && !email.contains(|letter: char| letter.is_whitespace())
    {
        Ok(email)
    } else {
        Err(format!("\"{text}\" is not an e-mail address"))
    }
}

/// `Acme support <support@acme.test>`, or the address alone; empty is as if left out.
fn sender(text: &str) -> Result<String, String> {
    let inner = text.rsplit_once('<').map_or(Some(text), |(_, rest)| rest.strip_suffix('>'));
    if text.is_empty() || inner.is_some_and(|address| email(address).is_ok()) {
        return Ok(text.to_owned());
    }
    Err(format!("\"{text}\" is not a sender like \"Acme support <support@acme.test>\""))
}

/// Short names are for addresses, channels and forms: lower case, digits, `-` and `_`.
fn slug(text: &str) -> Result<String, String> {
    let fits = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter)
    };
    if text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(format!("\"{text}\" may only have lower-case letters, digits, - and _"))
    }
}
