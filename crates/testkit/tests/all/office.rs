//! A desk with one ticket of each kind, for trying conditions and searches on.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::texts::Body;
use desk::tickets::{NewTicket, Person, Reply, Stored, Update};
use desk::{Ctx, Error, Tx};
use domain::conditions::Item;
use domain::{Actor, Cause, Channel, Kind, Severity, Status, TeamId, TicketId, User, UserId};
use jiff::SignedDuration;
use testkit::TrialDesk;

/// A text for each ticket: subject and first message.
pub(crate) const TEXTS: [(&str, &str); 10] = [
    ("Flags fall back to default on Safari", "Since the update every flag is off on Safari 19."),
    ("Der Zähler zählt über Nacht rückwärts", "Größe und Maß: 41.2 % zu viel, siehe Straße."),
    ("東京都のフラグが消えた", "今朝から東京都の利用者だけフラグが表示されません。"),
    ("环境变量 无法保存", "更新以后环境变量不能保存，请帮忙。"),
    ("환불이 안 됩니다", "결제한 금액의 환불이 되지 않습니다. 확인 부탁드립니다."),
    ("مرحبا، الرسم فارغ", "الرسم البياني فارغ منذ الصباح."),
    (
        "🎫 100% _off_ (it's \"odd\") \\ ' ; --",
        "Emoji 🚀 and quotes \" ' and NEAR(a b) AND OR NOT *",
    ),
    ("", "No subject at all, only words: funnel, chart, safari."),
    ("Ωμέγα ΣΊΣΥΦΟΣ", "Ο Σίσυφος και ο βράχος."),
    ("Chart 4812 is empty", "The chart shows nothing. See ticket 3."),
];

/// Words that stand in some of these texts.
pub(crate) const WORDS: [&str; 22] = [
    "flag",
    "safari",
    "fall back",
    "zahl",
    "grosse",
    "41.2",
    "東京",
    "京都",
    "フラグ",
    "変",
    "环境变量",
    "환불",
    "الرسم",
    "🚀",
    "100%",
    "it's",
    "NEAR",
    "funnel",
    "chart",
    "σισυφος",
    "a",
    "3",
];

/// An address for each customer.
pub(crate) fn customer(number: usize) -> String {
    format!("customer{number}@{}", ["fernlight.test", "tallow.test", "freemail.test"][number % 3])
}

/// The person with this address.
pub(crate) fn person(desk: &TrialDesk, email: &str) -> User {
    let email = email.to_owned();
    let found = desk.look(desk.system(), move |tx, _| desk::sessions::candidate(tx, &email));
    found.unwrap().unwrap()
}

pub(crate) fn acting(desk: &TrialDesk, user: &User) -> Ctx {
    desk.system().acting_as(Actor::Person { id: user.id, role: user.role })
}

/// An agent's circumstances.
pub(crate) fn as_agent(desk: &TrialDesk, name: &str) -> Ctx {
    acting(desk, &person(desk, &format!("{name}@acme.test")))
}

pub(crate) fn team(desk: &TrialDesk, slug: &str) -> TeamId {
    let slug = slug.to_owned();
    let teams = desk.look(desk.system(), desk::teams::list).unwrap();
    teams.into_iter().find(|team| team.slug.as_deref() == Some(&slug)).unwrap().id
}

/// Organizations, people, and a ticket for each of [`TEXTS`], twice, no two of them alike.
pub(crate) fn furnish(desk: &TrialDesk) -> Vec<TicketId> {
    for name in ["Fernlight", "Tallow"] {
        let input = desk::organizations::Input {
            name: Some(name.to_owned()),
            domains: Some(vec![format!("{}.test", name.to_lowercase())]),
            ..desk::organizations::Input::default()
        };
        desk.change(desk.system(), move |tx, ctx| desk::organizations::create(tx, ctx, &input))
            .unwrap();
    }
    let ids: Vec<TicketId> = (0..2 * TEXTS.len()).map(|number| ticket(desk, number)).collect();
    for (number, id) in ids.iter().enumerate() {
        vary(desk, number, *id);
        desk.advance(SignedDuration::from_hours(5));
    }
    ids
}

