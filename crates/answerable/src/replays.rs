//! `answerable handbook replay`: another handbook over the recorded history, as a table or as JSON.

use std::io::{self, BufWriter, Write};

use anyhow::Context as _;
use desk::replay::{Batch, Compared, Scope};
use desk::{Clock, Ctx, Store};
use domain::ClockKind;
use domain::replay::{ClockSeen, Difference, Happening, Sum};
use handbook::Handbook;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::Since;

/// Tickets read at a time.
const PAGE: i64 = 100;

/// Prints what would have been different, ticket by ticket, and the sum.
pub(crate) fn run(
    store: &Store,
    handbook: &Handbook,
    since: Option<Since>,
    json: bool,
) -> anyhow::Result<()> {
    let zone = zone(handbook);
    let since = since.map(|since| instant(since, &zone)).transpose()?;
    let mut out = Output { to: BufWriter::new(io::stdout().lock()), zone, json, rows: 0 };
    quiet(print(store, handbook, since, &mut out))
}

fn print(
    store: &Store,
    handbook: &Handbook,
    since: Option<Timestamp>,
    out: &mut Output<impl Write>,
) -> anyhow::Result<()> {
    out.begin(handbook, since)?;
    let mut sum = Sum::default();
    each(store, handbook, since, |batch| {
        for one in batch.compare(handbook) {
            sum.add(&one.differences, one.breaches);
            out.ticket(&one)?;
        }
        Ok(())
    })?;
    out.end(&sum, since)
}

/// Says whether every recorded decision follows from the handbook that was live, and which do not.
pub(crate) fn prove(store: &Store, since: Option<Since>) -> anyhow::Result<()> {
    let present = store
        .read_blocking(|tx| -> Result<_, desk::Error> {
            Ok(desk::handbooks::active(tx).ok().flatten())
        })?
        .context("no handbook is in force: start once with --handbook FILE")?;
    let live = store.read_blocking(desk::replay::live_handbooks)?;
    let since = since.map(|since| instant(since, &zone(&present))).transpose()?;
    let (mut tickets, mut wrong) = (0, Vec::new());
    each(store, &present, since, |batch| {
        tickets += batch.len() as u64;
        wrong.extend(batch.unexplained(&live, &present));
        Ok(())
    })?;
    if !wrong.is_empty() {
        let list: Vec<String> = wrong.iter().map(|id| format!("#{id}")).collect();
        anyhow::bail!(
            "{} of {} do not follow from the handbooks that were live: {}",
            wrong.len(),
            counted(tickets),
            list.join(", ")
        );
    }
    let mut to = io::stdout().lock();
    quiet(
        writeln!(
            to,
            "{}: every recorded decision follows from the handbook that was live",
            counted(tickets)
        )
        .map_err(Into::into),
    )
}

/// Goes through the tickets, newest first, a page at a time.
fn each(
    store: &Store,
    handbook: &Handbook,
    since: Option<Timestamp>,
    mut see: impl FnMut(&Batch) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let ctx = Ctx::starting(Clock::System.now(), handbook.clone());
    let mut scope = Scope::newest(since, PAGE);
    loop {
        let ctx = ctx.clone();
        let batch = store.read_blocking(move |tx| desk::replay::read(tx, &ctx, scope))?;
        see(&batch)?;
        scope.before = batch.next;
        if scope.before.is_none() {
            return Ok(());
        }
    }
}

fn zone(handbook: &Handbook) -> TimeZone {
    TimeZone::get(&handbook.company.timezone).unwrap_or(TimeZone::UTC)
}

fn instant(since: Since, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    match since {
        Since::Instant(at) => Ok(at),
        Since::Day(day) => Ok(zone.to_timestamp(day.to_datetime(Time::midnight()))?),
    }
}

/// `1 ticket`, `2 tickets`.
fn counted(tickets: u64) -> String {
    if tickets == 1 { "1 ticket".to_owned() } else { format!("{tickets} tickets") }
}

/// Who stops reading has read enough.
fn quiet(outcome: anyhow::Result<()>) -> anyhow::Result<()> {
    match outcome {
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        other => other,
    }
}

struct Output<W: Write> {
    to: W,
    zone: TimeZone,
    json: bool,
    rows: usize,
}

impl<W: Write> Output<W> {
    fn begin(&mut self, handbook: &Handbook, since: Option<Timestamp>) -> anyhow::Result<()> {
        if self.json {
            let (version, since) = (json!(handbook.version), json!(since));
            write!(self.to, "{{\"handbook\":{version},\"since\":{since},\"tickets\":[")?;
        }
        Ok(())
    }

