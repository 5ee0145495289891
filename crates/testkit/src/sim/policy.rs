//! The made-up company's handbooks: as data for those who check, and as the text the product reads.

use std::fmt::Write as _;
use std::sync::Arc;

use domain::{Level, Severity};
use handbook::Handbook;
use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::calendar::{Calendar, Hours};

/// The slugs of the teams, and who is in them; a place in this list stands for the team everywhere here.
pub(super) const TEAMS: [(&str, &[&str]); 4] = [
    ("support", &["ada@acme.test", "dee@acme.test"]),
    ("replay", &["bo@acme.test", "cy@acme.test"]),
    ("flags", &["flo@acme.test", "bo@acme.test"]),
    ("billing", &["ray@acme.test"]),
];

/// The areas; a place in this list stands for the area.
pub(super) const AREAS: [&str; 3] = ["session_replay", "feature_flags", "billing"];

const DAY: i64 = 86_400;
const WEEKDAYS: [bool; 7] = [true, true, true, true, true, false, false];
const SUNDAY_TO_THURSDAY: [bool; 7] = [true, true, true, true, false, false, true];

/// A promise, as the simulation counts it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Open seconds.
    Open(i64),
    /// Working days.
    Days(u32),
}

/// What an organization is and pays.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) mrr: i64,
    pub(super) trial: bool,
    pub(super) startup: bool,
}

/// One handbook.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) text: String,
    pub(super) handbook: Arc<Handbook>,
    /// One for each team.
    pub(super) calendars: Vec<Calendar>,
    pub(super) zone: &'static str,
    high_from: i64,
    /// High and normal: the first reply in hours, and the working days after an escalation.
    first: [i64; 2],
    escalated: [u32; 2],
    /// Follow-ups take this many halves of the first target.
    next_halves: i64,
    /// As written, with its seconds.
    pub(super) warnings: &'static [(&'static str, i64)],
    pub(super) remind: Option<i64>,
    pub(super) solve: i64,
    pub(super) hold: (i64, i64),
    pub(super) close: i64,
    /// So long after solving the customer is asked how the help was.
    pub(super) survey: i64,
    /// The team of each area.
    routes: [usize; 3],
}

impl Policy {
    /// The level that these facts give.
    pub(super) fn level(
        &self,
        plan: &Plan,
        severity: Option<Severity>,
        area: Option<usize>,
    ) -> Level {
        if plan.mrr >= self.high_from || plan.trial || severity == Some(Severity::Critical) {
            Level::High
        } else if plan.startup || area == Some(2) || severity == Some(Severity::High) {
            Level::Normal
        } else {
            Level::Low
        }
    }

    /// The team that answers about an area.
    pub(super) fn team(&self, area: Option<usize>) -> usize {
        area.map_or(0, |area| self.routes[area])
    }

    /// What a clock of this kind promises at a level: low promises nothing, urgent is as good as high.
    pub(super) fn target(&self, kind: &str, level: Level) -> Option<Target> {
        let place = match level {
            Level::Low => return None,
            Level::Normal => 1,
            Level::High | Level::Urgent => 0,
        };
        Some(match kind {
            "first" => Target::Open(self.first[place] * 3600),
            "next" => Target::Open(self.first[place] * 1800 * self.next_halves),
            _ => Target::Days(self.escalated[place]),
        })
    }

    /// When it is due by a team's calendar.
    pub(super) fn due(&self, team: usize, from: Timestamp, target: Target) -> Timestamp {
        match target {
            Target::Open(seconds) => self.calendars[team].after(from, seconds),
            Target::Days(days) => self.calendars[team].days_after(from, days),
        }
    }
}

/// What differs between the handbooks.
struct Draft {
    zone: &'static str,
    hours: Hours,
    /// What a team has of its own, if anything.
    own: [Option<Hours>; 4],
    high_from: i64,
    first: [i64; 2],
    escalated: [u32; 2],
    next_halves: i64,
    warnings: &'static [(&'static str, i64)],
    remind: Option<i64>,
    solve: i64,
    hold: (i64, i64),
    close: i64,
    survey: i64,
    routes: [usize; 3],
}

