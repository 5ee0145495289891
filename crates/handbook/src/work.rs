//! The order of work: what the handbook says about what comes first, and what newcomers are given. (ROT-03, ROT-06)

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    AllowedAreas, Facts, Handbook, Target,
    rules::{Compiled, Evaluation},
};

/// The `[work]` section.
#[derive(Clone, Debug)]
pub struct Work {
    /// A ticket with one of these tags comes before everything else. In lower case.
    pub tagged: Vec<String>,
    /// What makes a top account, whose escalated tickets come next.
    pub top_account: Option<Condition>,
    /// A ticket taken with "next ticket" is kept for whoever took it this many elapsed seconds. (ROT-11)
    pub lease: i64,
    /// The handover sheet is drawn up this much open time before a week ends. (ROT-07)
    pub handover: Target,
}

/// A rule that stands alone, checked when the handbook was read.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The expression, as written.
    pub when: String,
    pub(crate) compiled: Compiled,
}

impl Work {
    /// Whether one of these tags puts a ticket first.
    pub fn tag_of<'t>(&self, tags: &'t [String]) -> Option<&'t str> {
        tags.iter().find(|tag| self.tagged.contains(tag)).map(String::as_str)
    }
}

impl Handbook {
    /// Whether these facts are those of a top account; nobody is one where the handbook does not say. (ROT-06)
    pub fn is_top_account(&self, facts: &Facts) -> bool {
        self.work.top_account.as_ref().is_some_and(|condition| {
            let only = [&condition.compiled].into_iter();
            Evaluation::new(facts, only).holds(&condition.compiled)
        })
    }

    /// The areas somebody is limited to at an instant, if they are; whatever the case of the address. (ROT-03)
    pub fn limited_to(&self, email: &str, now: Timestamp) -> Option<&AllowedAreas> {
        let person = self.person(email)?;
        let limit = person.areas.as_ref()?;
        let own = person.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
        let zone = own.unwrap_or_else(|| self.company_calendar().zone().clone());
        let today = zone.to_datetime(now).date();
        limit.until.is_none_or(|until| today < until).then_some(limit)
    }
}

impl AllowedAreas {
    /// Whether a ticket about this area is among them; one without an area is not.
    pub fn allows(&self, area: Option<&str>) -> bool {
        area.is_some_and(|area| self.only.iter().any(|slug| slug == area))
    }
}