    /// One ticket, if anything differs.
    fn ticket(&mut self, one: &Compared) -> anyhow::Result<()> {
        if one.differences.differences.is_empty() {
            return Ok(());
        }
        if self.json {
            let comma = if self.rows == 0 { "\n" } else { ",\n" };
            write!(self.to, "{comma}{}", serde_json::to_string(&one.differences)?)?;
            self.rows += 1;
            return Ok(());
        }
        for difference in &one.differences.differences {
            if self.rows == 0 {
                self.row("ticket", "what", "was", "would be")?;
            }
            self.rows += 1;
            let (what, was, would_be) = self.cells(difference);
            self.row(&format!("#{}", one.differences.ticket), &what, &was, &would_be)?;
        }
        Ok(())
    }

    fn row(&mut self, ticket: &str, what: &str, was: &str, would_be: &str) -> anyhow::Result<()> {
        Ok(writeln!(self.to, "{ticket:<8} {what:<22} {was:<44} {would_be}")?)
    }

    fn end(&mut self, sum: &Sum, since: Option<Timestamp>) -> anyhow::Result<()> {
        if self.json {
            writeln!(self.to, "\n],\"sum\":{}}}", serde_json::to_string(sum)?)?;
            return Ok(self.to.flush()?);
        }
        if self.rows > 0 {
            writeln!(self.to)?;
        }
        let since = since.map(|at| format!(" opened since {}", self.when(at))).unwrap_or_default();
        let tickets = counted(sum.tickets);
        writeln!(self.to, "{tickets}{since}, {} of them different:", sum.different)?;
        let changes: Vec<String> =
            sum.changes.iter().map(|(change, count)| format!("{count} {change}")).collect();
        let changes =
            if changes.is_empty() { String::new() } else { format!(" ({})", changes.join(", ")) };
        writeln!(self.to, "  priorities  {}{changes}", sum.priorities)?;
        writeln!(self.to, "  routes      {}", sum.routes)?;
        let deadlines = sum.deadlines;
        writeln!(
            self.to,
            "  deadlines   {} sooner, {} later, {} more, {} fewer",
            deadlines.sooner, deadlines.later, deadlines.more, deadlines.fewer
        )?;
        let breaches = sum.breaches;
        writeln!(
            self.to,
            "  missed      {}, would be {} ({} more, {} fewer)",
            breaches.was, breaches.would_be, breaches.more, breaches.fewer
        )?;
        writeln!(self.to, "  by itself   {}", sum.by_itself)?;
        writeln!(self.to, "  refused     {}", sum.refused)?;
        Ok(self.to.flush()?)
    }

    fn when(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
    }

    /// What differs, as it was, and as it would have been.
    fn cells(&self, difference: &Difference) -> (String, String, String) {
        match difference {
            Difference::Priority { was, would_be } => {
                let levels = |levels: &[domain::Level]| {
                    levels.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(" → ")
                };
                ("priority".to_owned(), levels(was), levels(would_be))
            }
            Difference::Route { was, would_be } => {
                ("route".to_owned(), was.join(" → "), would_be.join(" → "))
            }
            Difference::Clock { was, would_be } => {
                let kind = was.as_ref().or(would_be.as_ref()).map(|clock| clock.kind);
                let kind = match kind {
                    Some(ClockKind::First) | None => "first reply",
                    Some(ClockKind::Next) => "follow-up",
                    Some(ClockKind::Escalated) => "after an escalation",
                };
                (kind.to_owned(), self.clock(was.as_ref()), self.clock(would_be.as_ref()))
            }
            Difference::ByItself { happening, was, would_be } => {
                let what = match happening {
                    Happening::Reminded => "reminded",
                    Happening::AutoSolved => "solved itself",
                    Happening::HoldEnded => "back from hold",
                    Happening::Closed => "closed",
                    Happening::Surveyed => "surveyed",
                };
                let times = |all: &[Timestamp]| match all {
                    [] => "never".to_owned(),
                    all => all.iter().map(|at| self.when(*at)).collect::<Vec<_>>().join("; "),
                };
                (what.to_owned(), times(was), times(would_be))
            }
            Difference::Refused { at, act, why } => {
                (act.clone(), format!("done {}", self.when(*at)), format!("refused: {why}"))
            }
        }
    }

    fn clock(&self, clock: Option<&ClockSeen>) -> String {
        clock.map_or_else(
            || "no promise".to_owned(),
            |clock| {
                let due = self.when(clock.due_at);
                format!("{}, due {due}, {}", clock.target, clock.state.as_str())
            },
        )
    }
}
