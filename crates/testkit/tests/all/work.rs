//! The order of work, the next ticket and what is given back, on both engines. (ROT-03, ROT-06, ROT-11)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::texts::Body;
use desk::tickets::{Filter, NewTicket, Order, Person, Reply, Stored, Update};
use desk::{Ctx, Error, Page, Start};
use domain::work::{Place, WorkClass};
use domain::{Actor, Channel, Role, Severity, Status, TicketId, User};
use handbook::Handbook;
use jiff::SignedDuration;
use testkit::{HANDBOOK, TrialDesk, each_desk};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The tests' handbook with something to say about what comes first.
fn handbook(work: &str) -> String {
    format!("{HANDBOOK}\n[work]\n{work}\n")
}

const POLICY: &str = "tagged = ['cs']\ntop_account = 'organization.mrr >= 5000.0'";

fn activate(desk: &TrialDesk, text: &str) {
    let text = text.to_owned();
    let parsed = Handbook::parse(&text).unwrap();
    let copy = parsed.clone();
    desk.change(desk.system(), move |tx, ctx| desk::handbooks::activate(tx, ctx, &copy, &text))
        .unwrap();
    desk.set_handbook(parsed);
    // What follows from it is due now.
    desk.advance(SignedDuration::ZERO);
}

fn person(desk: &TrialDesk, name: &str) -> User {
    let email = format!("{name}@acme.test");
    desk.look(desk.system(), move |tx, _| desk::sessions::candidate(tx, &email)).unwrap().unwrap()
}

fn acting(desk: &TrialDesk, name: &str) -> Ctx {
    let id = person(desk, name).id;
    desk.system().acting_as(Actor::Person { id, role: Role::Agent })
}

/// Somebody of an organization asks about something.
fn ask(desk: &TrialDesk, domain: &str, area: &str, severity: Option<Severity>) -> TicketId {
    let person = Person::Address { email: format!("kim@{domain}"), name: None };
    let mut new = NewTicket::request(person, "It broke", Body::plain("Help."), Channel::App);
    new.area = (!area.is_empty()).then(|| area.to_owned());
    new.severity = severity;
    let ctx = desk.system().acting_as(Actor::Anonymous);
    let done = desk.change(ctx, move |tx, ctx| desk::tickets::open(tx, ctx, &new));
    done.unwrap().stored.ticket.id
}

fn organization(desk: &TrialDesk, domain: &str, mrr: f64) {
    let facts = serde_json::json!({ "mrr": mrr });
    let input = desk::organizations::Input {
        name: Some(domain.to_owned()),
        domains: Some(vec![domain.to_owned()]),
        fields: facts.as_object().cloned().unwrap_or_default(),
        ..desk::organizations::Input::default()
    };
    desk.change(desk.system(), move |tx, ctx| desk::organizations::create(tx, ctx, &input))
        .unwrap();
}

fn change(desk: &TrialDesk, who: &str, id: TicketId, update: Update) {
    desk.change(acting(desk, who), move |tx, ctx| desk::tickets::update(tx, ctx, id, &update))
        .unwrap();
}

fn tag(desk: &TrialDesk, id: TicketId, tag: &str) {
    let add_tags = vec![tag.to_owned()];
    change(desk, "ada", id, Update { add_tags, ..Update::default() });
}

fn reply(desk: &TrialDesk, who: &str, id: TicketId) {
    let body = Body::plain("Try again.");
    let reply = Reply { body, public: Some(true), author: None, details: None };
    change(desk, who, id, Update { comment: Some(reply), ..Update::default() });
}

fn assign(desk: &TrialDesk, who: &str, id: TicketId, to: &str) {
    let to = person(desk, to).id;
    change(desk, who, id, Update { assignee: Some(Some(to)), ..Update::default() });
}

