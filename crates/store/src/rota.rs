//! Rotas: weeks that began, overrides, swaps and absences.

use domain::rota::{Absence, Override, Recorded, Rule, Started, Swap};
use domain::{ShiftId, TeamId, UserId};
use jiff::Timestamp;

use crate::{Error, Row, Sql, Tx, params};

const WEEK: &str = "SELECT from_at, to_at, turn_id, holder_id, swap_id, rule FROM rota_weeks";

/// The people with these addresses in lower case, as far as there are any, each with the address.
pub fn people(tx: &mut Tx<'_>, emails: &[&str]) -> Result<Vec<(String, UserId)>, Error> {
    if emails.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push(
        "SELECT i.folded, u.id FROM identities i JOIN users u ON u.id = i.user_id
         WHERE i.kind = 'email' AND u.is_active AND i.folded IN (",
    );
    sql.join(emails, ", ", "", |sql, email| {
        sql.bind(*email);
    });
    sql.push(")");
    let rows = tx.query(sql.text(), sql.params())?;
    rows.iter().map(|row| Ok((row.get(0)?, UserId(row.get(1)?)))).collect()
}

/// What has happened to a team's rota, as far as it matters from `from` until `to`: the first week, those that touch
/// the span or ended up to `from`, the last, and the changes and absences that reach into it.
pub fn recorded(
    tx: &mut Tx<'_>,
    team: TeamId,
    members: &[UserId],
    (from, to): (Timestamp, Timestamp),
) -> Result<Recorded, Error> {
    let first = week_at(tx, team, " ORDER BY from_at LIMIT 1")?;
    let last = week_at(tx, team, " ORDER BY from_at DESC LIMIT 1")?;
    let rows = tx.query(
        "SELECT from_at, to_at, turn_id, holder_id, swap_id, rule FROM rota_weeks
         WHERE team_id = $1 AND from_at < $3
         AND from_at >= coalesce((SELECT from_at FROM rota_weeks WHERE team_id = $1 AND from_at < $2 AND to_at <= $2
                                  ORDER BY from_at DESC LIMIT 1), $4)
         ORDER BY from_at",
        params![team.0, from, to, Timestamp::UNIX_EPOCH],
    )?;
    let mut weeks = rows.iter().map(started).collect::<Result<Vec<_>, _>>()?;
    let first_rule = first.as_ref().map(|(_, rule)| rule.clone());
    let last_rule = last.as_ref().map(|(_, rule)| rule.clone());
    weeks.extend(first.into_iter().chain(last).map(|(week, _)| week));
    weeks.sort_by_key(|week| week.from);
    weeks.dedup_by_key(|week| week.from);
    let overrides = overrides(tx, team, from, to)?;
    let swaps = swaps(tx, team, from)?;
    let mut people: Vec<UserId> = members.to_vec();
    people.extend(weeks.iter().map(|week| week.holder));
    people.extend(overrides.iter().map(|one| one.holder));
    people.extend(swaps.iter().flat_map(|one| [one.asker, one.other]));
    people.sort_unstable();
    people.dedup();
    let absences = absences(tx, team, &people, from)?;
    Ok(Recorded { weeks, first_rule, last_rule, overrides, swaps, absences })
}

fn week_at(
    tx: &mut Tx<'_>,
    team: TeamId,
    which: &'static str,
) -> Result<Option<(Started, Rule)>, Error> {
    let mut sql = Sql::new();
    sql.push(WEEK).push(" WHERE team_id = ").bind(team.0).push(which);
    let Some(row) = tx.query_opt(sql.text(), sql.params())? else { return Ok(None) };
    let text: String = row.get(5)?;
    let rule =
        serde_json::from_str(&text).map_err(|error| Error::corrupt("rota_weeks.rule", error))?;
    Ok(Some((started(&row)?, rule)))
}

fn started(row: &Row) -> Result<Started, Error> {
    Ok(Started {
        from: row.get(0)?,
        to: row.get(1)?,
        turn: UserId(row.get(2)?),
        holder: UserId(row.get(3)?),
        swap: row.get::<Option<i64>>(4)?.map(ShiftId),
    })
}

fn overrides(
    tx: &mut Tx<'_>,
    team: TeamId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Override>, Error> {
    let rows = tx.query(
        "SELECT id, holder_id, from_at, to_at, reason FROM rota_overrides
         WHERE team_id = $1 AND to_at > $2 AND from_at < $3 ORDER BY id",
        params![team.0, from, to],
    )?;
    let one = |row: &Row| {
        Ok(Override {
            id: ShiftId(row.get(0)?),
            holder: UserId(row.get(1)?),
            from: row.get(2)?,
            to: row.get(3)?,
            reason: row.get(4)?,
        })
    };
    rows.iter().map(one).collect()
}

const SWAP: &str = "SELECT id, state, asker_id, week_at, other_id, return_at FROM rota_swaps";

fn swaps(tx: &mut Tx<'_>, team: TeamId, from: Timestamp) -> Result<Vec<Swap>, Error> {
    let mut sql = Sql::new();
    sql.push(SWAP).push(" WHERE team_id = ").bind(team.0).push(" AND last_at >= ");
    sql.bind(from).push(" ORDER BY id");
    tx.query(sql.text(), sql.params())?.iter().map(swap).collect()
}

/// A swap, and its team.
pub fn load_swap(tx: &mut Tx<'_>, id: ShiftId) -> Result<Option<(Swap, TeamId)>, Error> {
    let sql = "SELECT id, state, asker_id, week_at, other_id, return_at, team_id FROM rota_swaps WHERE id = $1";
    let row = tx.query_opt(sql, params![id.0])?;
    row.map(|row| Ok((swap(&row)?, TeamId(row.get(6)?)))).transpose()
}

fn swap(row: &Row) -> Result<Swap, Error> {
    let state: String = row.get(1)?;
    Ok(Swap {
        id: ShiftId(row.get(0)?),
        state: state
            .parse()
            .map_err(|()| Error::corrupt("rota_swaps.state", format!("unknown state {state}")))?,
        asker: UserId(row.get(2)?),
        week: row.get(3)?,
        other: UserId(row.get(4)?),
        in_return: row.get(5)?,
    })
}

fn absences(
    tx: &mut Tx<'_>,
    team: TeamId,
    people: &[UserId],
    from: Timestamp,
) -> Result<Vec<Absence>, Error> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new();
    sql.push("SELECT id, user_id, team_id, from_at, to_at FROM rota_absences WHERE user_id IN (");
    sql.join(people, ", ", "", |sql, person| {
        sql.bind(person.0);
    });
    sql.push(") AND (to_at IS NULL OR to_at > ").bind(from);
    sql.push(") AND (team_id IS NULL OR team_id = ").bind(team.0).push(") ORDER BY id");
    let one = |row: &Row| {
        Ok(Absence {
            id: ShiftId(row.get(0)?),
            person: UserId(row.get(1)?),
            left: row.get::<Option<i64>>(2)?.is_some(),
            from: row.get(3)?,
            to: row.get(4)?,
        })
    };
    tx.query(sql.text(), sql.params())?.iter().map(one).collect()
}

/// Records that a week began; it is never changed. Says whether that was new.
pub fn begin(tx: &mut Tx<'_>, team: TeamId, week: &Started, rule: &Rule) -> Result<bool, Error> {
    let rule =
        serde_json::to_string(rule).map_err(|error| Error::corrupt("rota_weeks.rule", error))?;
    let rows = tx.execute(
        "INSERT INTO rota_weeks (team_id, from_at, to_at, turn_id, holder_id, swap_id, rule)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (team_id, from_at) DO NOTHING",
        params![
            team.0,
            week.from,
            week.to,
            week.turn.0,
            week.holder.0,
            week.swap.map(|swap| swap.0),
            &rule
        ],
    )?;
    Ok(rows > 0)
}

/// Stores an override. They are never changed.
pub fn insert_override(
    tx: &mut Tx<'_>,
    team: TeamId,
    one: &Override,
    made: (Option<UserId>, Timestamp),
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO rota_overrides (id, team_id, holder_id, from_at, to_at, reason, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            one.id.0,
            team.0,
            one.holder.0,
            one.from,
            one.to,
            &one.reason,
            made.0.map(|by| by.0),
            made.1
        ],
    )
    .map(|_| ())
}

