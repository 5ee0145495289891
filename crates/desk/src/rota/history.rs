//! What happened to a team's rota, and whose doing it was.

use domain::rota::SwapState;
use domain::{User, UserId};
use jiff::Timestamp;
use serde::Deserialize;
use store::Tx;

use super::{SUBJECT, team};
use crate::{Act, Ctx, Error, require};

/// How much is told.
const MOST: i64 = 30;

/// Something that happened to a rota.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Happened {
    /// A week began.
    WeekBegan {
        /// When it did.
        from: Timestamp,
        /// Who holds it.
        holder: UserId,
    },
    /// A span was given to somebody.
    OverrideMade {
        /// To whom.
        holder: UserId,
        /// From when on.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// Somebody was asked to take over.
    CoverAsked {
        /// Who.
        holder: UserId,
        /// From when on.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// A swap was asked for.
    SwapOffered(Swapped),
    /// A swap was agreed on.
    SwapAccepted(Swapped),
    /// A swap was turned down.
    SwapRefused(Swapped),
    /// A swap was taken back.
    SwapWithdrawn(Swapped),
    /// Somebody will be away.
    AbsenceMade {
        /// Who.
        person: UserId,
        /// From when on.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// Somebody is back earlier, or not away after all.
    AbsenceEnded {
        /// Who.
        person: UserId,
    },
    /// Somebody is missed who left the team.
    MemberLeft {
        /// Who.
        person: UserId,
    },
    /// Somebody came back into the team.
    MemberCameBack {
        /// Who.
        person: UserId,
    },
}

/// Two people and their weeks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Swapped {
    /// Who asked.
    pub asker: UserId,
    /// When their week begins.
    pub week: Timestamp,
    /// Who was asked.
    pub other: UserId,
    /// When theirs begins.
    pub in_return: Timestamp,
}

impl Happened {
    /// The people it names.
    fn people(&self) -> Vec<UserId> {
        match self {
            Self::WeekBegan { holder, .. }
            | Self::OverrideMade { holder, .. }
            | Self::CoverAsked { holder, .. } => vec![*holder],
            Self::SwapOffered(swap)
            | Self::SwapAccepted(swap)
            | Self::SwapRefused(swap)
            | Self::SwapWithdrawn(swap) => vec![swap.asker, swap.other],
            Self::AbsenceMade { person, .. }
            | Self::AbsenceEnded { person }
            | Self::MemberLeft { person }
            | Self::MemberCameBack { person } => vec![*person],
        }
    }

    /// Of a swap, what became of it.
    pub fn swap(&self) -> Option<(SwapState, &Swapped)> {
        Some(match self {
            Self::SwapOffered(swap) => (SwapState::Offered, swap),
            Self::SwapAccepted(swap) => (SwapState::Accepted, swap),
            Self::SwapRefused(swap) => (SwapState::Refused, swap),
            Self::SwapWithdrawn(swap) => (SwapState::Withdrawn, swap),
            _ => return None,
        })
    }
}

/// An entry of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Whose doing it was; none is the desk's own.
    pub by: Option<UserId>,
    /// What happened.
    pub what: Happened,
}

/// What happened to a team's rota last, the newest first, and everybody it names.
///
/// # Errors
///
/// [`Error::NotFound`] for a team the handbook does not name.
pub fn history(tx: &mut Tx<'_>, ctx: &Ctx, slug: &str) -> Result<(Vec<Entry>, Vec<User>), Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let team = team(tx, &ctx.handbook, slug)?;
    let recorded = store::handbooks::admin_events(tx, SUBJECT, team.id.0, MOST)?;
    let mut entries = Vec::new();
    for one in recorded {
        let payload: serde_json::Value = serde_json::from_str(&one.payload).unwrap_or_default();
        let tagged = serde_json::json!({ "kind": one.kind, "payload": payload });
        // What a newer program has written is left out.
        let Ok(what) = serde_json::from_value::<Happened>(tagged) else { continue };
        let by = (one.actor_kind == "person").then(|| one.actor_id.parse().ok()).flatten();
        entries.push(Entry { at: one.at, by, what });
    }
    let named = entries.iter().flat_map(|entry| entry.what.people().into_iter().chain(entry.by));
    let mut people: Vec<UserId> = named.collect();
    people.sort_unstable();
    people.dedup();
    Ok((entries, store::users::many(tx, &people)?))
}