fn escalate(desk: &TrialDesk, id: TicketId, slug: &str) {
    let slug = slug.to_owned();
    desk.change(acting(desk, "ada"), move |tx, ctx| {
        let teams = desk::tickets::beside::teams(tx)?;
        let team = teams.iter().find(|team| team.slug.as_deref() == Some(&slug)).unwrap();
        desk::tickets::escalate(tx, ctx, id, team.id, &Body::plain("Please look."), false)
    })
    .unwrap();
}

fn load(desk: &TrialDesk, id: TicketId) -> Stored {
    desk.look(desk.system(), move |tx, ctx| desk::tickets::show(tx, ctx, id)).unwrap()
}

/// The list of what waits, read in pages of some size.
fn listed(desk: &TrialDesk, filter: &Filter, size: i64) -> Vec<Stored> {
    let mut all: Vec<Stored> = Vec::new();
    let mut start = Start::Offset(0);
    loop {
        let page = Page { start, ..Page::first(size) };
        let filter = filter.clone();
        let some = desk
            .look(desk.system(), move |tx, ctx| {
                Ok(desk::pages::rows(tx, ctx, std::slice::from_ref(&filter), Order::Work, &page)?
                    .tickets)
            })
            .unwrap();
        let Some(last) = some.last() else { return all };
        start = Start::After(desk::tickets::key(Order::Work, last));
        all.extend(some);
    }
}

fn waiting() -> Filter {
    Filter { statuses: vec![Status::New, Status::Open], ..Filter::default() }
}

fn classes(desk: &TrialDesk) -> Vec<(i64, i64)> {
    let all = listed(desk, &waiting(), 3);
    all.iter().map(|stored| (stored.ticket.id.0, stored.work.number())).collect()
}

/// ROT-06: one of each class, made in the wrong order, in the handbook's order; and what is over before what is near
/// before what has time.
#[test]
fn the_queue_is_in_the_handbooks_order() {
    each_desk(|desk| {
        activate(desk, &handbook(POLICY));
        organization(desk, "rich.test", 6000.0);
        organization(desk, "big.test", 3000.0);
        let low = ask(desk, "free.test", "session_replay", None);
        let promised = ask(desk, "big.test", "session_replay", None);
        let normal = ask(desk, "free.test", "session_replay", Some(Severity::High));
        let (high, top) = (
            ask(desk, "big.test", "session_replay", None),
            ask(desk, "rich.test", "session_replay", None),
        );
        let tagged = ask(desk, "free.test", "session_replay", None);
        for id in [normal, high, top] {
            escalate(desk, id, "replay");
        }
        tag(desk, tagged, "cs");
        desk.advance(HOUR);
        let later = ask(desk, "big.test", "session_replay", None);

        let ids = [tagged, top, high, normal, promised, later, low].map(|id| id.0);
        let expected: Vec<(i64, i64)> = ids.into_iter().zip([1, 2, 3, 4, 5, 5, 6]).collect();
        assert_eq!(classes(desk), expected);
        // Answered it owes nothing more, and comes after those that do.
        reply(desk, "ada", promised);
        assert_eq!(load(desk, promised).work, WorkClass::Rest);
    });
}

