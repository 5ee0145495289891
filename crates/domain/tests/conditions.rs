//! Conditions: what is understood, what is not, and that printing and reading are each other's opposite.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use domain::conditions::objects::{self, Object};
use domain::conditions::{
    Asker, Condition, CustomField, Named, Op, Order, OrderBy, OtherField, PersonField, Place,
    Query, Sort, Span, TimeField, Unit, When,
};
use domain::search::Words;
use domain::{Channel, Kind, Level, Severity, Status, TicketId};
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// What a query is printed as, and what of it was not understood.
fn read(text: &str) -> String {
    let parsed = Query::parse(text);
    let misread: Vec<String> = parsed.misread.iter().map(ToString::to_string).collect();
    assert_eq!(Query::parse(&parsed.query.to_string()).query, parsed.query, "{text}");
    if misread.is_empty() {
        parsed.query.to_string()
    } else {
        format!("{} ! {}", parsed.query, misread.join(", "))
    }
}

#[test]
fn the_query_language_is_understood() {
    for (typed, printed) in [
        ("", ""),
        (
            "status<solved priority:high tags:a assignee:me \"two words\" created>2026-01-01 -tag:x type:ticket",
            "type:ticket status<solved priority:high tags:a assignee:me \"two words\" created>2026-01-01 -tags:x",
        ),
        ("printer on fire", "printer on fire"),
        ("fire status:open printer", "fire printer status:open"),
        ("tags:a tags:b", "tags:a tags:b"),
        ("tags:\"a b\"", "(tags:a) (tags:b)"),
        ("status:open status:pending assignee:none", "status:open status:pending assignee:none"),
        ("assignee: group:\"Session replay\"", "assignee:none team:\"Session replay\""),
        ("created_at>4hours updated<=2d due<+3hours", "created>4hours updated<=2days due<+3hours"),
        ("-(a OR b) -word", "-(a OR b) -word"),
        ("is:unsolved is:escalated", "status<solved is:escalated"),
        (
            "team:mine assignee_id:17 requester:dana@fernlight.test",
            "team:mine assignee:17 requester:dana@fernlight.test",
        ),
        ("order_by:created_at sort:asc", "order_by:created sort:asc"),
        ("type:user type:ticket dana", "type:user type:ticket dana"),
        ("type:incident custom_field_7:a", "ticket_type:incident custom_field_7:a"),
        ("https://acme.test/x 10:30 C:\\temp", "https://acme.test/x 10:30 C:\\temp"),
        ("status:OPEN Priority>Normal", "status:open priority>normal"),
        ("a AND b", "a b"),
        ("a OR status:open", "a OR status:open"),
        ("type:ticket a OR b", "type:ticket (a OR b)"),
        ("tags:\"a b\" open", "((tags:a) (tags:b)) open"),
        ("(a (b OR c))", "a (b OR c)"),
        ("print) on) foo(bar) x", "print on foo(bar x"),
    ] {
        assert_eq!(read(typed), printed, "{typed}");
    }
}

#[test]
fn what_is_not_understood_is_named_and_holds_never() {
    for (typed, expected) in [
        ("colour:red a", "colour:red a ! colour:red: there is no such property"),
        (
            "status:banana",
            "status:banana ! status:banana: expected one of new, open, pending, hold, solved, closed, got \"banana\"",
        ),
        (
            "created>yesterdayish",
            "created>yesterdayish ! created>yesterdayish: expected a day, an instant or a span of time",
        ),
        ("tags<a", "tags<a ! tags<a: expected a colon"),
        ("id:x", "id:x ! id:x: expected a number"),
        ("is:nice", "is:nice ! is:nice: expected escalated, unsolved, solved or unassigned"),
    ] {
        let shown = read(typed);
        let (printed, why) = expected.split_once(" ! ").unwrap();
        assert!(shown.starts_with(&format!("{printed} ! ")), "{shown}");
        if !why.contains("banana\"") {
            assert_eq!(shown, expected);
        }
    }
}

#[test]
fn hostile_queries_are_read_to_an_end() {
    let hostile = [
        "\"",
        "-",
        "--",
        "- -",
        "-\"",
        "((((((((((((((((((((((((",
        "))))",
        "OR OR OR",
        ":",
        "a:",
        ":a",
        "\\",
        "\"\\",
        "🎫🎫 \u{202e}abc\u{0}",
        "NEAR(a b)",
        "a* ^b {subject} : x",
        "%_",
        "'; DROP TABLE tickets; --",
        "a\tb\nc",
        "status:",
        "status:\"",
        "created>99999999999999999999hours",
        "created>9223372036854775807years",
        "custom_field_99999999999999999999:x",
        "id:-1",
        "-()",
        "()",
        "-(-())",
    ];
    for text in hostile {
        let parsed = Query::parse(text);
        assert_eq!(Query::parse(&parsed.query.to_string()).query, parsed.query, "{text}");
    }
    for text in [
        "x".repeat(10_000),
        "a ".repeat(5_000),
        "(".repeat(10_000),
        "-".repeat(10_000),
        "\"".repeat(10_000),
    ] {
        let parsed = Query::parse(&text);
        assert!(parsed.misread[0].to_string().contains("too long"), "{:?}", parsed.misread);
        assert_eq!(parsed.query.condition, Condition::never());
    }
}

