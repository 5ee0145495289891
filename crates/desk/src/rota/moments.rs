//! Days and moments as people name them, in the zone of a team.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::Error;

/// The longest span that is shown at once, in days.
const MOST_DAYS: i32 = 25 * 366;
/// How far rotas are shown at all.
const YEARS: std::ops::RangeInclusive<i16> = 1971..=2199;

/// Local days of a team; the last is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
}

impl Days {
    /// The instants at which they begin and end.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when they end before they begin, are too many, or are far away.
    pub fn span(self, zone: &TimeZone) -> Result<(Timestamp, Timestamp), Error> {
        for (field, human, day) in [("from", "From", self.from), ("to", "To", self.to)] {
            if !YEARS.contains(&day.year()) {
                let what = format!("{human}: {day} is too far away");
                return Err(Error::invalid(field, "InvalidValue", what));
            }
        }
        if self.to <= self.from {
            let what = format!("To: {} is not after {}", self.to, self.from);
            return Err(Error::invalid("to", "InvalidValue", what));
        }
        let days = self.from.until(self.to).map_or(i32::MAX, |span| span.get_days());
        if days > MOST_DAYS {
            return Err(Error::invalid("to", "InvalidValue", "To: no more than 25 years at once"));
        }
        let begins = |day: Date| zone.to_timestamp(day.at(0, 0, 0, 0));
        match (begins(self.from), begins(self.to)) {
            (Ok(from), Ok(to)) => Ok((from, to)),
            _ => Err(Error::invalid("from", "InvalidValue", "From: is too far away")),
        }
    }
}

/// An instant in RFC 3339, or a local day or time of the team: `2026-06-11`, `2026-06-11T13:00`.
///
/// # Errors
///
/// [`Error::Invalid`] that names the field.
pub fn moment(field: &str, human: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, Error> {
    let text = text.trim();
    let local = || {
        let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        let time = || text.parse::<DateTime>().ok();
        zone.to_timestamp(day.map(|day| day.at(0, 0, 0, 0)).or_else(time)?).ok()
    };
    let at = text.parse::<Timestamp>().ok().or_else(local);
    at.filter(|at| YEARS.contains(&zone.to_datetime(*at).year())).ok_or_else(|| {
        let what =
            format!("{human}: expected a date and time such as 2026-06-08T09:00:00Z, got {text:?}");
        Error::invalid(field, "InvalidValue", what)
    })
}
