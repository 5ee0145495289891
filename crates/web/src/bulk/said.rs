//! What was done to many tickets, and what was not and why, in words.

use desk::undos::Deed;
use domain::{Status, TicketId};

use super::{TOLD, What};
use crate::components::badge::status_text;
use crate::words::{Text, Words};

/// Of the tickets something could not be done to so many are named for each reason.
const NAMED: usize = 20;

/// What was done, in words.
pub(super) fn said(words: Words, deed: &Deed) -> String {
    let (what, value) = (deed.what.0.as_str(), deed.what.1.as_str());
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let n = count(deed.changed);
    let status: Option<Status> = value.split('-').next().and_then(|word| word.parse().ok());
    let mut parts = Vec::new();
    if deed.changed > 0 {
        parts.push(match (What::named(what), status) {
            (Some(What::Status), Some(Status::Solved)) => words.count(Text::DoneSolved, n),
            (Some(What::Status), Some(status)) => {
                let tickets = words.count(Text::ScopeTickets, n);
                let status = words.say(status_text(status));
                words.fill(Text::DoneStatus, &[("tickets", &tickets), ("status", &status)])
            }
            (Some(What::Assign), _) => words.count(Text::DoneAssigned, n),
            (Some(What::Team), _) => words.count(Text::DoneMoved, n),
            (Some(What::Area), _) => words.count(Text::DoneArea, n),
            (Some(What::Tags), _) => words.count(Text::DoneTags, n),
            (Some(What::Priority), _) => words.count(Text::DonePriority, n),
            (Some(What::Macro), _) => words.count(Text::DoneMacro, n),
            (Some(What::Spam), _) => words.count(Text::DoneSpam, n),
            _ => words.count(Text::DoneChanged, n),
        });
    } else if deed.failed.is_empty() {
        parts.push(words.say(Text::DoneNothing).to_owned());
    }
    if deed.same > 0 && deed.changed > 0 {
        parts.push(words.count(Text::DoneSame, count(deed.same)));
    }
    if !deed.failed.is_empty() {
        parts.push(words.count(Text::DoneFailed, count(deed.failed.len())));
        parts.push(skipped(words, &deed.failed));
    }
    parts.join(" ")
}

/// Which were left out, by reason: "#7, #8: closed for good."
fn skipped(words: Words, failed: &[(TicketId, String)]) -> String {
    let mut reasons: Vec<(&str, Vec<TicketId>)> = Vec::new();
    for (id, why) in failed {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, ids)) => ids.push(*id),
            None => reasons.push((why, vec![*id])),
        }
    }
    let told = reasons.iter().take(TOLD).map(|(why, ids)| {
        let named = ids.iter().take(NAMED).map(|id| format!("#{id}"));
        let mut named = named.collect::<Vec<_>>().join(", ");
        if ids.len() > NAMED {
            named += &words.fill(Text::AndMore, &[("n", &(ids.len() - NAMED))]);
        }
        format!("{named}: {why}")
    });
    let mut told: Vec<String> = told.collect();
    if reasons.len() > TOLD {
        told.push("…".to_owned());
    }
    told.join(" ")
}

/// `3.12-13.14`: so many were taken back, which were not, and about which something had left. Nothing at all is `0..`.
pub(super) fn undone(words: Words, told: &str) -> String {
    let mut parts = told.split('.');
    let count: i64 = parts.next().and_then(|count| count.parse().ok()).unwrap_or_default();
    let ids = |part: Option<&str>| -> Vec<i64> {
        part.unwrap_or_default().split('-').filter_map(|id| id.parse().ok()).collect()
    };
    let (left, told) = (ids(parts.next()), ids(parts.next()));
    if count == 0 && left.is_empty() {
        return words.say(Text::NothingToUndo).to_owned();
    }
    let done = (count > 0).then(|| words.count(Text::DoneUndone, count));
    let left = left.iter().map(|id| words.fill(Text::NotUndone, &[("id", id)]));
    let told = told.iter().map(|id| words.fill(Text::UndoneTold, &[("id", id)]));
    done.into_iter().chain(left).chain(told).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_undone_and_what_stays_is_said() {
        let said = |told| undone(Words::default(), told);
        assert_eq!(said("0.."), said("0."), "nothing");
        assert_eq!(
            said("2.9.7"),
            "Undone: 2 tickets are as they were. #9 has changed since and stays as it is. \
             What rules had told others about #7 had left already and stays."
        );
    }

    #[test]
    fn what_was_left_out_is_named_by_reason() {
        let failed = |ids: std::ops::Range<i64>, why: &str| {
            ids.map(|id| (TicketId(id), why.to_owned())).collect::<Vec<_>>()
        };
        let mut all = failed(1..3, "It is closed.");
        all.extend(failed(3..4, "It is locked."));
        assert_eq!(skipped(Words::default(), &all), "#1, #2: It is closed. #3: It is locked.");
        let many = skipped(Words::default(), &failed(1..26, "It is closed."));
        assert!(many.ends_with("#20 and 5 more: It is closed."), "{many}");
    }
}
