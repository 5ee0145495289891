//! The translator: every text a customer reads, in the reader's language.
//!
//! Whole sentences with placeholders, never glued. A language is a table in `phrases`.

mod phrases;
pub mod survey;

use std::fmt::Display;

pub mod notices;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Severity;
use phrases::Phrases;

/// A language the desk writes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Japanese.
    Ja,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Ja];

    /// The language a tag such as `de-AT` speaks of, if we write it.
    pub fn of(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }

    /// The nearest language to a tag such as `de-AT`; English where there is none yet.
    pub fn nearest(tag: &str) -> Self {
        Self::of(tag).unwrap_or_default()
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Ja => "ja",
        }
    }

    fn phrases(self) -> &'static Phrases {
        match self {
            Self::En => &phrases::ENGLISH,
            Self::De => &phrases::GERMAN,
            Self::Fr => &phrases::FRENCH,
            Self::Es => &phrases::SPANISH,
            Self::Ja => &phrases::JAPANESE,
        }
    }
}

/// A sentence with its placeholders filled. What is filled in is not looked at again.
fn filled(sentence: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            text.push_str(&value.to_string());
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// An instant as a customer reads it: `Mon 8 Jun, 08:00`; with the year if it is not the present one.
pub fn date_time(locale: Locale, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let phrases = locale.phrases();
    let local = at.to_zoned_datetime(zone.clone());
    let is_this_year = local.year() == now.to_zoned_datetime(zone.clone()).year();
    let pattern = if is_this_year { phrases.date } else { phrases.date_with_year };
    let name = |names: &[&'static str], place: i8| {
        usize::try_from(place - 1).ok().and_then(|place| names.get(place).copied()).unwrap_or("")
    };
    let weekday = name(&phrases.weekdays, local.weekday().to_monday_one_offset());
    let month = name(&phrases.months, local.month());
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    filled(
        pattern,
        &[
            ("weekday", &weekday),
            ("day", &local.day()),
            ("month", &month),
            ("year", &local.year()),
            ("time", &time),
        ],
    )
}

/// The zone's name at an instant: `BST`, or `UTC+8` where the letters are missing or ambiguous.
pub fn zone_name(at: Timestamp, zone: &TimeZone) -> String {
    const AMBIGUOUS: [&str; 6] = ["CST", "IST", "AST", "ECT", "SST", "AMT"];
    let info = zone.to_offset_info(at);
    let letters = info.abbreviation();
    if letters.chars().all(|c| c.is_ascii_alphabetic()) && !AMBIGUOUS.contains(&letters) {
        return letters.to_owned();
    }
    let seconds = info.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    if minutes == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours}:{minutes:02}")
    }
}

