//! A second count of what reports count, straight from the log of events.
//!
//! It shares nothing with the product's books and sums: no fold, no facts, no weekly rows. It reads the rows of `events`,
//! tells each ticket's story in words of its own, and counts; then it asks the product for the same numbers. What it does
//! share is the form of an event and the calendar, which have counts of their own (`sim::calendar`).

use std::collections::BTreeMap;

use desk::reports::{Ask, By, Name, Report};
use desk::{Ctx, Error};
use domain::reports::{Dimension, Measure, Week};
use domain::words::Locale;
use domain::{ClockKind, ClockState, Envelope, Event, Level, Status, TeamId, TicketId, UserId};
use handbook::Handbook;
use jiff::Timestamp;
use store::Tx;

use crate::TrialDesk;

/// What is counted: the word of the measure, the Monday, the level, the dimension and the name in it, and the value.
type Line = (String, jiff::civil::Date, Level, &'static str, String, i64);

/// Something that happened, with what it is looked at by.
#[derive(Clone, Debug)]
struct Entry {
    word: String,
    monday: jiff::civil::Date,
    level: Level,
    team: TeamId,
    area: String,
    channel: String,
    language: String,
    plan: String,
    hero: Option<UserId>,
    value: i64,
    seq: i64,
    clock: Option<usize>,
    is_on: bool,
    is_spam: bool,
}

/// A promise that is measured.
#[derive(Clone, Debug)]
struct Watch {
    kind: ClockKind,
    team: TeamId,
    began: Timestamp,
    ended: bool,
    late: bool,
}

/// What the customer was told, and how that went.
#[derive(Clone, Debug)]
struct Word {
    due: Option<Timestamp>,
    clock: Option<usize>,
    outcome: &'static str,
}

/// The story of one ticket.
#[expect(clippy::struct_excessive_bools, reason = "these are independent facts")]
#[derive(Debug)]
struct Tale {
    status: Status,
    level: Level,
    team: TeamId,
    area: String,
    channel: String,
    language: String,
    plan: String,
    is_ours: bool,
    is_told: bool,
    is_spam: bool,
    is_merged: bool,
    is_deleted: bool,
    held_since: Option<Timestamp>,
    held: i64,
    watches: Vec<Watch>,
    entries: Vec<Entry>,
    words: Vec<Word>,
    /// Where it stood in the backlog, from when on, and as what.
    stands: Option<(Level, TeamId, String, String)>,
}

/// Handbooks, teams and heroes as a count looks them up.
struct Books<'t, 'x> {
    tx: &'t mut Tx<'x>,
    ctx: Ctx,
    handbooks: BTreeMap<String, Handbook>,
    slugs: BTreeMap<TeamId, Option<String>>,
}

impl Books<'_, '_> {
    fn handbook(&mut self, version: &str) -> Result<&Handbook, Error> {
        if !self.handbooks.contains_key(version) {
            let text = store::handbooks::content(self.tx, version)?.ok_or(Error::NotFound)?;
            let parsed = Handbook::parse(&text).map_err(|_| Error::NotFound)?;
            self.handbooks.insert(version.to_owned(), parsed);
        }
        Ok(&self.handbooks[version])
    }

    fn monday(&mut self, one: &Envelope) -> Result<jiff::civil::Date, Error> {
        let zone = self.handbook(&one.policy)?.company_calendar().zone().clone();
        let day = zone.to_datetime(one.at).date();
        let days = i64::from(day.weekday().to_monday_zero_offset());
        Ok(day.checked_sub(jiff::Span::new().days(days)).unwrap_or(day))
    }

    fn open_minutes(
        &mut self,
        one: &Envelope,
        team: TeamId,
        from: Timestamp,
    ) -> Result<i64, Error> {
        let slug = self.slugs.get(&team).cloned().flatten();
        let handbook = self.handbook(&one.policy)?;
        let calendar = match &slug {
            Some(slug) => handbook.calendar(slug),
            None => handbook.company_calendar(),
        };
        let seconds = calendar.elapsed(from, one.at).max(0);
        Ok(seconds / 60 + i64::from(seconds % 60 > 0))
    }

    /// Who had the week, as the rota's own page tells it afterwards.
    fn hero(&mut self, team: TeamId, at: Timestamp) -> Result<Option<UserId>, Error> {
        let Some(slug) = self.slugs.get(&team).cloned().flatten() else { return Ok(None) };
        if self.ctx.handbook.team(&slug).is_none_or(|team| team.hero.is_none()) {
            return Ok(None);
        }
        let day = self.ctx.handbook.calendar(&slug).zone().to_datetime(at).date();
        let days = desk::rota::Days {
            from: day.yesterday().unwrap_or(day),
            to: day.tomorrow().and_then(jiff::civil::Date::tomorrow).unwrap_or(day),
        };
        let rotas = desk::rota::read(self.tx, &self.ctx, &slug, days)?;
        let shifts = rotas.teams.into_iter().flat_map(|(_, shifts)| shifts);
        let mut found = shifts.filter(|shift| shift.from <= at && at < shift.to);
        Ok(found.next().and_then(|shift| shift.answers()))
    }
}

/// Counts everything a second time and holds it against what the product says: how many different numbers there were, or
/// the first that differs.
///
/// # Errors
///
/// When the database fails.
pub fn differences(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Result<u64, String>, Error> {
    let (lines, standing, words) = count(tx, ctx)?;
    if let Err(wrong) = hold_ledger(tx, &words)? {
        return Ok(Err(wrong));
    }
    if let Err(wrong) = hold_sums(tx, &lines)? {
        return Ok(Err(wrong));
    }
    if let Err(wrong) = hold_reports(tx, ctx, &lines, &standing)? {
        return Ok(Err(wrong));
    }
    Ok(Ok(lines.values().filter(|times| **times != 0).count() as u64))
}

type Standing = BTreeMap<(jiff::civil::Date, TeamId), i64>;
type Outcomes = BTreeMap<String, i64>;

fn count(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(BTreeMap<Line, i64>, Standing, Outcomes), Error> {
    let slugs = store::teams::names(tx)?;
    let slugs = slugs.into_iter().map(|(id, slug, _)| (id, slug)).collect();
    let mut books = Books { tx, ctx: ctx.clone(), handbooks: BTreeMap::new(), slugs };
    let mut lines: BTreeMap<Line, i64> = BTreeMap::new();
    let mut moves: BTreeMap<(jiff::civil::Date, TeamId), i64> = BTreeMap::new();
    let mut outcomes = Outcomes::new();
    let mut after = 0;
    loop {
        let rows = books.tx.query(
            "SELECT DISTINCT ticket_id FROM events WHERE ticket_id > $1 ORDER BY ticket_id LIMIT 100",
            store::params![after],
        )?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            after = row.get(0)?;
            let Some(tale) = tell(&mut books, TicketId(after))? else { continue };
            for word in &tale.words {
                *outcomes.entry(word.outcome.to_owned()).or_default() += 1;
            }
            for entry in tale.entries.into_iter().filter(|one| one.is_on) {
                if entry.word == "waiting" || entry.word == "left" {
                    let step = if entry.word == "waiting" { 1 } else { -1 };
                    *moves.entry((entry.monday, entry.team)).or_default() += step;
                }
                add(&mut lines, &entry);
            }
        }
    }
    Ok((lines, moves, outcomes))
}

fn add(lines: &mut BTreeMap<Line, i64>, entry: &Entry) {
    let names = [
        ("team", entry.team.0.to_string()),
        ("area", entry.area.clone()),
        ("channel", entry.channel.clone()),
        ("language", entry.language.clone()),
        ("plan", entry.plan.clone()),
        ("hero", entry.hero.map(|id| id.0.to_string()).unwrap_or_default()),
    ];
    for (dimension, name) in names {
        let line = (entry.word.clone(), entry.monday, entry.level, dimension, name, entry.value);
        *lines.entry(line).or_default() += 1;
    }
}

fn tell(books: &mut Books<'_, '_>, id: TicketId) -> Result<Option<Tale>, Error> {
    let log = store::events::of_ticket(books.tx, id)?;
    let stored = store::tickets::load(books.tx, id)?.ok_or(Error::NotFound)?;
    let requester =
        store::users::load(books.tx, stored.ticket.requester)?.ok_or(Error::NotFound)?;
    let tag = requester.locale.or(stored.locale);
    let language = tag.map(|tag| Locale::nearest(&tag)).unwrap_or_default().tag().to_owned();
    let mut tale: Option<Tale> = None;
    for (place, one) in log.iter().enumerate() {
        match (&mut tale, &one.event) {
            (None, Event::Opened(opened)) => {
                tale = Some(Tale {
                    status: Status::New,
                    level: Level::Low,
                    team: opened.team,
                    area: opened.area.clone().unwrap_or_default(),
                    channel: opened.channel.as_str().to_owned(),
                    language: language.clone(),
                    plan: String::new(),
                    is_ours: opened.internal,
                    is_told: false,
                    is_spam: false,
                    is_merged: false,
                    is_deleted: false,
                    held_since: None,
                    held: 0,
                    watches: Vec::new(),
                    entries: Vec::new(),
                    words: Vec::new(),
                    stands: None,
                });
            }
            (Some(tale), _) => {
                let same = |other: &&Envelope| other.audit == one.audit;
                let before: Vec<&Event> =
                    log[..place].iter().rev().take_while(same).map(|other| &other.event).collect();
                tale.hear(books, one, &before)?;
            }
            (None, _) => {}
        }
    }
    Ok(tale)
}

impl Tale {
    fn hear(
        &mut self,
        books: &mut Books<'_, '_>,
        one: &Envelope,
        before: &[&Event],
    ) -> Result<(), Error> {
        if self.is_ours {
            return Ok(());
        }
        self.listen(one);
        match &one.event {
            Event::PriorityDecided { decision, facts, .. } => {
                self.level = decision.value;
                self.plan.clone_from(&facts.plan);
            }
            Event::FactsChanged { facts, .. } => self.plan.clone_from(&facts.plan),
            Event::PriorityOverridden { level, .. } => self.level = *level,
            Event::Routed { team, .. } | Event::TeamChanged { to: team, .. } => self.team = *team,
            Event::AreaChanged { to } => self.area = to.clone().unwrap_or_default(),
            Event::Deescalated { to } => self.team = *to,
            Event::Escalated { team, .. } => {
                self.enter(books, one, "escalated")?;
                self.team = *team;
            }
            Event::Commented { .. } if !self.is_told => {
                self.is_told = true;
                self.enter(books, one, "asked")?;
            }
            Event::StatusChanged { to, .. } => self.becomes(books, one, *to, before)?,
            Event::SurveyIssued { owners } => {
                let mine = std::mem::replace(&mut self.team, owners.team);
                self.enter(books, one, "survey_asked")?;
                self.team = mine;
            }
            Event::SurveyAnswered { rating, owners, .. } => {
                self.rated(books, one, i64::from(rating.number()), owners.team)?;
            }
            Event::MarkedSpam => {
                self.is_spam = true;
                for entry in self.entries.iter_mut().filter(|entry| flows(&entry.word)) {
                    entry.is_spam = entry.is_on;
                    entry.is_on = false;
                }
            }
            Event::UnmarkedSpam => {
                self.is_spam = false;
                for entry in self.entries.iter_mut().filter(|entry| entry.is_spam) {
                    (entry.is_on, entry.is_spam) = (true, false);
                }
            }
            Event::ReplyTakenBack { before: Some(before), .. } | Event::Undone { before, .. } => {
                self.unsay(before);
            }
            Event::MergedInto { .. } => self.is_merged = true,
            Event::Unmerged => self.is_merged = false,
            Event::Deleted => self.is_deleted = true,
            _ => self.clock(books, one, before)?,
        }
        self.stand(books, one)
    }

    /// What the customer is told, and what becomes of it; before the clocks take the event in.
    fn listen(&mut self, one: &Envelope) {
        let running = self.watches.iter().rposition(|watch| !watch.ended);
        let waiting = |word: &&mut Word| word.outcome == "open";
        match &one.event {
            Event::Acknowledged { promise }
            | Event::PromiseImproved { promise }
            | Event::Told { about: domain::Telling::Escalated, promise } => {
                if matches!(one.event, Event::PromiseImproved { .. }) {
                    let before = self.words.iter_mut().filter(waiting);
                    before.for_each(|word| word.outcome = "improved");
                }
                let outcome = if promise.due_at.is_some() { "open" } else { "nothing" };
                let clock = running.filter(|_| promise.due_at.is_some());
                self.words.push(Word { due: promise.due_at, clock, outcome });
            }
            Event::PromiseWithdrawn { .. } => {
                self.words.iter_mut().filter(waiting).for_each(|word| word.outcome = "withdrawn");
            }
            Event::Breached { due_at, .. } => {
                for word in self.words.iter_mut().filter(waiting) {
                    if word.clock == running && word.due.is_some_and(|due| due <= *due_at) {
                        word.outcome = "missed";
                    }
                }
            }
            Event::ClockStopped { state, .. } => {
                for word in self.words.iter_mut().filter(waiting) {
                    if word.clock == running {
                        let late = word.due.is_none_or(|due| due < one.at);
                        let kept = *state == ClockState::Met;
                        word.outcome = if late {
                            "missed"
                        } else if kept {
                            "kept"
                        } else {
                            "void"
                        };
                    }
                }
            }
            Event::ClockResumed { place, .. } => {
                self.wait_again(place.or(self.watches.len().checked_sub(1)));
            }
            Event::ReplyTakenBack { before: Some(before), .. } => {
                self.wait_again(before.clocks.iter().rposition(|clock| clock.stopped_at.is_none()));
            }
            _ => {}
        }
    }

    fn wait_again(&mut self, clock: Option<usize>) {
        for word in self.words.iter_mut().filter(|word| clock.is_some() && word.clock == clock) {
            if matches!(word.outcome, "kept" | "void") {
                word.outcome = "open";
            }
        }
    }

    /// Nothing since then has happened, and all is as the event says it was.
    fn unsay(&mut self, before: &domain::Ticket) {
        for entry in self.entries.iter_mut().filter(|entry| entry.seq > before.seq) {
            if flows(&entry.word) {
                (entry.is_on, entry.is_spam) = (false, false);
            }
        }
        (self.status, self.level, self.team) = (before.status, before.priority, before.team);
        self.area = before.area.clone().unwrap_or_default();
        self.plan.clone_from(&before.facts.plan);
        (self.held_since, self.held) = (before.held_at, before.held_seconds);
        self.watches.truncate(before.clocks.len());
        for (watch, clock) in self.watches.iter_mut().zip(&before.clocks) {
            watch.ended = clock.stopped_at.is_some();
            watch.late = clock.state == ClockState::Missed;
        }
    }

    fn enter(
        &mut self,
        books: &mut Books<'_, '_>,
        one: &Envelope,
        word: &str,
    ) -> Result<&mut Entry, Error> {
        let hero = if flows(word) { books.hero(self.team, one.at)? } else { None };
        let is_hidden = self.is_spam && flows(word);
        self.entries.push(Entry {
            word: word.to_owned(),
            monday: books.monday(one)?,
            level: self.level,
            team: self.team,
            area: self.area.clone(),
            channel: self.channel.clone(),
            language: self.language.clone(),
            plan: self.plan.clone(),
            hero,
            value: 0,
            seq: one.seq,
            clock: None,
            is_on: !is_hidden,
            is_spam: is_hidden,
        });
        Ok(self.entries.last_mut().expect("it was just put there"))
    }

    fn becomes(
        &mut self,
        books: &mut Books<'_, '_>,
        one: &Envelope,
        to: Status,
        before: &[&Event],
    ) -> Result<(), Error> {
        let from = std::mem::replace(&mut self.status, to);
        let was_on_hold = from == Status::Hold;
        if let Some(since) = self.held_since.take() {
            self.held += one.at.duration_since(since).as_secs();
        }
        if to == Status::Hold {
            self.held_since = Some(one.at);
        }
        // What brings a ticket back from where it was set aside is nobody's doing of the ticket itself.
        let brought = before
            .iter()
            .take_while(|event| !matches!(event, Event::StatusChanged { .. }))
            .any(|event| {
                matches!(event, Event::UnmarkedSpam | Event::Unmerged | Event::LetGo { .. })
            });
        if brought || self.is_spam || self.is_merged {
            return Ok(());
        }
        let done = |status: Status| matches!(status, Status::Solved | Status::Closed);
        if !done(from) && done(to) {
            self.enter(books, one, "solved")?;
            if was_on_hold || self.held > 0 {
                self.enter(books, one, "held")?;
            }
        } else if done(from) && !done(to) {
            self.enter(books, one, "reopened")?;
        }
        Ok(())
    }

    fn clock(
        &mut self,
        books: &mut Books<'_, '_>,
        one: &Envelope,
        before: &[&Event],
    ) -> Result<(), Error> {
        let running = self.watches.iter().rposition(|watch| !watch.ended);
        match &one.event {
            Event::ClockStarted { clock } => self.watches.push(Watch {
                kind: clock.kind,
                team: clock.team,
                began: clock.started_at,
                ended: false,
                late: false,
            }),
            Event::Breached { team, .. } => {
                let Some(place) = running.filter(|place| !self.watches[*place].late) else {
                    return Ok(());
                };
                self.watches[place].late = true;
                let word = format!("{}_missed", self.watches[place].kind.as_str());
                let mine = std::mem::replace(&mut self.team, *team);
                self.enter(books, one, &word)?.clock = Some(place);
                self.team = mine;
            }
            Event::ClockStopped { state, .. } => {
                let Some(place) = running else { return Ok(()) };
                let watch = self.watches[place].clone();
                self.watches[place].ended = true;
                let outcome = match state {
                    ClockState::Met => Some("kept"),
                    ClockState::Missed if !watch.late => Some("missed"),
                    ClockState::Cancelled => Some("void"),
                    _ => None,
                };
                self.watches[place].late |= outcome == Some("missed");
                let kind = watch.kind.as_str();
                if let Some(outcome) = outcome {
                    self.enter(books, one, &format!("{kind}_{outcome}"))?.clock = Some(place);
                }
                let by_answer =
                    matches!(before.first(), Some(Event::Commented { answer: true, .. }));
                if *state == ClockState::Met || *state == ClockState::Missed && by_answer {
                    let minutes = books.open_minutes(one, watch.team, watch.began)?;
                    let entry = self.enter(books, one, &format!("{kind}_reply"))?;
                    (entry.clock, entry.value) = (Some(place), minutes);
                }
            }
            Event::ClockResumed { place, .. } => {
                let place = place.unwrap_or(self.watches.len().saturating_sub(1));
                if let Some(watch) = self.watches.get_mut(place) {
                    watch.ended = false;
                }
                for entry in &mut self.entries {
                    let is_late = entry.word.ends_with("_missed");
                    if entry.clock == Some(place) && !is_late {
                        (entry.is_on, entry.is_spam) = (false, false);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn rated(
        &mut self,
        books: &mut Books<'_, '_>,
        one: &Envelope,
        rating: i64,
        team: TeamId,
    ) -> Result<(), Error> {
        for entry in self.entries.iter_mut().filter(|entry| entry.word.starts_with("rated")) {
            (entry.is_on, entry.is_spam) = (false, false);
        }
        match self.entries.iter().find(|entry| entry.word == "survey_asked").cloned() {
            Some(asked) => {
                let (word, seq) = ("rated".to_owned(), one.seq);
                self.entries.push(Entry { word, value: rating, seq, ..asked });
            }
            None => {
                let mine = std::mem::replace(&mut self.team, team);
                self.enter(books, one, "rated_unasked")?.value = rating;
                self.team = mine;
            }
        }
        Ok(())
    }

    fn stand(&mut self, books: &mut Books<'_, '_>, one: &Envelope) -> Result<(), Error> {
        let done = matches!(self.status, Status::Solved | Status::Closed);
        let waits = self.is_told && !done && !self.is_spam && !self.is_merged && !self.is_deleted;
        let now = waits.then(|| (self.level, self.team, self.area.clone(), self.plan.clone()));
        if now == self.stands {
            return Ok(());
        }
        if let Some((level, team, area, plan)) = self.stands.take() {
            let entry = self.enter(books, one, "left")?;
            (entry.level, entry.team, entry.area, entry.plan) = (level, team, area, plan);
        }
        if now.is_some() {
            self.enter(books, one, "waiting")?;
        }
        self.stands = now;
        Ok(())
    }
}

fn flows(word: &str) -> bool {
    word != "waiting" && word != "left"
}

/// What became of every promise that was told.
fn hold_ledger(tx: &mut Tx<'_>, words: &Outcomes) -> Result<Result<(), String>, Error> {
    let rows =
        tx.query("SELECT outcome, count(*) FROM promises GROUP BY outcome", store::params![])?;
    let mut said = Outcomes::new();
    for row in rows {
        said.insert(row.get(0)?, row.get(1)?);
    }
    Ok(if said == *words {
        Ok(())
    } else {
        Err(format!("the ledger of promises has {said:?}, the log {words:?}"))
    })
}

/// Every sum of every week.
fn hold_sums(tx: &mut Tx<'_>, lines: &BTreeMap<Line, i64>) -> Result<Result<(), String>, Error> {
    let mut said: BTreeMap<Line, i64> = BTreeMap::new();
    for dimension in Dimension::ALL {
        let all = (Week(0), Week(1_000_000));
        for row in store::reports::sums(tx, &Measure::ALL, dimension, all, None)? {
            for (value, times) in row.counts.iter() {
                let line = (
                    row.measure.as_str().to_owned(),
                    row.week.monday(),
                    row.level,
                    dimension.as_str(),
                    row.name.clone(),
                    value,
                );
                *said.entry(line).or_default() += times;
            }
        }
    }
    said.retain(|_, times| *times != 0);
    for (line, times) in lines {
        let found = said.remove(line).unwrap_or_default();
        if found != *times {
            return Ok(Err(format!("reports count {found} and the log {times} of {line:?}")));
        }
    }
    Ok(match said.first_key_value() {
        None => Ok(()),
        Some((line, times)) => Err(format!("reports count {times} and the log none of {line:?}")),
    })
}

/// What reports say by team over the last weeks, with percentiles by sorting and a backlog by counting up.
fn hold_reports(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    lines: &BTreeMap<Line, i64>,
    moves: &Standing,
) -> Result<Result<(), String>, Error> {
    for (name, kind) in [(Name::FirstReply, ClockKind::First), (Name::NextReply, ClockKind::Next)] {
        let report = desk::reports::report(tx, ctx, by_team(name))?;
        for group in &report.groups {
            let of = |word: &str| {
                values(lines, &report, &format!("{}_{word}", kind.as_str()), &group.name)
            };
            let (kept, missed, minutes) = (of("kept"), of("missed"), of("reply"));
            let sorted = |hundred: usize| {
                let rank = (minutes.len() * hundred).div_ceil(100).max(1);
                (minutes.len() >= 5).then(|| minutes[rank - 1])
            };
            let settled = count_of(&kept) + count_of(&missed);
            let share = (settled > 0).then(|| (count_of(&kept) * 1000 + settled / 2) / settled);
            let counted = (share, sorted(50), sorted(90));
            let sums = &group.sums;
            let said = (sums.attainment(kind), sums.minutes(kind, 50), sums.minutes(kind, 90));
            if said != counted {
                let what =
                    format!("{name:?} of {} says {said:?}, the log {counted:?}", group.label);
                return Ok(Err(what));
            }
        }
    }
    let report = desk::reports::report(tx, ctx, by_team(Name::Backlog))?;
    for group in &report.groups {
        for (week, sums) in report.weeks.iter().zip(&group.by_week) {
            let upto = moves.iter().filter(|((monday, team), _)| {
                *monday <= week.monday() && team.0.to_string() == group.name
            });
            let stand: i64 = upto.map(|(_, step)| step).sum();
            let said = sums.count(Measure::Waiting);
            if said != stand {
                let (label, week) = (&group.label, week.monday());
                return Ok(Err(format!("backlog of {label} in {week} is {said}, by log {stand}")));
            }
        }
    }
    Ok(Ok(()))
}

fn by_team(name: Name) -> Ask {
    Ask { name, weeks: 104, by: By::Dimension(Dimension::Team), level: None }
}

fn count_of(values: &[i64]) -> i64 {
    i64::try_from(values.len()).unwrap_or(i64::MAX)
}

/// The sorted values of a measure under a team's name in the report's weeks.
fn values(lines: &BTreeMap<Line, i64>, report: &Report, word: &str, name: &str) -> Vec<i64> {
    let first = report.weeks.first().map(|week| week.monday());
    let last = report.weeks.last().map(|week| week.monday());
    let mut found = Vec::new();
    for ((measure, monday, _, dimension, team, value), times) in lines {
        let within =
            first.is_some_and(|first| first <= *monday) && last.is_some_and(|last| *monday <= last);
        if within && measure == word && *dimension == "team" && team == name {
            found.extend((0..*times).map(|_| *value));
        }
    }
    found.sort_unstable();
    found
}

/// Holds a desk's reports against its log: as they were kept while it happened, and as they are made anew from the log
/// alone, as after an upgrade.
///
/// # Panics
///
/// With what differs.
pub fn agrees(desk: &TrialDesk) {
    let check = |when: &'static str| {
        let outcome = desk.look(desk.system(), differences).expect("the database works");
        outcome.unwrap_or_else(|wrong| panic!("{when}: {wrong}"))
    };
    let lines = check("as kept");
    assert!(lines > 0, "nothing was counted");
    let fold = || desk.change(desk.system(), |tx, _| desk::reports::fold(tx, 300));
    while fold().expect("facts are added up") > 0 {}
    check("as added up");
    let emptied = desk.change(desk.system(), |tx, _| {
        for table in ["report_facts", "report_weeks", "promises"] {
            tx.execute(&format!("DELETE FROM {table}"), store::params![])?;
        }
        Ok(store::reports::begin(tx)?)
    });
    emptied.expect("the tables are emptied");
    let is_filling = || desk.look(desk.system(), |tx, _| Ok(store::reports::upto(tx)?.is_some()));
    while is_filling().expect("the database works") {
        let read = desk.change(desk.system(), |tx, ctx| desk::reports::wake(tx, ctx, ctx.now));
        read.expect("old logs are read");
    }
    assert_eq!(check("as read from old logs"), lines);
    while fold().expect("facts are added up") > 0 {}
    assert_eq!(check("as read from old logs and added up"), lines);
}
