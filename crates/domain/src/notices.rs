//! What people are told about, and when it may ring. (ROT-10)
//!
//! A notice is kept for somebody in the workspace at once. By mail it leaves within their hours: the first one as soon
//! as it is there, further ones some minutes later and together, so that a burst is one message. What is about a ticket
//! waits only for mails about tickets. Outside their hours and while they are away everything waits for the next open
//! instant. Before it leaves it is looked at again: what is
//! over by then, or was read in the workspace, needs no mail.

use handbook::{Calendar, Range};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::looks::Looks;
use crate::rota::SwapState;
use crate::{NoticeId, Rating, ShiftId, TeamId, Ticket, TicketId, UserId};

/// After a mail, the next one waits so long and takes along what comes until then.
pub const HOLD: SignedDuration = SignedDuration::from_mins(5);

/// Something somebody is told. Names and words live elsewhere; here are ids and instants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// Who is told.
    pub to: UserId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub what: What,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// The team it is about, where it is no ticket.
    pub team: Option<TeamId>,
    /// Whose doing it is, if a person's.
    pub by: Option<UserId>,
    /// When they read it.
    pub read_at: Option<Timestamp>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum What {
    /// A ticket was escalated to the team whose hero they are. (ESC-02)
    Escalated,
    /// A ticket of theirs, or of the team whose hero they are, is back from hold. (ST-04)
    BackFromHold,
    /// Somebody else gave them a ticket.
    Assigned,
    /// The customer wrote on their ticket.
    CustomerWrote,
    /// The customer found the help on their ticket poor. (CS-10)
    RatedLow {
        /// The rating.
        rating: Rating,
    },
    /// A note names them. Its words stay where they are.
    Mentioned,
    /// Something was said on a ticket they follow.
    Followed,
    /// A ticket they did not want to see for a while is back.
    SnoozeOver,
    /// A trigger or an automation tells them.
    Ruled {
        /// What it is called.
        rule: String,
        /// What it says.
        text: String,
    },
    /// They are asked for a swap. (ROT-05)
    SwapOffered {
        /// Which.
        swap: ShiftId,
        /// When the week begins that they would take.
        week: Timestamp,
        /// When the week begins that they would give.
        in_return: Timestamp,
    },
    /// A swap of theirs was answered, or taken back.
    SwapAnswered {
        /// What was answered.
        state: SwapState,
        /// When the one week begins.
        week: Timestamp,
        /// When the other begins.
        in_return: Timestamp,
    },
    /// Somebody gave them a span of a rota.
    TimeGiven {
        /// From when on.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// They are asked to take over while somebody is away.
    CoverAsked {
        /// From when on.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// Their week as hero begins, or they stand in for nobody. (D-28)
    WeekBegins {
        /// Until when.
        until: Timestamp,
        /// Whether they only stand in.
        stands_in: bool,
    },
    /// A draft of the weekly digest lies there. (ROT-09)
    DigestReady {
        /// The Monday of its week.
        week: Date,
    },
}

/// The sorts of notices that can be chosen one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`What::Escalated`].
    Escalated,
    /// [`What::BackFromHold`].
    BackFromHold,
    /// [`What::Assigned`].
    Assigned,
    /// [`What::CustomerWrote`] and [`What::RatedLow`].
    CustomerWrote,
    /// [`What::Mentioned`].
    Mentioned,
    /// [`What::Followed`].
    Followed,
    /// [`What::SnoozeOver`].
    Snoozed,
    /// [`What::Ruled`].
    Rule,
    /// Everything about swaps and cover.
    Rota,
    /// [`What::WeekBegins`].
    WeekBegins,
    /// [`What::DigestReady`].
    DigestReady,
}

impl Kind {
    /// All of them, in the order of the settings.
    pub const ALL: [Self; 11] = [
        Self::Escalated,
        Self::BackFromHold,
        Self::Assigned,
        Self::CustomerWrote,
        Self::Mentioned,
        Self::Followed,
        Self::Snoozed,
        Self::Rule,
        Self::Rota,
        Self::WeekBegins,
        Self::DigestReady,
    ];

    /// The word of a form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Escalated => "escalated",
            Self::BackFromHold => "back_from_hold",
            Self::Assigned => "assigned",
            Self::CustomerWrote => "customer_wrote",
            Self::Mentioned => "mentioned",
            Self::Followed => "followed",
            Self::Snoozed => "snoozed",
            Self::Rule => "rule",
            Self::Rota => "rota",
            Self::WeekBegins => "week_begins",
            Self::DigestReady => "digest_ready",
        }
    }
}

