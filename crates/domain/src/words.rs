//! The translator: every text a customer reads, in the reader's language.
//!
//! Whole sentences with placeholders, never glued. English is the first table; another language is another arm.

pub mod notices;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A language the desk writes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
}

impl Locale {
    /// The nearest language to a tag such as `de-AT`; English where there is none yet.
    pub fn nearest(_tag: &str) -> Self {
        Self::En
    }
}

/// An instant as a customer reads it: `Mon 8 Jun, 08:00`; with the year if it is not the present one.
pub fn date_time(_locale: Locale, at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = at.to_zoned_datetime(zone.clone());
    if local.year() == now.to_zoned_datetime(zone.clone()).year() {
        local.strftime("%a %-d %b, %H:%M").to_string()
    } else {
        local.strftime("%a %-d %b %Y, %H:%M").to_string()
    }
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
pub fn promised(_locale: Locale, when: &str, zone: &str) -> String {
    format!(
        "An engineer will answer by {when} {zone}. We answer on weekdays; there is no weekend support."
    )
}

/// The honest sentence where there is no target.
pub fn not_promised(_locale: Locale) -> String {
    "We read every request and answer many, but for this one we promise neither an answer nor a time. \
     If it stops you from working, tell us how bad it is and it moves up. There is no weekend support."
        .to_owned()
}

/// A better promise, told again.
pub fn improved(_locale: Locale, when: &str, zone: &str) -> String {
    format!(
        "Sooner than we said: an engineer will answer by {when} {zone}. There is no weekend support."
    )
}

/// "your time (BST)" or "London time (BST)".
pub fn whose_time(_locale: Locale, own: bool, place: &str, letters: &str) -> String {
    if own { format!("your time ({letters})") } else { format!("{place} time ({letters})") }
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
    use super::Locale;

    /// Subject of the acknowledgement.
    pub fn acknowledged_subject(_locale: Locale, number: i64, subject: &str) -> String {
        format!("We have your request, #{number}: {subject}")
            .trim_end_matches([' ', ':'])
            .to_owned()
    }

    /// The acknowledgement. (PR-06)
    pub fn acknowledged(_locale: Locale, number: i64, promise: &str, link: &str) -> String {
        format!(
            "We have your request, #{number}.\n\n{promise}\n\nTo add something, reply to this mail.\n\n{link}\n"
        )
    }

    /// Subject of everything after the acknowledgement.
    pub fn reply_subject(_locale: Locale, number: i64, subject: &str) -> String {
        format!("Re: #{number}: {subject}").trim_end_matches([' ', ':']).to_owned()
    }

    /// Under an agent's reply.
    pub fn reply_footer(_locale: Locale, name: &str, company: &str, link: &str) -> String {
        format!("{name}, engineer at {company}\nTo answer, reply to this mail. {link}")
    }

    /// A better promise.
    pub fn improved(_locale: Locale, number: i64, promise: &str, link: &str) -> String {
        format!("About your request #{number}.\n\n{promise}\n\n{link}\n")
    }

    /// A pending ticket's reminder. (D-11)
    pub fn reminder(_locale: Locale, number: i64, solves: Option<&str>, link: &str) -> String {
        match solves {
            Some(when) => format!(
                "We answered your request #{number} and wait for you. Without a word from you it is marked as solved \
                 on {when}.\n\nTo answer, reply to this mail.\n\n{link}\n"
            ),
            None => format!(
                "We answered your request #{number} and wait for you.\n\nTo answer, reply to this mail.\n\n{link}\n"
            ),
        }
    }

    /// A pending ticket has solved itself; how it opens again. (ST-01)
    pub fn auto_solved(_locale: Locale, number: i64, link: &str) -> String {
        format!(
            "We have not heard from you for a while, so your request #{number} is marked as solved.\n\n\
             If it is not, reply to this mail and it opens again.\n\n{link}\n"
        )
    }
}
