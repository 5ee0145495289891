//! Reports by mail: every week, to whoever asked for them, within their hours.

use std::fmt::Write as _;

use domain::notices::Reach;
use domain::reports::Week;
use domain::words::{Locale, date_time};
use domain::{Actor, User, UserId};
use jiff::Timestamp;
use store::Tx;
use store::reports::Mail;

use super::{Ask, Figure, Name, Report, Unit, report};
use crate::deliveries::{Notice, tell};
use crate::{Act, Ctx, Error, may, require};

/// The kind of their wake-ups; the person's number is the subject.
pub(crate) const MAIL: &str = "report_mail";

/// How many rows of a report a mail tells.
const ROWS: usize = 12;

/// Whether somebody gets a report by mail.
///
/// # Errors
///
/// [`Error::Unauthenticated`] for nobody.
pub fn is_mailed(tx: &mut Tx<'_>, ctx: &Ctx, name: Name) -> Result<bool, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    Ok(store::reports::mails(tx, user)?.iter().any(|mail| mail.report == name.as_str()))
}

/// From now on the one who acts gets this report by mail every week, cut as asked for.
///
/// # Errors
///
/// As [`report()`], for whoever may not read it gets no mail of it either.
pub fn mail_weekly(tx: &mut Tx<'_>, ctx: &Ctx, ask: Ask) -> Result<(), Error> {
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    report(tx, ctx, ask)?;
    let mail = Mail {
        user,
        report: ask.name.as_str().to_owned(),
        query: ask.query(),
        created_at: ctx.now,
    };
    store::reports::keep_mail(tx, &mail)?;
    match next_monday(ctx) {
        Some(at) => Ok(store::wakeups::sooner(tx, MAIL, user.0, at)?),
        None => Ok(()),
    }
}

/// The one who acts does not get it any more.
///
/// # Errors
///
/// [`Error::Unauthenticated`] for nobody.
pub fn mail_no_more(tx: &mut Tx<'_>, ctx: &Ctx, name: Name) -> Result<(), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let user = ctx.actor.user().ok_or(Error::Unauthenticated)?;
    store::reports::forget_mail(tx, user, name.as_str())?;
    if store::reports::mails(tx, user)?.is_empty() {
        store::wakeups::set(tx, MAIL, user.0, None, true)?;
    }
    Ok(())
}

/// When the company's next week begins.
fn next_monday(ctx: &Ctx) -> Option<Timestamp> {
    let zone = ctx.handbook.company_calendar().zone();
    let next = Week(Week::of(ctx.now, zone).0 + 1);
    zone.to_timestamp(next.monday().at(0, 0, 0, 0)).ok()
}