/// The company's handbooks, with everything that needs a calendar looked at between two instants.
pub(super) fn all(from: Timestamp, to: Timestamp) -> Vec<Arc<Policy>> {
    let begin = jiff::tz::TimeZone::UTC.to_datetime(from).date();
    let drafts = [weekdays(), office(begin), other_week(begin)];
    drafts.into_iter().map(|draft| Arc::new(policy(&draft, from, to))).collect()
}

fn hours(zone: &'static str, days: [bool; 7], ranges: &'static [(i32, i32)]) -> Hours {
    Hours { zone, days, ranges, holidays: Vec::new() }
}

/// Around the clock from Monday to Friday, as the sample has it.
fn weekdays() -> Draft {
    let zone = "Europe/London";
    Draft {
        zone,
        hours: hours(zone, WEEKDAYS, &[]),
        own: [None, None, Some(hours("America/New_York", WEEKDAYS, &[])), None],
        high_from: 2000,
        first: [12, 24],
        escalated: [2, 4],
        next_halves: 4,
        warnings: &[("3h", 10_800), ("1h", 3600)],
        remind: Some(5 * DAY),
        solve: 7 * DAY,
        hold: (7 * DAY, 30 * DAY),
        close: 20 * DAY,
        survey: 3 * DAY,
        routes: [0, 2, 3],
    }
}

/// Office hours with a break for lunch, holidays, and shorter targets.
fn office(begin: Date) -> Draft {
    let zone = "Europe/Berlin";
    let office = &[(540, 750), (810, 1020)];
    let holidays = [9, 10, 24, 40].map(|days| later(begin, days)).to_vec();
    let split = &[(0, 180), (480, 1440)];
    Draft {
        zone,
        hours: Hours { holidays: holidays.clone(), ..hours(zone, WEEKDAYS, office) },
        own: [
            None,
            Some(Hours { holidays, ..hours("Australia/Lord_Howe", WEEKDAYS, split) }),
            Some(hours("America/New_York", WEEKDAYS, office)),
            None,
        ],
        high_from: 1000,
        first: [4, 8],
        escalated: [1, 3],
        next_halves: 3,
        warnings: &[("2h", 7200), ("45m", 2700), ("1h", 3600)],
        remind: None,
        solve: 6 * DAY,
        hold: (2 * DAY, 40 * DAY),
        close: 10 * DAY,
        survey: 2 * DAY,
        routes: [1, 2, 0],
    }
}

/// A week from Sunday to Thursday in a zone of odd minutes, and a team that never sleeps.
fn other_week(begin: Date) -> Draft {
    let zone = "Asia/Kathmandu";
    let holidays = [3, 17, 31].map(|days| later(begin, days)).to_vec();
    Draft {
        zone,
        hours: Hours { holidays, ..hours(zone, SUNDAY_TO_THURSDAY, &[]) },
        own: [
            None,
            Some(hours("Pacific/Auckland", [true; 7], &[])),
            Some(hours("America/New_York", WEEKDAYS, &[(0, 1440)])),
            None,
        ],
        high_from: 3000,
        first: [6, 30],
        escalated: [2, 5],
        next_halves: 4,
        warnings: &[("3h", 10_800), ("20m", 1200)],
        remind: Some(3 * DAY),
        solve: 7 * DAY,
        hold: (7 * DAY, 30 * DAY),
        close: 14 * DAY,
        survey: 14 * DAY,
        routes: [0, 0, 3],
    }
}

fn later(date: Date, days: i64) -> Date {
    date.checked_add(Span::new().days(days)).expect("the simulation ends before time does")
}

fn policy(draft: &Draft, from: Timestamp, to: Timestamp) -> Policy {
    let text = written(draft);
    let handbook = Handbook::parse(&text)
        .unwrap_or_else(|problems| panic!("a handbook of the simulation is wrong: {problems}"));
    let company = &draft.hours;
    let of_team = |own: &Option<Hours>| match own {
        Some(own) => own.clone(),
        None => company.clone(),
    };
    let calendars = draft.own.iter().map(|own| Calendar::look(of_team(own), from, to)).collect();
    Policy {
        text,
        handbook: Arc::new(handbook),
        calendars,
        zone: draft.zone,
        high_from: draft.high_from,
        first: draft.first,
        escalated: draft.escalated,
        next_halves: draft.next_halves,
        warnings: draft.warnings,
        remind: draft.remind,
        solve: draft.solve,
        hold: draft.hold,
        close: draft.close,
        survey: draft.survey,
        routes: draft.routes,
    }
}