/// ROT-06: the store and the pure comparison agree, whatever happened to the tickets and however the list is read.
#[test]
fn the_store_lists_as_the_domain_compares() {
    each_desk(|desk| {
        activate(desk, &handbook(POLICY));
        organization(desk, "rich.test", 6000.0);
        organization(desk, "big.test", 3000.0);
        let mut state = 7_u64;
        let mut roll = |sides: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % sides
        };
        let severities =
            [None, Some(Severity::Critical), Some(Severity::High), Some(Severity::Low)];
        for _ in 0..60 {
            let domain = ["free.test", "big.test", "rich.test"][usize::try_from(roll(3)).unwrap()];
            let severity = severities[usize::try_from(roll(4)).unwrap()];
            let id = ask(desk, domain, "session_replay", severity);
            if roll(4) == 0 {
                escalate(desk, id, "replay");
            }
            if roll(5) == 0 {
                tag(desk, id, "cs");
            }
            if roll(5) == 0 {
                reply(desk, "ada", id);
            }
            // Over a weekend many get the same deadline.
            if roll(3) == 0 {
                desk.advance(SignedDuration::from_hours(i64::try_from(roll(60)).unwrap()));
            }
        }
        let handbook = desk.handbook();
        let email = "kim@free.test";
        for size in [1, 7, 100] {
            let found = listed(desk, &waiting(), size);
            let place = |stored: &Stored| {
                let class = WorkClass::of(&stored.ticket, &stored.subject, email, &handbook);
                Place::of(&stored.ticket, class)
            };
            let mut expected = found.clone();
            expected.sort_by_key(place);
            let ids = |all: &[Stored]| all.iter().map(|one| one.ticket.id.0).collect::<Vec<_>>();
            assert_eq!(ids(&found), ids(&expected));
            let all = desk
                .look(desk.system(), |tx, ctx| {
                    desk::tickets::list(tx, ctx, &waiting(), Order::Id, &Page::first(100))
                })
                .unwrap();
            assert_eq!(found.len(), all.len());
            let used: std::collections::BTreeSet<i64> =
                found.iter().map(|stored| stored.work.number()).collect();
            assert_eq!(used.len(), 6, "the story has tickets of every class");
        }
    });
}

/// ROT-06: another handbook places what waits anew, in steps; a crash between them loses nothing.
#[test]
fn another_handbook_places_tickets_anew() {
    each_desk(|desk| {
        activate(desk, HANDBOOK);
        let plain = ask(desk, "free.test", "session_replay", None);
        let tagged = ask(desk, "free.test", "session_replay", None);
        tag(desk, tagged, "vip");
        let rest = |id: TicketId| (id.0, 6);
        assert_eq!(classes(desk), [rest(plain), rest(tagged)]);
        let before = load(desk, tagged);

        activate(desk, &handbook("tagged = ['vip']"));

        assert_eq!(classes(desk), [(tagged.0, 1), rest(plain)]);
        // Nothing happened to the ticket itself.
        assert_eq!(load(desk, tagged).ticket, before.ticket);
        activate(desk, &handbook("tagged = ['cs']"));
        assert_eq!(classes(desk), [rest(plain), rest(tagged)]);
        // It is gone through once more, for a node that had not heard of the handbook; then it is over.
        desk.advance(SignedDuration::from_mins(2));
        let due = desk.look(desk.system(), |tx, ctx| desk::tickets::due(tx, ctx.now, 100)).unwrap();
        assert!(due.iter().all(|wakeup| wakeup.subject_kind != "work"), "{due:?}");
    });
}

fn next(desk: &TrialDesk, who: &str) -> Option<i64> {
    let lease = desk.change(acting(desk, who), desk::work::next).unwrap();
    lease.map(|lease| lease.ticket.0)
}

fn skip(desk: &TrialDesk, who: &str, id: i64, reason: &str) -> Result<(), Error> {
    let reason = reason.to_owned();
    desk.change(acting(desk, who), move |tx, ctx| {
        desk::work::skip(tx, ctx, TicketId(id), &reason).map(|_| ())
    })
}

/// ROT-11
#[test]
fn the_next_ticket_is_the_top_of_ones_queues_and_nobody_elses() {
    each_desk(|desk| {
        let (low, first) = (
            ask(desk, "a.test", "session_replay", None),
            ask(desk, "b.test", "session_replay", Some(Severity::Critical)),
        );
        let others = ask(desk, "c.test", "session_replay", Some(Severity::Critical));
        assign(desk, "dee", others, "dee");
        ask(desk, "d.test", "billing", None);

        // What Dee has is hers; Ada gets the first that nobody has.
        assert_eq!(next(desk, "ada"), Some(first.0));
        assert_eq!(next(desk, "dee"), Some(others.0));
        // Asking again passes nothing over.
        assert_eq!(next(desk, "ada"), Some(first.0));
        // An answer ends it.
        reply(desk, "ada", first);
        assert_eq!(next(desk, "ada"), Some(low.0));
        reply(desk, "dee", others);
        // Low is Ada's for now, and what was answered waits for nobody here.
        assert_eq!(next(desk, "dee"), None);
        // Time ends it, too.
        desk.advance(SignedDuration::from_mins(30));
        assert_eq!(next(desk, "dee"), Some(low.0));
        assert_eq!(next(desk, "ada"), None);
    });
}