/// The place in a zone's name: `London` for `Europe/London`.
pub fn place(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

/// Rounds down to the minute: a promise is never later than the truth. (D-32)
pub fn minute(at: Timestamp) -> Timestamp {
    let seconds = at.as_second().div_euclid(60) * 60;
    Timestamp::from_second(seconds).unwrap_or(at)
}

/// The sentence of a promise with a target.
pub fn promised(locale: Locale, when: &str, zone: &str) -> String {
    filled(locale.phrases().promised, &[("when", &when), ("zone", &zone)])
}

/// The honest sentence where there is no target.
pub fn not_promised(locale: Locale) -> String {
    locale.phrases().not_promised.to_owned()
}

/// A better promise, told again.
pub fn improved(locale: Locale, when: &str, zone: &str) -> String {
    filled(locale.phrases().improved, &[("when", &when), ("zone", &zone)])
}

/// Another team looks into it; `when` and zone, if an answer is promised by then. (ESC-02)
pub fn escalated(locale: Locale, team: &str, when: Option<(&str, &str)>) -> String {
    let phrases = locale.phrases();
    match when {
        Some((when, zone)) => {
            filled(phrases.escalated, &[("team", &team), ("when", &when), ("zone", &zone)])
        }
        None => filled(phrases.escalated_without_time, &[("team", &team)]),
    }
}

/// One of us graded the severity down. (PR-04, D-21)
pub fn graded_down(locale: Locale, from: Severity, to: Severity, reason: Option<&str>) -> String {
    let phrases = locale.phrases();
    let word = |severity: Severity| match severity {
        Severity::Critical => phrases.severities[0],
        Severity::High => phrases.severities[1],
        Severity::Medium => phrases.severities[2],
        Severity::Low => phrases.severities[3],
    };
    let (from, to) = (word(from), word(to));
    match reason {
        Some(reason) => filled(
            phrases.graded_down_because,
            &[("from", &from), ("to", &to), ("reason", &reason)],
        ),
        None => filled(phrases.graded_down, &[("from", &from), ("to", &to)]),
    }
}

/// What was promised no longer holds. (PR-06)
pub fn withdrawn(locale: Locale, when: &str, zone: &str, reason: &str) -> String {
    filled(locale.phrases().withdrawn, &[("when", &when), ("zone", &zone), ("reason", &reason)])
}

/// "your time (BST)" or "London time (BST)".
pub fn whose_time(locale: Locale, own: bool, place: &str, letters: &str) -> String {
    let phrases = locale.phrases();
    let sentence = if own { phrases.own_time } else { phrases.place_time };
    filled(sentence, &[("place", &place), ("letters", &letters)])
}

/// A clock explained in lines: what was promised, how it stands, and the way through the calendar.
pub fn clock(_locale: Locale, clock: &crate::Clock, walk: &handbook::Walk) -> String {
    let stopped = clock.stopped_at.map(|at| format!(" {}", walk.local(at))).unwrap_or_default();
    format!(
        "{}: {}, {}{stopped}\nsince {}, due {}\n{walk}",
        clock.reason,
        clock.target,
        clock.state.as_str(),
        walk.local(clock.started_at),
        walk.local(clock.due_at),
    )
}

/// Mails to customers.
pub mod mail {
    use super::{Locale, filled};

    /// Subject of the acknowledgement.
    pub fn acknowledged_subject(locale: Locale, number: i64, subject: &str) -> String {
        about(locale.phrases().acknowledged_subject, number, subject)
    }

    /// The acknowledgement. (PR-06)
    pub fn acknowledged(locale: Locale, number: i64, promise: &str, link: &str) -> String {
        let sentence = locale.phrases().acknowledged;
        filled(sentence, &[("n", &number), ("promise", &promise), ("link", &link)])
    }

    /// The words of the links where nothing is promised: to where one says how bad it is, and to answered questions.
    pub fn unpromised(locale: Locale) -> [&'static str; 2] {
        let phrases = locale.phrases();
        [phrases.say_how_bad, phrases.community]
    }

    /// Subject of everything after the acknowledgement.
    pub fn reply_subject(locale: Locale, number: i64, subject: &str) -> String {
        about(locale.phrases().reply_subject, number, subject)
    }

    fn about(sentence: &str, number: i64, subject: &str) -> String {
        let filled = filled(sentence, &[("n", &number), ("subject", &subject)]);
        filled.trim_end_matches([' ', ':']).to_owned()
    }

    /// Under an agent's reply.
    pub fn reply_footer(locale: Locale, name: &str, company: &str, link: &str) -> String {
        let sentence = locale.phrases().reply_footer;
        filled(sentence, &[("name", &name), ("company", &company), ("link", &link)])
    }

    /// A better promise.
    pub fn improved(locale: Locale, number: i64, promise: &str, link: &str) -> String {
        let sentence = locale.phrases().improved_mail;
        filled(sentence, &[("n", &number), ("promise", &promise), ("link", &link)])
    }

    /// A pending ticket's reminder. (D-11)
    pub fn reminder(locale: Locale, number: i64, solves: Option<&str>, link: &str) -> String {
        let phrases = locale.phrases();
        match solves {
            Some(when) => {
                filled(phrases.reminder, &[("n", &number), ("when", &when), ("link", &link)])
            }
            None => filled(phrases.reminder_without_end, &[("n", &number), ("link", &link)]),
        }
    }

    /// A pending ticket has solved itself; how it opens again. (ST-01)
    pub fn auto_solved(locale: Locale, number: i64, link: &str) -> String {
        filled(locale.phrases().auto_solved, &[("n", &number), ("link", &link)])
    }

    /// Subject of a link to sign in with.
    pub fn sign_in_subject(locale: Locale, company: &str) -> String {
        filled(locale.phrases().sign_in_subject, &[("company", &company)])
    }

    /// A link to sign in with.
    pub fn sign_in(locale: Locale, link: &str) -> String {
        filled(locale.phrases().sign_in, &[("link", &link)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_written_in_the_readers_language_and_zone() {
        let at: Timestamp = "2026-06-08T07:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/London").unwrap();
        for (locale, expected) in [
            (Locale::En, "Mon 8 Jun, 08:00 your time (BST)"),
            (Locale::De, "Mo 8. Juni, 08:00 Ihrer Zeit (BST)"),
            (Locale::Fr, "lun. 8 juin, 08:00 à votre heure (BST)"),
            (Locale::Es, "lun 8 jun, 08:00 de su hora (BST)"),
            (Locale::Ja, "6月8日(月) 08:00 (お客様の時間、BST)"),
        ] {
            let when = date_time(locale, at, &zone, at);
            let whose = whose_time(locale, true, "London", "BST");
            assert_eq!(format!("{when} {whose}"), expected);
            let said = promised(locale, &when, &whose);
            assert!(said.contains(&when) && said.contains(&whose) && !said.contains('{'), "{said}");
        }
    }

    #[test]
    fn a_language_is_found_by_its_tag() {
        for (tag, expected) in [
            ("de", Some(Locale::De)),
            ("de-AT", Some(Locale::De)),
            ("JA_jp", Some(Locale::Ja)),
            ("en-GB", Some(Locale::En)),
            ("pt-BR", None),
            ("", None),
        ] {
            assert_eq!(Locale::of(tag), expected, "{tag}");
        }
    }

    #[test]
    fn what_somebody_wrote_is_no_pattern() {
        let subject = mail::acknowledged_subject(Locale::En, 7, "{n} {link} off:");
        assert_eq!(subject, "We have your request, #7: {n} {link} off");
    }
}
