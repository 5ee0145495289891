//! The weeks of a rota: where they begin and whose turn they are.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::{Rota, Rule, Started};
use crate::{ShiftId, UserId};

/// A new boundary that comes sooner than this after the old one is passed over.
const HALF_A_WEEK: SignedDuration = SignedDuration::from_hours(84);

/// By what somebody has a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Title {
    /// It is their turn.
    Turn,
    /// They took it from whoever's turn it is.
    Swap(ShiftId),
    /// Nobody has it: the rota begins later.
    NotBegun,
    /// Nobody has it: the handbook names no hero.
    NoRota,
}

/// One week of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends and the next begins.
    pub to: Timestamp,
    /// Whose turn it is by the order.
    pub turn: Option<UserId>,
    /// Who has it, after swaps.
    pub holder: Option<UserId>,
    /// By what.
    pub title: Title,
}

impl Rule {
    /// The instant at which a week begins that begins on a day.
    fn boundary(&self, day: Date) -> Option<Timestamp> {
        self.zone.to_timestamp(day.to_datetime(self.time)).ok()
    }

    /// The last handover day up to a day.
    fn handover_day(&self, day: Date) -> Option<Date> {
        let passed = i64::from(day.weekday().to_monday_zero_offset() - self.weekday);
        day.checked_sub(Span::new().days(passed.rem_euclid(7))).ok()
    }
}

/// Weeks without end, by one rule. Week 0 ends on `end`.
struct Course<'r> {
    rule: &'r Rule,
    /// The day on which week 0 ends.
    end: Date,
    /// When week 0 begins, unless it begins where the rule says.
    begins: Option<Timestamp>,
    /// The place in the order of week 0.
    place: i64,
    /// The week from which on the order begins anew.
    anew: Option<i64>,
    /// Whether weeks before week 0 are nobody's.
    bounded: bool,
}

/// A week and its number in its course.
#[derive(Clone, Copy)]
struct Numbered {
    number: i64,
    from: Timestamp,
    to: Timestamp,
}

impl<'r> Course<'r> {
    /// The course of a rule from its own first week.
    fn from_first(rule: &'r Rule) -> Option<Self> {
        let end = rule.handover_day(rule.from)?.checked_add(Span::new().days(7)).ok()?;
        Some(Self { rule, end, begins: None, place: 0, anew: None, bounded: true })
    }

    /// The course of a rule after a week that was recorded under an older one.
    fn after(rule: &'r Rule, last: &Started, old: &Rule) -> Option<Self> {
        let local = rule.zone.to_datetime(last.to).date();
        let mut end = rule.handover_day(local)?;
        while rule.boundary(end)?.duration_since(last.to) <= HALF_A_WEEK {
            end = end.checked_add(Span::new().days(7)).ok()?;
        }
        let place = i64::try_from(next_place(last.turn, &old.order, &rule.order)).ok()?;
        let first = rule.handover_day(rule.from)?;
        let begins_anew = rule.boundary(first)? > last.from;
        let days = i64::from(end.until(first).ok()?.get_days());
        let anew = (begins_anew && days >= -7).then_some(days / 7 + 1);
        Some(Self { rule, end, begins: Some(last.to), place, anew, bounded: false })
    }

    fn boundary(&self, number: i64) -> Option<Timestamp> {
        let days = Span::new().try_days(number.checked_mul(7)?).ok()?;
        self.rule.boundary(self.end.checked_add(days).ok()?)
    }

    fn week(&self, number: i64) -> Option<Numbered> {
        let from = match self.begins {
            Some(begins) if number == 0 => begins,
            _ => self.boundary(number - 1)?,
        };
        Some(Numbered { number, from, to: self.boundary(number)? })
    }

    fn next(&self, week: Numbered) -> Option<Numbered> {
        let number = week.number + 1;
        Some(Numbered { number, from: week.to, to: self.boundary(number)? })
    }

    fn at(&self, at: Timestamp) -> Option<Numbered> {
        let local = self.rule.zone.to_datetime(at).date();
        let days = i64::from(self.end.until(local).ok()?.get_days());
        // Nothing comes before a week 0 that begins where a recorded one ended.
        let least = if self.begins.is_some() { 0 } else { i64::MIN };
        let mut week = self.week((days.div_euclid(7) + 1).max(least))?;
        while week.from > at && week.number > least {
            week = self.week(week.number - 1)?;
        }
        while week.to <= at {
            week = self.week(week.number + 1)?;
        }
        Some(week)
    }

    fn turn(&self, number: i64) -> Result<UserId, Title> {
        let order = &self.rule.order;
        let Ok(len @ 1..) = i64::try_from(order.len()) else { return Err(Title::NoRota) };
        if self.bounded && number < 0 {
            return Err(Title::NotBegun);
        }
        let place = match self.anew {
            Some(anew) if number >= anew => number - anew,
            _ => self.place + number,
        };
        let place = usize::try_from(place.rem_euclid(len)).unwrap_or_default();
        order.get(place).copied().ok_or(Title::NoRota)
    }
}

/// Who comes after somebody when one order gives way to another.
fn next_place(current: UserId, old: &[UserId], new: &[UserId]) -> usize {
    let place = |person: UserId| new.iter().position(|one| *one == person);
    if let Some(own) = place(current) {
        return own + 1;
    }
    let after = old.iter().position(|one| *one == current).map_or(0, |own| own + 1);
    let following = old.iter().cycle().skip(after).take(old.len());
    following.copied().find_map(place).unwrap_or(0)
}