#[test]
fn days_begin_where_the_asker_is_and_spans_end_with_the_calendar() {
    let asker = Asker {
        user: None,
        teams: Vec::new(),
        now: "2026-03-29T12:00:00Z".parse().unwrap(),
        zone: TimeZone::get("Europe/London").unwrap(),
    };
    let span = |op, when| match Span::of(op, when, &asker) {
        Span::Within(from, until) => {
            [from, until].map(|at| at.map_or("-".to_owned(), |at| at.to_string())).join(" ")
        }
        other => format!("{other:?}"),
    };
    // The clocks go forward on that day: it has 23 hours.
    let day = When::Day(date(2026, 3, 29));
    assert_eq!(span(Op::Is, day), "2026-03-29T00:00:00Z 2026-03-29T23:00:00Z");
    assert_eq!(span(Op::Greater, day), "2026-03-29T23:00:00Z -");
    assert_eq!(span(Op::Less, day), "- 2026-03-29T00:00:00Z");
    assert_eq!(span(Op::Greater, When::Ago(4, Unit::Hours)), "2026-03-29T08:00:00Z -");
    assert_eq!(span(Op::Less, When::In(1, Unit::Months)), "- 2026-04-29T12:00:00Z");
    assert_eq!(span(Op::Is, When::Never), "Missing");
    assert_eq!(span(Op::Less, When::Never), "Nowhere");
    assert_eq!(
        span(Op::Greater, When::Ago(i64::MAX, Unit::Years)),
        format!("{} -", jiff::Timestamp::MIN)
    );
}

fn object(field: &str, operator: &str, value: &str) -> Object {
    Object { field: field.to_owned(), operator: operator.to_owned(), value: value.to_owned() }
}

#[test]
fn condition_objects_are_read_as_queries_are() {
    let all = [
        object("status", "less_than", "solved"),
        object("assignee_id", "is", "current_user"),
        object("group_id", "is", "current_groups"),
        object("current_tags", "includes", "a b"),
        object("current_tags", "not_includes", "c"),
        object("updated_at", "greater_than", "24"),
        object("created_at", "greater_than", "2026-01-01"),
        object("custom_fields_7", "present", ""),
        object("organization_id", "is", ""),
        object("subject_includes_word", "includes", "fire smoke"),
    ];
    let any = [object("priority", "is", "high"), object("type", "is", "incident")];

    let condition = objects::read(&all, &any).unwrap();

    assert_eq!(
        condition.to_string(),
        "status<solved assignee:me team:mine tags:a tags:b -tags:c updated<24hours created>2026-01-01 \
         -custom_field_7:none organization:none subject:fire subject:smoke (priority:high OR ticket_type:incident)"
    );
    let (all, any) = objects::write(&condition);
    assert_eq!(objects::read(&all, &any).unwrap(), condition);
}

#[test]
fn an_object_that_is_not_understood_is_named_by_its_place() {
    let wrong = |object: Object| objects::read(&[object], &[]).unwrap_err().to_string();
    assert_eq!(wrong(object("colour", "is", "red")), "all[0].field: there is no field \"colour\"");
    assert_eq!(
        wrong(object("status", "contains", "open")),
        "all[0].operator: expected one of the operators of this field"
    );
    assert_eq!(
        wrong(object("status", "is", "banana")),
        "all[0].value: expected one of the words of this field"
    );
    assert_eq!(
        wrong(object("created_at", "less_than", "soon")),
        "all[0].value: expected a day, an instant or a number of hours"
    );
    let any = objects::read(&[], &[object("query", "is", "colour:red")]).unwrap_err().to_string();
    assert_eq!(any, "any[0].value: colour:red: there is no such property");
}

fn word() -> impl Strategy<Value = Words> {
    prop_oneof!["[a-zé東京0-9]{1,8}", "[ -~]{1,10}"].prop_map(|text: String| Words::typed(&text))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "[ -~]{1,8}"].prop_filter("names nothing", |text: &String| {
        text.trim() == text && !text.is_empty() && text != "none"
    })
}

fn named() -> impl Strategy<Value = Named> {
    prop_oneof![
        Just(Named::Me),
        Just(Named::None),
        (0_i64..99).prop_map(Named::Id),
        text().prop_map(Named::Name)
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![Op::Is, Op::Less, Op::LessOrIs, Op::Greater, Op::GreaterOrIs])
}

