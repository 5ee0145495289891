//! Whose week it is, by the order in the handbook. Swaps and overrides come with the rota.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::{Handbook, Hero};

/// A team's hero: their address, and when the week ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<'h> {
    /// The address in lower case.
    pub email: &'h str,
    /// When the next one takes over.
    pub until: Timestamp,
}

impl Handbook {
    /// Who is the hero of a team at an instant, by the base order; none for a team without one. (ROT-04)
    pub fn hero(&self, team: &str, now: Timestamp) -> Option<Holder<'_>> {
        let hero = self.team(team)?.hero.as_ref()?;
        let zone = self.calendar(team).zone();
        let today = now.to_zoned_datetime(zone.clone()).date();
        let mut week = first_week(hero)?;
        let days = week.until(today).ok()?.get_days();
        let mut passed = i64::from(days.div_euclid(7));
        week = week.checked_add(jiff::Span::new().days(passed * 7)).ok()?;
        if starts(hero, week, zone)? > now {
            passed -= 1;
            week = week.checked_sub(jiff::Span::new().days(7)).ok()?;
        }
        let place =
            usize::try_from(passed.rem_euclid(i64::try_from(hero.order.len()).ok()?)).ok()?;
        let next = week.checked_add(jiff::Span::new().days(7)).ok()?;
        Some(Holder { email: hero.order.get(place)?, until: starts(hero, next, zone)? })
    }
}

/// The day of the handover that begins the first holder's first week.
fn first_week(hero: &Hero) -> Option<Date> {
    let back = hero.handover.weekday.since(jiff::civil::Weekday::Monday);
    let from = hero.from.weekday().since(jiff::civil::Weekday::Monday);
    hero.from.checked_sub(jiff::Span::new().days((from - back).rem_euclid(7))).ok()
}

fn starts(hero: &Hero, day: Date, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(day.to_datetime(hero.handover.time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(team: &str, now: &str, expected: (&str, &str)) {
        let handbook = Handbook::parse(Handbook::sample()).unwrap();
        let holder = handbook.hero(team, now.parse().unwrap()).unwrap();
        assert_eq!((holder.email, holder.until.to_string().as_str()), expected);
    }

    #[test]
    fn weeks_go_round_in_the_order_of_the_handbook() {
        check("replay", "2026-01-05T00:00:00Z", ("bo@acme.test", "2026-01-12T00:00:00Z"));
        check("replay", "2026-01-11T23:59:59Z", ("bo@acme.test", "2026-01-12T00:00:00Z"));
        check("replay", "2026-01-12T00:00:00Z", ("cy@acme.test", "2026-01-19T00:00:00Z"));
        check("replay", "2026-06-08T08:12:00Z", ("bo@acme.test", "2026-06-14T23:00:00Z"));
    }

    #[test]
    fn the_handover_is_an_hour_in_the_zone_of_the_team() {
        check("warehouse", "2026-01-12T13:59:00Z", ("nia@acme.test", "2026-01-12T14:00:00Z"));
        check("warehouse", "2026-01-12T14:00:00Z", ("oz@acme.test", "2026-01-19T14:00:00Z"));
    }
}