/// Stores a swap that somebody asks for.
pub fn insert_swap(
    tx: &mut Tx<'_>,
    team: TeamId,
    swap: &Swap,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO rota_swaps (id, team_id, state, asker_id, week_at, other_id, return_at, last_at, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            swap.id.0,
            team.0,
            swap.state.as_str(),
            swap.asker.0,
            swap.week,
            swap.other.0,
            swap.in_return,
            swap.last_week(),
            now
        ],
    )
    .map(|_| ())
}

/// Records what was answered to a swap.
pub fn answer_swap(tx: &mut Tx<'_>, swap: &Swap, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE rota_swaps SET state = $2, answered_at = $3 WHERE id = $1",
        params![swap.id.0, swap.state.as_str(), now],
    )
    .map(|_| ())
}

/// Stores that somebody is away, or with a team that they left it.
pub fn insert_absence(
    tx: &mut Tx<'_>,
    team: Option<TeamId>,
    one: &Absence,
    made: (Option<UserId>, Timestamp),
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO rota_absences (id, user_id, team_id, from_at, to_at, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            one.id.0,
            one.person.0,
            team.map(|team| team.0),
            one.from,
            one.to,
            made.0.map(|by| by.0),
            made.1
        ],
    )
    .map(|_| ())
}

/// Ends an absence earlier than it was meant to.
pub fn end_absence(tx: &mut Tx<'_>, id: ShiftId, to: Timestamp) -> Result<(), Error> {
    tx.execute("UPDATE rota_absences SET to_at = $2 WHERE id = $1", params![id.0, to]).map(|_| ())
}
