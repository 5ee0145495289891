//! The figures of each report, and which facts are behind them.

use domain::ClockKind;
use domain::reports::{Measure, Sums, per_cent};

use super::Name;

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of facts, with the list behind it.
    Count,
    /// Tenths of a hundredth.
    Share,
    /// Open minutes.
    Minutes,
    /// Hundredths of a rating from 1 to 5.
    Rating,
}

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// How many facts of a measure.
    Count(Measure),
    /// Everybody who rated, asked for or not.
    Ratings,
    /// Kept of kept and missed.
    Attainment(ClockKind),
    /// So many of a hundred answers came within.
    Percentile(ClockKind, i64),
    /// Facts of a measure of those of another.
    Share(Measure, Measure),
    /// The mean rating.
    Mean,
}

impl Name {
    /// The columns of a report, the most telling one among them being its [`Name::headline`].
    pub fn figures(self) -> Vec<Figure> {
        use Figure::{Attainment, Count, Mean, Percentile, Ratings, Share};
        let replies = |kind| {
            vec![
                Count(Measure::Kept(kind)),
                Count(Measure::Missed(kind)),
                Attainment(kind),
                Percentile(kind, 50),
                Percentile(kind, 90),
                Count(Measure::Replied(kind)),
                Count(Measure::Void(kind)),
            ]
        };
        match self {
            Self::Volume => vec![Count(Measure::Asked), Count(Measure::Solved)],
            Self::Backlog => vec![Count(Measure::Waiting)],
            Self::FirstReply => replies(ClockKind::First),
            Self::NextReply => replies(ClockKind::Next),
            Self::EscalatedReply => replies(ClockKind::Escalated),
            Self::Escalations => vec![
                Count(Measure::Escalated),
                Count(Measure::Asked),
                Share(Measure::Escalated, Measure::Asked),
            ],
            Self::Reopened => vec![
                Count(Measure::Reopened),
                Count(Measure::Solved),
                Share(Measure::Reopened, Measure::Solved),
            ],
            Self::OnHold => vec![
                Count(Measure::Held),
                Count(Measure::Solved),
                Share(Measure::Held, Measure::Solved),
            ],
            Self::Satisfaction => vec![
                Mean,
                Ratings,
                Count(Measure::Rated),
                Count(Measure::SurveyAsked),
                Share(Measure::Rated, Measure::SurveyAsked),
            ],
        }
    }

    /// The figure that its chart draws.
    pub fn headline(self) -> Figure {
        match self {
            Self::Volume => Figure::Count(Measure::Asked),
            Self::Backlog => Figure::Count(Measure::Waiting),
            Self::FirstReply => Figure::Attainment(ClockKind::First),
            Self::NextReply => Figure::Attainment(ClockKind::Next),
            Self::EscalatedReply => Figure::Attainment(ClockKind::Escalated),
            Self::Escalations => Figure::Share(Measure::Escalated, Measure::Asked),
            Self::Reopened => Figure::Share(Measure::Reopened, Measure::Solved),
            Self::OnHold => Figure::Share(Measure::Held, Measure::Solved),
            Self::Satisfaction => Figure::Mean,
        }
    }

    /// Everything that is added up for it.
    pub(super) fn measures(self) -> Vec<Measure> {
        let mut measures: Vec<Measure> =
            self.figures().into_iter().flat_map(Figure::measures).collect();
        if self == Self::Backlog {
            measures.push(Measure::Left);
        }
        measures.sort_unstable();
        measures.dedup();
        measures
    }
}

impl Figure {
    /// Its value; none where there is nothing to tell it of, or too little.
    pub fn of(self, sums: &Sums) -> Option<i64> {
        match self {
            Self::Count(measure) => Some(sums.count(measure)),
            Self::Ratings => Some(sums.ratings().total()),
            Self::Attainment(kind) => sums.attainment(kind),
            Self::Percentile(kind, hundredth) => sums.minutes(kind, hundredth),
            Self::Share(part, whole) => per_cent(sums.count(part), sums.count(whole)),
            Self::Mean => sums.mean_rating(),
        }
    }

    /// How it is written.
    pub fn unit(self) -> Unit {
        match self {
            Self::Count(_) | Self::Ratings => Unit::Count,
            Self::Attainment(_) | Self::Share(..) => Unit::Share,
            Self::Percentile(..) => Unit::Minutes,
            Self::Mean => Unit::Rating,
        }
    }

    /// What it is made of: the facts behind it.
    pub fn measures(self) -> Vec<Measure> {
        match self {
            Self::Count(measure) => vec![measure],
            Self::Ratings | Self::Mean => vec![Measure::Rated, Measure::RatedUnasked],
            Self::Attainment(kind) => vec![Measure::Kept(kind), Measure::Missed(kind)],
            Self::Percentile(kind, _) => vec![Measure::Replied(kind)],
            Self::Share(part, whole) => vec![part, whole],
        }
    }
}