fn when() -> impl Strategy<Value = When> {
    let at = |second| When::At(jiff::Timestamp::from_second(second).unwrap());
    let day = |(year, month, day)| When::Day(date(year, month, day));
    let unit = || prop::sample::select(Unit::ALL.to_vec());
    prop_oneof![
        Just(When::Never),
        (0_i64..4_000_000_000).prop_map(at),
        (1970_i16..2100, 1_i8..13, 1_i8..28).prop_map(day),
        (0_i64..1000, unit()).prop_map(|(count, unit)| When::Ago(count, unit)),
        (0_i64..1000, unit()).prop_map(|(count, unit)| When::In(count, unit)),
    ]
}

fn of_people() -> impl Strategy<Value = Condition> {
    use PersonField::{Assignee, Cc, Requester};
    prop_oneof![
        (prop::sample::select(vec![Requester, Assignee, Cc]), named())
            .prop_map(|(field, who)| Condition::Person(field, who)),
        named().prop_map(Condition::Team),
        named()
            .prop_filter("nobody's own", |which| *which != Named::Me)
            .prop_map(Condition::Organization),
    ]
}

fn of_words() -> impl Strategy<Value = Condition> {
    let place = || prop::sample::select(vec![Place::Subject, Place::Description, Place::Comment]);
    let in_place = |(place, words)| Condition::Text(place, vec![words]);
    prop_oneof![
        prop::collection::vec(word(), 1..4)
            .prop_map(|words| Condition::Text(Place::Anywhere, words)),
        (place(), "[ -~]{1,8}".prop_map(Words::exact)).prop_map(in_place),
        (place(), "[a-z]{1,8}".prop_map(Words::open)).prop_map(in_place),
    ]
}

fn of_facts() -> impl Strategy<Value = Condition> {
    let levels = vec![Level::Low, Level::Normal, Level::High, Level::Urgent];
    let tag = "[a-z_]{1,6}".prop_filter("names nothing", |tag: &String| tag != "none");
    let kind = prop::option::of(prop::sample::select(Kind::ALL.to_vec()));
    let severity = prop::option::of(prop::sample::select(Severity::ALL.to_vec()));
    let field = (1_i64..99).prop_map(CustomField::Id);
    prop_oneof![
        (1_i64..9999).prop_map(|id| Condition::Number(TicketId(id))),
        (op(), prop::sample::select(Status::ALL.to_vec()))
            .prop_map(|(op, status)| Condition::Status(op, status)),
        (op(), prop::sample::select(levels)).prop_map(|(op, level)| Condition::Priority(op, level)),
        kind.prop_map(Condition::Kind),
        severity.prop_map(Condition::Severity),
        prop::option::of(text()).prop_map(Condition::Area),
        prop::sample::select(Channel::ALL.to_vec()).prop_map(Condition::Via),
        prop::option::of(tag).prop_map(Condition::Tag),
        prop::option::of(text()).prop_map(Condition::ExternalId),
        Just(Condition::Escalated),
        (field, prop::option::of(text())).prop_map(|(id, value)| Condition::Custom(id, value)),
        (prop::sample::select(OtherField::ALL.to_vec()), prop::option::of(text()))
            .prop_map(|(field, value)| Condition::Other(field, value)),
    ]
}

fn leaf() -> impl Strategy<Value = Condition> {
    use TimeField::{Created, Due, Solved, Updated};
    let field = prop::sample::select(vec![Created, Updated, Solved, Due]);
    prop_oneof![
        4 => of_facts(),
        2 => of_people(),
        2 => of_words(),
        1 => (field, op(), when()).prop_map(|(field, op, when)| Condition::Time(field, op, when)),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::all),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::any),
            inner.prop_map(Condition::negated),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_is_printed_is_read_as_the_same(
        condition in condition(),
        sorts in prop::sample::subsequence(Sort::ALL.to_vec(), 0..3),
        order in prop::option::of((prop::sample::select(OrderBy::ALL.to_vec()), any::<bool>())),
    ) {
        let order = order.map(|(by, is_rising)| Order { by, is_rising });
        let query = Query { sorts, condition, order };
        let parsed = Query::parse(&query.to_string());
        let too_long = parsed.misread.iter().any(|one| one.to_string().contains("too"));
        prop_assume!(!too_long);
        prop_assert!(parsed.misread.is_empty(), "{query}: {:?}", parsed.misread);
        prop_assert_eq!(&parsed.query, &query, "{}", query);
    }

    #[test]
    fn whatever_is_typed_is_read_as_it_is_printed(text in "[ -~]{0,60}|[a-z:<>=()\" -]{0,60}") {
        let parsed = Query::parse(&text);
        let printed = parsed.query.to_string();
        prop_assert_eq!(Query::parse(&printed).query, parsed.query, "{}", printed);
    }
}