/// ROT-11
#[test]
fn giving_back_needs_a_reason_and_lasts_until_tomorrow() {
    each_desk(|desk| {
        let (one, two) = (
            ask(desk, "a.test", "session_replay", Some(Severity::Critical)),
            ask(desk, "b.test", "session_replay", None),
        );
        assert_eq!(next(desk, "ada"), Some(one.0));

        let blank = skip(desk, "ada", one.0, "  ").unwrap_err();
        assert!(
            matches!(&blank, Error::Invalid(errors) if errors[0].field == "reason"),
            "{blank:?}"
        );
        assert_eq!(next(desk, "ada"), Some(one.0));
        skip(desk, "ada", one.0, "needs somebody with a Mac").unwrap();

        assert_eq!(next(desk, "ada"), Some(two.0));
        // For anybody else it is the next one.
        assert_eq!(next(desk, "dee"), Some(one.0));
        skip(desk, "dee", one.0, "on the phone").unwrap();
        let filter = desk::work::SkipFilter { ticket: Some(one), user: None };
        let skips = desk
            .look(desk.system(), move |tx, ctx| {
                desk::work::skips(tx, ctx, filter, &Page::first(10))
            })
            .unwrap();
        let told: Vec<_> = skips.iter().map(|skip| skip.reason.as_str()).collect();
        assert_eq!(told, ["needs somebody with a Mac", "on the phone"]);
        // The next day begins at midnight in London, 15 hours from now.
        skip(desk, "ada", two.0, "tomorrow").unwrap();
        desk.advance(HOUR * 15 - SignedDuration::from_secs(1));
        assert_eq!(next(desk, "ada"), None);
        desk.advance(SignedDuration::from_secs(1));
        assert_eq!(next(desk, "ada"), Some(one.0));
        assert!(matches!(skip(desk, "ada", 999, "none"), Err(Error::NotFound)));
    });
}

/// ROT-03
#[test]
fn a_newcomer_is_given_only_known_areas_and_a_gift_by_hand_warns() {
    each_desk(|desk| {
        let limit = "[[person]]\nemail = 'dee@acme.test'\nname = 'Dee'\n\
                     areas = { only = ['session_replay'], until = '2026-06-10' }\n";
        activate(desk, &format!("{HANDBOOK}\n{limit}"));
        let odd = ask(desk, "a.test", "", Some(Severity::Critical));
        let known = ask(desk, "b.test", "session_replay", None);

        assert_eq!(next(desk, "dee"), Some(known.0));
        skip(desk, "dee", known.0, "lunch").unwrap();
        assert_eq!(next(desk, "dee"), None);
        assign(desk, "ada", odd, "dee");
        let ticket = load(desk, odd).ticket;
        let told = desk
            .look(desk.system(), move |tx, ctx| desk::work::unfamiliar(tx, ctx, &ticket))
            .unwrap()
            .unwrap();
        assert_eq!((told.name.as_str(), told.areas), ("Dee", vec!["Session replay".to_owned()]));
        // By hand it is hers, and she is handed it.
        assert_eq!(next(desk, "dee"), Some(odd.0));
        // From that day on there is nothing to say.
        desk.advance(HOUR * 48);
        let ticket = load(desk, odd).ticket;
        let told =
            desk.look(desk.system(), move |tx, ctx| desk::work::unfamiliar(tx, ctx, &ticket));
        assert_eq!(told.unwrap(), None);
    });
}
