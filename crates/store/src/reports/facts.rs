//! The book of a ticket.

use domain::reports::{Book, Fact, Measure, Outcome, Saying, Told, Week};
use domain::{TeamId, TicketId, UserId};

use crate::{Error, Row, Sql, Tx, params};

pub(super) const FACT: &str = "SELECT measure, place, clock, at, week, level, team_id, area, channel, \
     language, plan, hero_id, value, counts, aside";

pub(super) fn fact(row: &Row) -> Result<Fact, Error> {
    let measure: String = row.get(0)?;
    let level: String = row.get(5)?;
    let channel: String = row.get(8)?;
    let unknown = || std::io::Error::other(format!("unknown measure {measure}"));
    Ok(Fact {
        measure: Measure::parse(&measure)
            .ok_or_else(|| Error::corrupt("report_facts.measure", unknown()))?,
        place: row.get(1)?,
        clock: row.get(2)?,
        at: row.get(3)?,
        week: Week(row.get(4)?),
        level: level.parse().map_err(|error| Error::corrupt("report_facts.level", error))?,
        team: TeamId(row.get(6)?),
        area: row.get(7)?,
        channel: channel.parse().map_err(|error| Error::corrupt("report_facts.channel", error))?,
        language: row.get(9)?,
        plan: row.get(10)?,
        hero: row.get::<Option<i64>>(11)?.map(UserId),
        value: row.get(12)?,
        counts: row.get(13)?,
        aside: row.get(14)?,
    })
}

pub(super) const TOLD: &str = "SELECT place, at, saying, due_at, clock, outcome, settled_at, level, team_id, ticket_id FROM promises";

pub(super) fn told(row: &Row) -> Result<Told, Error> {
    let (saying, outcome, level): (String, String, String) =
        (row.get(2)?, row.get(5)?, row.get(7)?);
    let unknown = |word: &str| std::io::Error::other(format!("unknown word {word}"));
    Ok(Told {
        place: row.get(0)?,
        at: row.get(1)?,
        saying: Saying::parse(&saying)
            .ok_or_else(|| Error::corrupt("promises.saying", unknown(&saying)))?,
        due_at: row.get(3)?,
        clock: row.get(4)?,
        outcome: Outcome::parse(&outcome)
            .ok_or_else(|| Error::corrupt("promises.outcome", unknown(&outcome)))?,
        settled_at: row.get(6)?,
        level: level.parse().map_err(|error| Error::corrupt("promises.level", error))?,
        team: TeamId(row.get(8)?),
    })
}

/// Everything that is counted of a ticket.
pub fn book(tx: &mut Tx<'_>, ticket: TicketId) -> Result<Book, Error> {
    let mut sql = Sql::new();
    sql.push(FACT).push(" FROM report_facts WHERE ticket_id = ").bind(ticket.0);
    sql.push(" ORDER BY place, measure");
    let facts = tx.query(sql.text(), sql.params())?;
    let mut sql = Sql::new();
    sql.push(TOLD).push(" WHERE ticket_id = ").bind(ticket.0).push(" ORDER BY place");
    let promises = tx.query(sql.text(), sql.params())?;
    Ok(Book {
        facts: facts.iter().map(fact).collect::<Result<_, _>>()?,
        told: promises.iter().map(told).collect::<Result<_, _>>()?,
    })
}

/// Writes what became of a book; what is as it was before is not written again.
pub fn save(tx: &mut Tx<'_>, ticket: TicketId, before: &Book, now: &Book) -> Result<(), Error> {
    let changed: Vec<&Fact> =
        now.facts.iter().filter(|fact| !before.facts.contains(fact)).collect();
    for some in changed.chunks(50) {
        save_facts(tx, ticket, some)?;
    }
    let changed: Vec<&Told> = now.told.iter().filter(|told| !before.told.contains(told)).collect();
    for told in changed {
        save_told(tx, ticket, told)?;
    }
    Ok(())
}

fn save_facts(tx: &mut Tx<'_>, ticket: TicketId, facts: &[&Fact]) -> Result<(), Error> {
    let mut sql = Sql::new();
    sql.push(
        "INSERT INTO report_facts (ticket_id, place, measure, clock, at, week, level, team_id, area, channel, language,
             plan, hero_id, value, counts, aside, folded, pending) VALUES ",
    );
    sql.join(facts, ", ", "", |sql, fact| {
        sql.push("(").bind(ticket.0).push(", ").bind(fact.place);
        sql.push(", ").bind(fact.measure.as_str()).push(", ").bind(fact.clock);
        sql.push(", ").bind(fact.at).push(", ").bind(fact.week.0);
        sql.push(", ").bind(fact.level.as_str()).push(", ").bind(fact.team.0);
        sql.push(", ").bind(fact.area.as_str()).push(", ").bind(fact.channel.as_str());
        sql.push(", ").bind(fact.language.as_str()).push(", ").bind(fact.plan.as_str());
        sql.push(", ").bind(fact.hero.map(|hero| hero.0)).push(", ").bind(fact.value);
        sql.push(", ").bind(fact.counts).push(", ").bind(fact.aside);
        sql.push(", FALSE, ").bind(fact.counts).push(")");
    });
    sql.push(
        " ON CONFLICT (ticket_id, place, measure) DO UPDATE SET value = excluded.value, counts = excluded.counts,
             aside = excluded.aside, pending = (excluded.counts <> report_facts.folded)",
    );
    tx.execute(sql.text(), sql.params()).map(|_| ())
}

fn save_told(tx: &mut Tx<'_>, ticket: TicketId, told: &Told) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO promises (ticket_id, place, at, saying, due_at, clock, outcome, settled_at, level, team_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (ticket_id, place) DO UPDATE SET outcome = excluded.outcome, settled_at = excluded.settled_at",
        params![
            ticket.0,
            told.place,
            told.at,
            told.saying.as_str(),
            told.due_at,
            told.clock,
            told.outcome.as_str(),
            told.settled_at,
            told.level.as_str(),
            told.team.0
        ],
    )
    .map(|_| ())
}