/// Mails a person the reports of the week that ended last, if mail may reach them now; else it is looked at again when it
/// may. After a long downtime it is one mail, about the last week.
pub(crate) fn wake_mails(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<(), Error> {
    let mails = store::reports::mails(tx, id)?;
    let person = store::users::load(tx, id)?
        .filter(|user| user.active && !user.suspended && user.email.is_some());
    let acting = person.as_ref().map(|user| Actor::Person { id: user.id, role: user.role });
    let acting = acting.filter(|actor| may(actor, Act::ReadDesk));
    let (Some(person), Some(actor), false) = (person, acting, mails.is_empty()) else {
        return Ok(store::wakeups::set(tx, MAIL, id.0, None, true)?);
    };
    let preferences = store::notices::preferences(tx, id)?;
    let hours = crate::notices::hours_of(tx, &ctx.handbook, &person, &preferences)?;
    let away = store::absences::of_person(tx, id, ctx.now)?;
    let away: Vec<_> = away.iter().map(|one| (one.from, one.to)).collect();
    let reach = Reach { hours: &hours.calendar, away: &away, last: None };
    let next = match reach.next(ctx.now, false) {
        Some(at) if at > ctx.now => Some(at),
        Some(_) => {
            send(tx, &ctx.acting_as(actor), &person, &mails)?;
            next_monday(ctx)
        }
        None => next_monday(ctx),
    };
    Ok(store::wakeups::set(tx, MAIL, id.0, next, true)?)
}

fn send(tx: &mut Tx<'_>, ctx: &Ctx, to: &User, mails: &[Mail]) -> Result<(), Error> {
    let zone = ctx.handbook.company_calendar().zone();
    let week = Week::of(ctx.now, zone);
    let begins = zone.to_timestamp(week.monday().at(0, 0, 0, 0)).unwrap_or(ctx.now);
    // As the week that ended left them.
    let ended = ctx.at(begins.checked_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(begins));
    let mut text = String::new();
    for mail in mails {
        let query: Vec<(&str, &str)> =
            mail.query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let value = |field: &str| {
            query.iter().find(|(name, _)| *name == field).map_or("", |(_, value)| *value)
        };
        let Ok(ask) = Ask::read(&mail.report, value) else { continue };
        match report(tx, &ended, ask) {
            Ok(report) => text.push_str(&told(ctx, &report, &mail.query)),
            // They may not read it any more.
            Err(Error::Forbidden(_)) => {}
            Err(error) => return Err(error),
        }
    }
    if text.is_empty() {
        return Ok(());
    }
    let day = date_time(Locale::default(), begins, zone, ctx.now);
    let notice = Notice {
        key: format!("reports:{}:{}", to.id, week.monday()),
        at: ctx.now,
        kind: "report",
        subject: format!("Reports up to {day}"),
        text: format!(
            "{text}-- \nYou asked for these reports every week. Each page has a button to stop it: {}/reports\n",
            ctx.base_url
        ),
    };
    tell(tx, ctx, to, notice)?;
    tx.touch("outbox");
    Ok(())
}

/// A report in lines.
fn told(ctx: &Ctx, report: &Report, query: &str) -> String {
    let name = report.ask.name;
    let mut text = format!("{}, the last {} weeks\n", heading(name), report.weeks.len());
    let line = |label: &str, sums| {
        let figures = name.figures().into_iter();
        let said: Vec<String> =
            figures.map(|figure| format!("{} {}", word(figure), figure.say(sums))).collect();
        format!("  {label}: {}\n", said.join(", "))
    };
    // Writing into a string cannot fail.
    text.push_str(&line("together", &report.total.sums));
    for group in report.groups.iter().take(ROWS) {
        let label = if group.label.is_empty() { "none" } else { group.label.as_str() };
        text.push_str(&line(label, &group.sums));
    }
    let _ = write!(text, "{}/reports/{}?{query}\n\n", ctx.base_url, name.as_str());
    text
}

fn heading(name: Name) -> &'static str {
    match name {
        Name::Volume => "Asked",
        Name::Backlog => "Backlog",
        Name::FirstReply => "First reply kept",
        Name::NextReply => "Follow-ups kept",
        Name::EscalatedReply => "Escalated replies kept",
        Name::Escalations => "Escalated",
        Name::Reopened => "Opened again",
        Name::OnHold => "On hold",
        Name::Satisfaction => "Satisfaction",
    }
}

fn word(figure: Figure) -> String {
    match figure {
        Figure::Count(measure) => {
            let word = measure.as_str();
            let (_, last) = word.rsplit_once('_').unwrap_or(("", word));
            last.to_owned()
        }
        Figure::Ratings => "ratings".to_owned(),
        Figure::Attainment(_) | Figure::Share(..) => "share".to_owned(),
        Figure::Percentile(_, hundredth) => format!("p{hundredth}"),
        Figure::Mean => "mean".to_owned(),
    }
}

impl Figure {
    /// The figure in plain words: "92.9 %", "2 h 40 m"; a dash where there is too little.
    fn say(self, sums: &domain::reports::Sums) -> String {
        let Some(value) = self.of(sums) else { return "–".to_owned() };
        match self.unit() {
            Unit::Count => value.to_string(),
            Unit::Share => format!("{}.{} %", value / 10, value % 10),
            Unit::Minutes if value < 60 => format!("{value} m"),
            Unit::Minutes => format!("{} h {} m", value / 60, value % 60),
            Unit::Rating => format!("{}.{:02} of 5", value / 100, value % 100),
        }
    }
}