/// What somebody has chosen for themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Their hours on working days, where the handbook names none.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "range")]
    pub hours: Option<Range>,
    /// What does not come by mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub muted: Vec<Kind>,
    /// What comes by mail outside their hours, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anytime: Vec<Kind>,
    /// For how many seconds a reply of theirs can be taken back; 0 is not at all, none is [`UNDO_SECONDS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_seconds: Option<i64>,
    /// Where they go after sending.
    #[serde(default, skip_serializing_if = "AfterSending::is_default")]
    pub after_sending: AfterSending,
    /// How pages look to them.
    #[serde(default, skip_serializing_if = "Looks::is_default")]
    pub looks: Looks,
}

/// For how many seconds a reply can be taken back, unless its writer has chosen otherwise.
pub const UNDO_SECONDS: i64 = 10;
/// What can be chosen instead.
pub const UNDO_CHOICES: [i64; 4] = [10, 30, 60, 0];

impl Preferences {
    /// For how long a reply can be taken back.
    pub fn undo(&self) -> SignedDuration {
        SignedDuration::from_secs(self.undo_seconds.unwrap_or(UNDO_SECONDS).clamp(0, 60))
    }
}

/// Where somebody goes after sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterSending {
    /// To the next ticket of the list they came from.
    #[default]
    Next,
    /// They stay at what they sent.
    Stay,
    /// Back to the list.
    List,
}

impl AfterSending {
    /// All of them, in the order of the settings.
    pub const ALL: [Self; 3] = [Self::Next, Self::Stay, Self::List];

    /// The word of a form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Stay => "stay",
            Self::List => "list",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference to the field")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// When mail may reach somebody.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// Their hours.
    pub hours: &'a Calendar,
    /// When they are away; none as an end is until further notice.
    pub away: &'a [(Timestamp, Option<Timestamp>)],
    /// When the last mail of the kind left for them.
    pub last: Option<Timestamp>,
}

/// What is known when a notice is about to leave.
#[derive(Clone, Copy, Debug)]
pub struct Present<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// The ticket as it is.
    pub ticket: Option<&'a Ticket>,
    /// Where the swap stands.
    pub swap: Option<SwapState>,
    /// Whether the digest was sent.
    pub digest_is_sent: bool,
}

impl What {
    /// Its sort.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Escalated => Kind::Escalated,
            Self::BackFromHold => Kind::BackFromHold,
            Self::Assigned => Kind::Assigned,
            Self::CustomerWrote | Self::RatedLow { .. } => Kind::CustomerWrote,
            Self::Mentioned => Kind::Mentioned,
            Self::Followed => Kind::Followed,
            Self::SnoozeOver => Kind::Snoozed,
            Self::Ruled { .. } => Kind::Rule,
            Self::SwapOffered { .. }
            | Self::SwapAnswered { .. }
            | Self::TimeGiven { .. }
            | Self::CoverAsked { .. } => Kind::Rota,
            Self::WeekBegins { .. } => Kind::WeekBegins,
            Self::DigestReady { .. } => Kind::DigestReady,
        }
    }
}

