//! Handover sheets: what one week's hero leaves to the next. (ROT-07)

use domain::handovers::{Handover, Line, Mark, Outcome};
use domain::work::WorkClass;
use domain::{TeamId, TicketId, UserId};
use jiff::Timestamp;

use crate::{Error, Row, Tx, params};

fn handover(row: &Row) -> Result<Handover, Error> {
    Ok(Handover {
        team: TeamId(row.get(0)?),
        week: row.get(1)?,
        ends_at: row.get(2)?,
        draw_at: row.get(3)?,
        drawn_at: row.get(4)?,
        passed_at: row.get(5)?,
        from: row.get::<Option<i64>>(6)?.map(UserId),
        to: row.get::<Option<i64>>(7)?.map(UserId),
    })
}

/// Says when the sheet of a week is to be drawn up; not any more once it is there.
pub fn expect(tx: &mut Tx<'_>, handover: &Handover) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO handovers (team_id, week_at, ends_at, draw_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (team_id, week_at) DO UPDATE SET draw_at = excluded.draw_at WHERE handovers.drawn_at IS NULL",
        params![handover.team.0, handover.week, handover.ends_at, handover.draw_at],
    )
    .map(|_| ())
}

/// The first handover of a team that is not over, if there is one.
pub fn ahead(tx: &mut Tx<'_>, team: TeamId) -> Result<Option<Handover>, Error> {
    let row = tx.query_opt(
        "SELECT team_id, week_at, ends_at, draw_at, drawn_at, passed_at, from_id, to_id FROM handovers
         WHERE team_id = $1 AND passed_at IS NULL ORDER BY week_at LIMIT 1",
        params![team.0],
    )?;
    row.as_ref().map(handover).transpose()
}

/// The handover of the last week of a team that began up to an instant.
pub fn at(tx: &mut Tx<'_>, team: TeamId, at: Timestamp) -> Result<Option<Handover>, Error> {
    let row = tx.query_opt(
        "SELECT team_id, week_at, ends_at, draw_at, drawn_at, passed_at, from_id, to_id FROM handovers
         WHERE team_id = $1 AND week_at <= $2 ORDER BY week_at DESC LIMIT 1",
        params![team.0, at],
    )?;
    row.as_ref().map(handover).transpose()
}

/// Keeps what has become of a handover.
pub fn update(tx: &mut Tx<'_>, handover: &Handover) -> Result<(), Error> {
    tx.execute(
        "UPDATE handovers SET drawn_at = $3, passed_at = $4, from_id = $5, to_id = $6 WHERE team_id = $1 AND week_at = $2",
        params![
            handover.team.0,
            handover.week,
            handover.drawn_at,
            handover.passed_at,
            handover.from.map(|user| user.0),
            handover.to.map(|user| user.0)
        ],
    )
    .map(|_| ())
}

/// The lines of a sheet, by their tickets' numbers.
pub fn lines(tx: &mut Tx<'_>, handover: &Handover) -> Result<Vec<Line>, Error> {
    let rows = tx.query(
        "SELECT ticket_id, work_rank, mark, waits_until, word, marked_by, marked_at, outcome FROM handover_lines
         WHERE team_id = $1 AND week_at = $2 ORDER BY ticket_id",
        params![handover.team.0, handover.week],
    )?;
    rows.iter().map(line).collect()
}

fn line(row: &Row) -> Result<Line, Error> {
    let unknown =
        |what: &str, word: &str| Error::corrupt("handover_lines", format!("{what} {word}"));
    let rank: i64 = row.get(1)?;
    let mark: Option<String> = row.get(2)?;
    let outcome: Option<String> = row.get(7)?;
    Ok(Line {
        ticket: TicketId(row.get(0)?),
        class: WorkClass::numbered(rank).ok_or_else(|| unknown("class", &rank.to_string()))?,
        mark: match mark {
            Some(word) => Some(Mark::named(&word).ok_or_else(|| unknown("mark", &word))?),
            None => None,
        },
        waits_until: row.get(3)?,
        word: row.get(4)?,
        marked_by: row.get::<Option<i64>>(5)?.map(UserId),
        marked_at: row.get(6)?,
        outcome: match outcome {
            Some(word) => Some(Outcome::named(&word).ok_or_else(|| unknown("outcome", &word))?),
            None => None,
        },
    })
}

/// How many tickets on a sheet were marked and still wait with the week's hero or with nobody.
pub fn count_marked(tx: &mut Tx<'_>, handover: &Handover) -> Result<i64, Error> {
    let row = tx.query_one(
        "SELECT count(*) FROM handover_lines l JOIN tickets t ON t.id = l.ticket_id
         WHERE l.team_id = $1 AND l.week_at = $2 AND l.mark IS NOT NULL AND t.team_id = $1 AND t.work_rank <= $3
         AND t.status IN ('new', 'open') AND t.deleted_at IS NULL AND coalesce(t.assignee_id, $4) = $4",
        params![
            handover.team.0,
            handover.week,
            WorkClass::LAST_HANDED_OVER.number(),
            handover.from.map_or(0, |user| user.0)
        ],
    )?;
    row.get(0)
}

/// Of a week that has ended: how many tickets were left, and how many of them without a word.
pub fn count_left(tx: &mut Tx<'_>, handover: &Handover) -> Result<(i64, i64), Error> {
    let row = tx.query_one(
        "SELECT count(*), count(*) - count(mark) FROM handover_lines
         WHERE team_id = $1 AND week_at = $2 AND outcome = $3",
        params![handover.team.0, handover.week, Outcome::Left.as_str()],
    )?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Keeps a line, in place of what was said about its ticket before.
pub fn set_line(tx: &mut Tx<'_>, handover: &Handover, line: &Line) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO handover_lines (team_id, week_at, ticket_id, work_rank, mark, waits_until, word, marked_by,
             marked_at, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (team_id, week_at, ticket_id) DO UPDATE SET work_rank = excluded.work_rank, mark = excluded.mark,
             waits_until = excluded.waits_until, word = excluded.word, marked_by = excluded.marked_by,
             marked_at = excluded.marked_at, outcome = excluded.outcome",
        params![
            handover.team.0,
            handover.week,
            line.ticket.0,
            line.class.number(),
            line.mark.map(Mark::as_str),
            line.waits_until,
            &line.word,
            line.marked_by.map(|user| user.0),
            line.marked_at,
            line.outcome.map(Outcome::as_str)
        ],
    )
    .map(|_| ())
}