/// The file as a person would write it.
fn written(draft: &Draft) -> String {
    let mut text = format!(
        "[company]\nname = \"Acme\"\ntimezone = \"{}\"\nfrom = \"Acme support <support@acme.test>\"\n\
         triage = \"support\"\n\n[hours]\n{}\n",
        draft.zone,
        keys(&draft.hours).join("\n")
    );
    let days = |seconds: i64| format!("{}d", seconds / DAY);
    let [high, normal] = draft.first;
    let _ = write!(
        text,
        "[[priority]]\nname = \"high\"\nfirst_reply = \"{high}h\"\nescalated = \"{} business days\"\nany = [\n\
         {{ when = \"organization.mrr >= {}.0\", because = \"high-paying customer\" }},\n\
         {{ when = \"organization.trial\", because = \"in trial\" }},\n\
         {{ when = \"ticket.severity == 'critical'\", because = \"critical severity\" }},\n]\n\n\
         [[priority]]\nname = \"normal\"\nfirst_reply = \"{normal}h\"\nescalated = \"{} business days\"\nany = [\n\
         {{ when = \"organization.plan in ['startups', 'yc']\", because = \"on a startup programme\" }},\n\
         {{ when = \"ticket.area == 'billing'\", because = \"billing issue\" }},\n\
         {{ when = \"ticket.severity == 'high'\", because = \"high severity\" }},\n]\n\n\
         [[priority]]\nname = \"low\"\n\n\
         [replies]\nnext = {}.{}\nwarn_before = [{}]\n\n\
         [lifecycle]\npending_reminder = \"{}\"\npending_solves_after = \"{}\"\n\
         hold = {{ at_least = \"{}\", at_most = \"{}\" }}\ncloses_after = \"{}\"\n\n\
         [csat]\nafter = \"{}\"\n",
        draft.escalated[0],
        draft.high_from,
        draft.escalated[1],
        draft.next_halves / 2,
        draft.next_halves % 2 * 5,
        draft.warnings.iter().map(|(text, _)| format!("\"{text}\"")).collect::<Vec<_>>().join(", "),
        draft.remind.map_or_else(|| "never".to_owned(), days),
        days(draft.solve),
        days(draft.hold.0),
        days(draft.hold.1),
        days(draft.close),
        days(draft.survey),
    );
    for (place, (slug, members)) in TEAMS.iter().enumerate() {
        let members: Vec<_> = members.iter().map(|email| format!("\"{email}\"")).collect();
        let _ = write!(
            text,
            "\n[[team]]\nslug = \"{slug}\"\nname = \"{slug}\"\nslack = \"#{slug}\"\nmembers = [{}]\n",
            members.join(", ")
        );
        if let Some(own) = &draft.own[place] {
            let _ = writeln!(
                text,
                "timezone = \"{}\"\nhours = {{ {} }}",
                own.zone,
                keys(own).join(", ")
            );
        }
    }
    for (place, slug) in AREAS.iter().enumerate() {
        let team = TEAMS[place + 1].0;
        let _ =
            write!(text, "\n[[area]]\nslug = \"{slug}\"\nname = \"{slug}\"\nteam = \"{team}\"\n");
        if draft.routes[place] != place + 1 {
            let _ = writeln!(text, "first_level = \"{}\"", TEAMS[draft.routes[place]].0);
        }
    }
    text.push_str("\n[fields]\nseverity = 360001\narea = 360002\nkind = 360003\n");
    text
}

fn keys(hours: &Hours) -> Vec<String> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let quoted = |list: Vec<String>| {
        list.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ")
    };
    let days = NAMES.iter().zip(hours.days).filter(|(_, open)| *open);
    let time = |minutes: i32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let ranges = hours.ranges.iter().map(|(from, to)| format!("{}-{}", time(*from), time(*to)));
    let holidays = hours.holidays.iter().map(Date::to_string);
    vec![
        format!("days = [{}]", quoted(days.map(|(name, _)| (*name).to_owned()).collect())),
        format!("ranges = [{}]", quoted(ranges.collect())),
        format!("holidays = [{}]", quoted(holidays.collect())),
    ]
}