impl Rota {
    /// The weeks that touch a span, in order and without gaps; empty if it ends before it begins.
    pub fn weeks(&self, from: Timestamp, to: Timestamp) -> Vec<Week> {
        let mut weeks = Vec::new();
        let mut at = from;
        while at < to {
            let before = weeks.len();
            self.some_weeks(at, to, &mut weeks);
            match weeks.last() {
                Some(last) if weeks.len() > before => at = last.to,
                _ => break,
            }
        }
        weeks
    }

    /// The week that runs at an instant.
    pub fn week_at(&self, at: Timestamp) -> Option<Week> {
        let after = at.checked_add(SignedDuration::from_nanos(1)).ok()?;
        self.weeks(at, after).first().copied()
    }

    /// The week before one.
    pub fn week_before(&self, week: &Week) -> Option<Week> {
        self.week_at(week.from.checked_sub(SignedDuration::from_nanos(1)).ok()?)
    }

    /// The recorded week that began at an instant.
    pub(super) fn started_at(&self, from: Timestamp) -> Option<&Started> {
        let weeks = &self.recorded.weeks;
        weeks.binary_search_by_key(&from, |week| week.from).ok().map(|place| &weeks[place])
    }

    /// Whose turn a week is that has not begun; none if no week begins then.
    pub(super) fn turn_from(&self, from: Timestamp) -> Option<UserId> {
        let course = self.course_ahead()?;
        let week = course.at(from).filter(|week| week.from == from && week.from >= self.ahead())?;
        course.turn(week.number).ok()
    }

    /// Weeks from an instant on that come from one source: the record, a hole in it, or a rule.
    fn some_weeks(&self, at: Timestamp, to: Timestamp, weeks: &mut Vec<Week>) {
        let recorded = &self.recorded.weeks;
        let (Some(first), Some(last)) = (recorded.first(), recorded.last()) else {
            return self.computed(Course::from_first(&self.rule), at, to, weeks);
        };
        if at < first.from {
            let rule = self.recorded.first_rule.as_ref().unwrap_or(&self.rule);
            let before = weeks.len();
            self.computed(Course::from_first(rule), at, to.min(first.from), weeks);
            if let Some(last) = weeks[before..].last_mut() {
                last.to = last.to.min(first.from);
            }
            return;
        }
        if at >= last.to {
            return self.computed(self.course_ahead(), at, to, weeks);
        }
        let place = recorded.partition_point(|week| week.to <= at);
        let next = &recorded[place];
        if next.from > at {
            let from = recorded[..place].last().map_or(at, |week| week.to);
            weeks.push(Week::nobody(from, next.from, Title::NoRota));
            return;
        }
        let running = recorded[place..].iter().take_while(|week| week.from < to);
        for week in running {
            if weeks.last().is_some_and(|before| before.to != week.from) {
                return;
            }
            weeks.push(Week::started(week));
        }
    }

    fn computed(
        &self,
        course: Option<Course<'_>>,
        at: Timestamp,
        to: Timestamp,
        weeks: &mut Vec<Week>,
    ) {
        let Some(course) = course else { return };
        let mut next = course.at(at);
        while let Some(week) = next.filter(|week| week.from < to) {
            weeks.push(self.held(&course, week));
            next = course.next(week);
        }
    }

    fn held(&self, course: &Course<'_>, week: Numbered) -> Week {
        let turn = match course.turn(week.number) {
            Ok(turn) => turn,
            Err(title) => return Week::nobody(week.from, week.to, title),
        };
        let swap = if self.recorded.swaps.is_empty() { None } else { self.swap_of(week.from) };
        let taken = swap.and_then(|swap| Some((swap.passes(week.from)?.1, Title::Swap(swap.id))));
        let (holder, title) = taken.unwrap_or((turn, Title::Turn));
        Week { from: week.from, to: week.to, turn: Some(turn), holder: Some(holder), title }
    }

    /// Where weeks are computed by the rule in force.
    fn course_ahead(&self) -> Option<Course<'_>> {
        match self.recorded.weeks.last() {
            Some(last) => {
                let old = self.recorded.last_rule.as_ref().unwrap_or(&self.rule);
                Course::after(&self.rule, last, old)
            }
            None => Course::from_first(&self.rule),
        }
    }

    /// The instant from which on weeks are computed by the rule in force.
    fn ahead(&self) -> Timestamp {
        self.recorded.weeks.last().map_or(Timestamp::MIN, |last| last.to)
    }
}

impl Week {
    fn nobody(from: Timestamp, to: Timestamp, title: Title) -> Self {
        Self { from, to, turn: None, holder: None, title }
    }

    fn started(week: &Started) -> Self {
        Self {
            from: week.from,
            to: week.to,
            turn: Some(week.turn),
            holder: Some(week.holder),
            title: week.swap.map_or(Title::Turn, Title::Swap),
        }
    }

    /// What is recorded when it has begun; none if it is nobody's.
    pub fn begun(&self) -> Option<Started> {
        let swap = match self.title {
            Title::Swap(id) => Some(id),
            Title::Turn | Title::NotBegun | Title::NoRota => None,
        };
        Some(Started { from: self.from, to: self.to, turn: self.turn?, holder: self.holder?, swap })
    }
}
