//! A chart of lines over weeks: where everything is, and the drawing as SVG.
//!
//! A line is known by its pattern of dashes and by its name at its end, so that nothing is lost without colour.

use desk::reports::Unit;
use jiff::civil::Date;
use maud::{Markup, html};

use super::written;
use crate::words::Words;

/// Width and height of the drawing.
pub(super) const SIZE: (i64, i64) = (720, 300);
/// Where lines are: left, right, top, bottom.
const LEFT: i64 = 64;
const RIGHT: i64 = 552;
const TOP: i64 = 14;
const BOTTOM: i64 = 262;
/// How far names stand apart.
const APART: i64 = 16;
/// So many lines can be told apart.
pub(super) const MOST: usize = 8;
/// The longest name at a line's end.
const LONGEST: usize = 20;
/// How each line is dashed: drawn, left out, drawn, left out.
pub(super) const DASHES: [&[i64]; MOST] =
    [&[], &[9, 4], &[2, 4], &[9, 3, 2, 3], &[15, 5], &[5, 5], &[2, 2, 9, 2], &[1, 6]];

/// A line: its name and a value for each week, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) values: Vec<Option<i64>>,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) unit: Unit,
    pub(super) mondays: Vec<Date>,
    pub(super) lines: Vec<Line>,
}

/// A line as it lies: its strokes, and where its name stands.
pub(super) struct Laid {
    pub(super) strokes: Vec<Vec<(i64, i64)>>,
    pub(super) name: String,
    pub(super) name_at: i64,
    pub(super) end: Option<(i64, i64)>,
}

/// A line of the grid and what stands beside it.
pub(super) struct Tick {
    pub(super) at: i64,
    pub(super) label: String,
}

impl Chart {
    /// The lowest and the highest value there is.
    pub(super) fn bounds(&self) -> Option<(i64, i64)> {
        let all = || self.lines.iter().flat_map(|line| line.values.iter().flatten().copied());
        Some((all().min()?, all().max()?))
    }

    /// From which value to which the drawing goes, and in which steps.
    fn scale(&self) -> (i64, i64, i64) {
        let (low, high) = self.bounds().unwrap_or((0, 0));
        let (least, most) = match self.unit {
            Unit::Share => (low / 100 * 100, 1_000),
            Unit::Rating => (100, 500),
            Unit::Count | Unit::Minutes => (0, high.max(1)),
        };
        let step = match self.unit {
            Unit::Rating => 100,
            Unit::Share => ((most - least) / 4).max(50) / 50 * 50,
            Unit::Count | Unit::Minutes => nice(most / 4),
        };
        let steps = (most - least + step - 1) / step;
        let most = if self.unit == Unit::Share {
            most.max(least + step)
        } else {
            least + steps.max(1) * step
        };
        (least, most, step.max(1))
    }

    fn x(&self, week: usize) -> i64 {
        let last = self.mondays.len().saturating_sub(1);
        let (week, last) = (i64::try_from(week).unwrap_or(0), i64::try_from(last).unwrap_or(0));
        if last == 0 { LEFT.midpoint(RIGHT) } else { LEFT + (RIGHT - LEFT) * week / last }
    }

    fn y(&self, value: i64) -> i64 {
        let (least, most, _) = self.scale();
        BOTTOM - (value - least) * (BOTTOM - TOP) / (most - least).max(1)
    }

    /// The lines of the grid, from below.
    pub(super) fn ticks(&self, words: Words) -> Vec<Tick> {
        let (least, most, step) = self.scale();
        let values = (0..).map(|one| least + one * step).take_while(|value| *value <= most);
        values
            .map(|value| Tick { at: self.y(value), label: written(words, self.unit, value) })
            .collect()
    }

    /// The weeks that are named below, so many as have room.
    pub(super) fn weeks(&self, words: Words) -> Vec<Tick> {
        let every = self.mondays.len().div_ceil(7).max(1);
        let named = self.mondays.iter().enumerate().rev().step_by(every);
        let label = |day: &Date| format!("{} {}", day.day(), words.month(day.month()));
        named.map(|(week, day)| Tick { at: self.x(week), label: label(day) }).collect()
    }

    /// Where each line lies. A week without a value is a gap.
    pub(super) fn lay(&self) -> Vec<Laid> {
        let mut laid: Vec<Laid> = self.lines.iter().map(|line| self.lay_line(line)).collect();
        let mut order: Vec<usize> = (0..laid.len()).collect();
        order.sort_by_key(|index| laid[*index].name_at);
        let mut free = TOP;
        for index in &order {
            laid[*index].name_at = laid[*index].name_at.max(free);
            free = laid[*index].name_at + APART;
        }
        let mut free = BOTTOM + 4;
        for index in order.iter().rev() {
            laid[*index].name_at = laid[*index].name_at.min(free);
            free = laid[*index].name_at - APART;
        }
        laid
    }

    fn lay_line(&self, line: &Line) -> Laid {
        let mut strokes: Vec<Vec<(i64, i64)>> = vec![Vec::new()];
        for (week, value) in line.values.iter().enumerate() {
            match (value, strokes.last_mut()) {
                (Some(value), Some(stroke)) => stroke.push((self.x(week), self.y(*value))),
                (None, Some(stroke)) if !stroke.is_empty() => strokes.push(Vec::new()),
                _ => {}
            }
        }
        strokes.retain(|stroke| !stroke.is_empty());
        let end = strokes.last().and_then(|stroke| stroke.last()).copied();
        let mut name: String = line.name.chars().take(LONGEST).collect();
        if line.name.chars().count() > LONGEST {
            name.pop();
            name.push('…');
        }
        Laid { name_at: end.map_or(BOTTOM, |(_, y)| y), strokes, name, end }
    }
}