impl Notice {
    /// Whether it is still worth a mail. A mention is, whatever became of the ticket: somebody wanted to say something.
    pub fn matters(&self, present: &Present<'_>) -> bool {
        let ticket =
            present.ticket.filter(|ticket| ticket.deleted_at.is_none() && ticket.spam.is_none());
        let open = ticket.filter(|ticket| !ticket.status.is_done());
        let own = open.filter(|ticket| ticket.assignee == Some(self.to));
        match self.what {
            What::Escalated => open.is_some_and(|ticket| ticket.escalation.is_some()),
            What::BackFromHold => {
                open.is_some_and(|ticket| ticket.assignee.is_none_or(|owner| owner == self.to))
            }
            What::Assigned => own.is_some(),
            What::CustomerWrote => own.is_some_and(|ticket| ticket.asked_at.is_some()),
            What::Mentioned | What::Ruled { .. } | What::RatedLow { .. } | What::Followed => {
                ticket.is_some()
            }
            What::SnoozeOver => open.is_some(),
            What::SwapOffered { .. } => present.swap == Some(SwapState::Offered),
            What::SwapAnswered { .. } => true,
            What::TimeGiven { to, .. } | What::CoverAsked { to, .. } => present.now < to,
            What::WeekBegins { until, .. } => present.now < until,
            What::DigestReady { .. } => !present.digest_is_sent,
        }
    }
}

impl Reach<'_> {
    /// The first instant from `now` on at which a mail may leave; `anytime` is also outside the hours. None while they
    /// are away until further notice.
    pub fn next(&self, now: Timestamp, anytime: bool) -> Option<Timestamp> {
        let held = self.last.and_then(|last| last.checked_add(HOLD).ok());
        let mut at = held.map_or(now, |until| until.max(now));
        loop {
            let before = at;
            let covers = |(from, to): &&(Timestamp, Option<Timestamp>)| {
                *from <= at && to.is_none_or(|to| at < to)
            };
            if let Some((_, back)) = self.away.iter().find(covers) {
                at = (*back)?;
            }
            if !anytime {
                at = self.hours.next_open(at);
            }
            if at == before {
                return Some(at);
            }
        }
    }
}

/// Somebody a note can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address, whose first part names them too.
    pub email: Option<String>,
}

impl Named {
    fn local_part(&self) -> Option<&str> {
        Some(self.email.as_deref()?.split_once('@')?.0)
    }

    fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or_default()
    }
}

/// Whom a note names: `@Bo`, `@bo`, `@Demo admin`, each once. A first name that several have names nobody.
pub fn mentioned(words: &str, people: &[Named]) -> Vec<UserId> {
    let unique = |person: &Named| {
        let first = person.first_name().to_lowercase();
        people.iter().filter(|other| other.first_name().to_lowercase() == first).count() == 1
    };
    let mut found: Vec<UserId> = Vec::new();
    for (place, _) in words.match_indices('@') {
        let before = words[..place].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || "._-+".contains(c)) {
            continue;
        }
        let rest = &words[place + 1..];
        let names = |person: &Named| {
            let handles = [Some(person.name.as_str()), person.local_part()];
            let first = Some(person.first_name()).filter(|_| unique(person));
            let handles = handles.into_iter().chain([first]).flatten();
            handles.filter(|handle| begins(rest, handle)).map(str::len).max()
        };
        let lengths: Vec<(usize, UserId)> =
            people.iter().filter_map(|person| Some((names(person)?, person.id))).collect();
        let longest = lengths.iter().map(|(length, _)| *length).max();
        for (length, id) in lengths {
            if Some(length) == longest && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found
}

/// Whether a text begins with a name, in any case, and the name ends there.
fn begins(text: &str, name: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let mut name = name.chars().flat_map(char::to_lowercase).peekable();
    name.peek().is_some()
        && name.all(|letter| letters.next() == Some(letter))
        && !letters.next().is_some_and(|next| next.is_alphanumeric() || next == '_')
}

/// Hours as the handbook writes them.
mod range {
    use handbook::Range;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(super) fn serialize<S: Serializer>(
        range: &Option<Range>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match range {
            Some(range) => serializer.collect_str(range),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Range>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| Range::parse(&text).map_err(D::Error::custom)).transpose()
    }
}