/// Opens the ticket of a number.
fn ticket(desk: &TrialDesk, number: usize) -> TicketId {
    let (subject, words) = TEXTS[number % TEXTS.len()];
    let requester = Person::Address {
        email: customer(number % 7),
        name: Some(["Dana Reyes", "Kim Noor", "田中 花子"][number % 3].to_owned()),
    };
    let channel = [Channel::Web, Channel::Email, Channel::Api, Channel::App][number % 4];
    let mut new = NewTicket::request(requester, subject, Body::plain(words), channel);
    new.severity = [None, Some(Severity::Critical), Some(Severity::High)][number % 3];
    new.area = [None, Some("billing"), Some("session_replay"), Some("feature_flags")][number % 4]
        .map(str::to_owned);
    new.kind = [None, Some(Kind::Bug), Some(Kind::Question)][number % 3];
    new.tags = ["", "vip", "vip beta", "beta %x _y", "東京"][number % 5]
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    new.external_id = number.is_multiple_of(6).then(|| format!("EXT-{number}"));
    if number.is_multiple_of(5) {
        new.ccs = vec![Person::Address { email: customer(8), name: None }];
    }
    let values = [r#""gold""#, r#"["a","b,\"a"]"#, "7", "true", r#""7""#];
    if !number.is_multiple_of(7) {
        new.fields = vec![(77, Some(values[number % values.len()].to_owned()))];
    }
    let ctx = desk.system();
    let done = desk.change(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new)).unwrap();
    done.stored.ticket.id
}

/// Lets something else happen to each ticket.
fn vary(desk: &TrialDesk, number: usize, id: TicketId) {
    let agent = ["ada", "bo", "flo"][number % 3];
    let words = |text: &str, public| Reply {
        body: Body::markdown(text),
        public: Some(public),
        author: None,
        details: None,
    };
    let reply = |text| Some(words(text, true));
    let note = |text| Some(words(text, false));
    let update = match number % 8 {
        0 => return,
        1 => Update { comment: reply("Fixed in 41.2, funnel and all."), ..Update::default() },
        2 => Update {
            comment: reply("Which browser, Safari?"),
            status: Some(Status::Pending),
            ..Update::default()
        },
        3 => Update {
            comment: reply("Done."),
            status: Some(Status::Solved),
            cause: Some(Cause::Answered),
            ..Update::default()
        },
        4 => Update { comment: note("Same as the storage bug, flag it."), ..Update::default() },
        5 => Update { assignee: Some(None), add_tags: vec!["late".into()], ..Update::default() },
        6 => Update {
            subject: Some("Another subject: environment".into()),
            remove_tags: vec!["vip".into()],
            ..Update::default()
        },
        _ => return escalate(desk, agent, id),
    };
    let take = number % 4 == 1;
    let ctx = as_agent(desk, agent);
    let own = ctx.actor.user();
    let update = if take { Update { assignee: Some(own), ..update } } else { update };
    let changed = desk.change(ctx, move |tx, ctx| desk::tickets::update(tx, ctx, id, &update));
    assert!(matches!(changed, Ok(_) | Err(Error::Refused(_))), "{changed:?}");
}

fn escalate(desk: &TrialDesk, agent: &str, id: TicketId) {
    let to = team(desk, "flags");
    let note = Body::markdown("For you: the chart.");
    let done = desk.change(as_agent(desk, agent), move |tx, ctx| {
        desk::tickets::escalate(tx, ctx, id, to, &note, false)
    });
    assert!(matches!(done, Ok(_) | Err(Error::Refused(_))), "{done:?}");
}

/// A ticket with everything a condition may look at, read back from the storage.
pub(crate) struct Whole {
    pub(crate) stored: Stored,
    fields: Vec<(i64, String)>,
    comments: Vec<(UserId, String)>,
}

impl Whole {
    pub(crate) fn read(tx: &mut Tx<'_>, id: TicketId) -> Result<Self, Error> {
        let stored = store::tickets::load(tx, id)?.ok_or(Error::NotFound)?;
        let comments = store::comments::page(
            tx,
            id,
            store::comments::Whose::Ours,
            &store::page::Page::first(1000),
        )?;
        Ok(Self {
            fields: desk::tickets::field_values(tx, id)?,
            comments: comments.into_iter().map(|one| (one.author, one.body)).collect(),
            stored,
        })
    }

    pub(crate) fn item(&self) -> Item<'_> {
        Item {
            ticket: &self.stored.ticket,
            subject: &self.stored.subject,
            description: self.comments.first().map_or("", |(_, body)| body),
            external_id: self.stored.external_id.as_deref(),
            fields: &self.fields,
            comments: &self.comments,
            change: None,
        }
    }
}