/// 1, 2 or 5 and zeros: at least so much.
fn nice(least: i64) -> i64 {
    let mut size = 1;
    loop {
        for step in [1, 2, 5] {
            if size * step >= least {
                return size * step;
            }
        }
        size *= 10;
    }
}

/// The edges of the part where lines are: left, right, top, bottom.
pub(super) fn edges() -> (i64, i64, i64, i64) {
    (LEFT, RIGHT, TOP, BOTTOM)
}

/// The chart as SVG. Its colours are those of the text around it.
pub(super) fn svg(words: Words, chart: &Chart) -> Markup {
    let (width, height) = SIZE;
    let joined = |stroke: &[(i64, i64)]| {
        stroke.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
    };
    let dashes = |index: usize| {
        let dashes = DASHES[index % MOST];
        (!dashes.is_empty())
            .then(|| dashes.iter().map(i64::to_string).collect::<Vec<_>>().join(" "))
    };
    html! {
        svg.chart viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img"
            aria-labelledby="chart-title chart-desc" {
            title #chart-title { (chart.title) }
            desc #chart-desc { (chart.description) }
            g.chart-grid aria-hidden="true" {
                @for tick in chart.ticks(words) {
                    line x1=(LEFT) x2=(RIGHT) y1=(tick.at) y2=(tick.at) {}
                    text x=(LEFT - 8) y=(tick.at + 4) text-anchor="end" { (tick.label) }
                }
                @for tick in chart.weeks(words) {
                    text x=(tick.at) y=(BOTTOM + 22) text-anchor="middle" { (tick.label) }
                }
            }
            @for (index, laid) in chart.lay().iter().enumerate() {
                g class=(format!("chart-line chart-line-{index}")) aria-hidden="true" {
                    @for stroke in &laid.strokes {
                        @if let [(x, y)] = stroke.as_slice() { circle cx=(x) cy=(y) r="3" {} }
                        @else { polyline points=(joined(stroke)) stroke-dasharray=[dashes(index)] {} }
                    }
                    @if let Some((x, y)) = laid.end {
                        circle cx=(x) cy=(y) r="3" {}
                        @if laid.name_at != y || x < RIGHT {
                            line.chart-lead x1=(x + 4) y1=(y) x2=(RIGHT + 8) y2=(laid.name_at) {}
                        }
                        text x=(RIGHT + 12) y=(laid.name_at + 4) { (laid.name) }
                    }
                }
            }
        }
    }
}

/// A row's weeks in a few pixels, for a glance: bars from the bottom.
pub(super) fn spark(values: &[Option<i64>], most: i64) -> Markup {
    const HEIGHT: i64 = 16;
    let width = i64::try_from(values.len()).unwrap_or(0) * 4;
    html! {
        svg.spark viewBox=(format!("0 0 {} {HEIGHT}", width.max(4))) width=(width.max(4)) height=(HEIGHT) aria-hidden="true" {
            @for (week, value) in values.iter().enumerate() {
                @if let Some(value) = value {
                    @let tall = (value * HEIGHT / most.max(1)).clamp(1, HEIGHT);
                    rect x=(i64::try_from(week).unwrap_or(0) * 4) y=(HEIGHT - tall) width="3" height=(tall) {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(lines: &[&[Option<i64>]]) -> Chart {
        let line =
            |values: &&[Option<i64>]| Line { name: "Replay".to_owned(), values: values.to_vec() };
        Chart {
            title: String::new(),
            description: String::new(),
            unit: Unit::Share,
            mondays: (0..4).map(|week| jiff::civil::date(2026, 6, 1 + week * 7)).collect(),
            lines: lines.iter().map(line).collect(),
        }
    }

    #[test]
    fn a_week_without_a_value_is_a_gap() {
        let laid = chart(&[&[Some(900), None, Some(950), Some(1_000)]]).lay();
        assert_eq!(laid[0].strokes.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(laid[0].end, Some((RIGHT, TOP)));
    }

    #[test]
    fn names_never_stand_on_each_other() {
        let same: &[Option<i64>] = &[Some(1_000); 4];
        let laid = chart(&[same, same, same]).lay();
        let mut places: Vec<i64> = laid.iter().map(|one| one.name_at).collect();
        places.sort_unstable();
        assert!(places.windows(2).all(|two| two[1] - two[0] >= APART), "{places:?}");
    }

    #[test]
    fn every_value_is_within_the_drawing() {
        for unit in [Unit::Share, Unit::Count, Unit::Minutes, Unit::Rating] {
            for values in [[0, 3, 1, 2], [100, 500, 300, 450], [0, 999, 1_000, 1], [7, 7, 7, 7]] {
                let values: Vec<Option<i64>> = values.iter().map(|one| Some(*one)).collect();
                let chart = Chart { unit, ..chart(&[&values]) };
                let fits = unit != Unit::Rating
                    || values.iter().flatten().all(|one| (100..=500).contains(one));
                for (_, y) in chart.lay()[0].strokes.iter().flatten().filter(|_| fits) {
                    assert!((TOP..=BOTTOM).contains(y), "{unit:?} {values:?}: {y}");
                }
                assert!(chart.ticks(Words::default()).len() >= 2, "{unit:?} {values:?}");
            }
        }
    }
}
