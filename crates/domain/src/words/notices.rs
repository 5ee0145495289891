//! What notices say in a mail to one of us. They name what happened and never a note's words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Locale, date_time, zone_name};
use crate::notices::What;
use crate::rota::SwapState;

/// What a sentence needs beside what happened.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The name of whose doing it is; empty for a rule's.
    pub by: &'a str,
    /// The team's name.
    pub team: &'a str,
    /// The zone of the reader.
    pub zone: &'a TimeZone,
    /// The zone of the team, in which its weeks begin.
    pub weeks: &'a TimeZone,
    /// The present instant.
    pub now: Timestamp,
}

impl Told<'_> {
    fn by(&self) -> &str {
        if self.by.is_empty() { "Somebody" } else { self.by }
    }

    fn instant(&self, locale: Locale, at: Timestamp) -> String {
        let zone = zone_name(at, self.zone);
        format!("{} ({zone})", date_time(locale, at, self.zone, self.now))
    }

    fn day(&self, at: Timestamp) -> String {
        self.weeks.to_datetime(at).strftime("%a %-d %b").to_string()
    }
}

/// What happened to a ticket, as it stands after its number: "was escalated to you". Empty for what is about no ticket.
pub fn about_ticket(_locale: Locale, what: &What, told: &Told<'_>) -> String {
    match what {
        What::Escalated => "was escalated to you".to_owned(),
        What::BackFromHold => "is back from hold".to_owned(),
        What::Assigned if told.by.is_empty() => "was assigned to you".to_owned(),
        What::Assigned => format!("was assigned to you by {}", told.by),
        What::CustomerWrote => format!("has a message from {}", told.by()),
        What::RatedLow { rating } => format!(
            "was rated {rating} of 5; write to them once more, if that helps, for nothing was reopened"
        ),
        What::Followed => format!("has a message from {}, and you follow it", told.by()),
        What::SnoozeOver => "is back from your snooze".to_owned(),
        What::Ruled { rule, text } => format!("is told to you by the rule “{rule}”: {text}"),
        What::Mentioned => format!("has a note by {} that names you", told.by()),
        What::SwapOffered { .. }
        | What::SwapAnswered { .. }
        | What::TimeGiven { .. }
        | What::CoverAsked { .. }
        | What::WeekBegins { .. }
        | What::DigestReady { .. } => String::new(),
    }
}

/// What happened in a team, as a sentence. Empty for what is about a ticket.
pub fn about_team(locale: Locale, what: &What, told: &Told<'_>) -> String {
    let team = told.team;
    let by = told.by();
    let instant = |at: Timestamp| told.instant(locale, at);
    match what {
        What::SwapOffered { week, in_return, .. } => format!(
            "{by} asks you to take the week of {} of {team} for the week of {}.",
            told.day(*week),
            told.day(*in_return)
        ),
        What::SwapAnswered { state, week, in_return } => {
            let did = match state {
                SwapState::Accepted => "accepted",
                SwapState::Refused => "refused",
                SwapState::Withdrawn => "took back",
                SwapState::Offered => "asked for",
            };
            let (week, back) = (told.day(*week), told.day(*in_return));
            format!("{by} {did} the swap of the weeks of {week} and {back} of {team}.")
        }
        What::TimeGiven { from, to } => {
            format!("{by} gave you {team} from {} to {}.", instant(*from), instant(*to))
        }
        What::CoverAsked { from, to } => format!(
            "{by} is away and asks you to take {team} from {} to {}.",
            instant(*from),
            instant(*to)
        ),
        What::WeekBegins { until, stands_in: false } => {
            format!("You are hero of {team} until {}.", instant(*until))
        }
        What::WeekBegins { until, stands_in: true } => {
            format!("Nobody is hero of {team} until {}: you stand in.", instant(*until))
        }
        What::DigestReady { week } => {
            let week = week.strftime("%a %-d %b");
            format!("The digest of {team} of the week of {week} lies there as a draft.")
        }
        What::Escalated
        | What::BackFromHold
        | What::Assigned
        | What::CustomerWrote
        | What::RatedLow { .. }
        | What::Followed
        | What::SnoozeOver
        | What::Ruled { .. }
        | What::Mentioned => String::new(),
    }
}
