//! Lists in the order of work are walks along an index, however many tickets there are. (ROT-06, NF-06)

use domain::work::WorkClass;
use domain::{Status, TeamId, UserId};

use super::lists::statement;
use super::{COLUMNS, Filter, Order};
use crate::conditions::Fragment;
use crate::page::{Key, KeyValue, Page, Start};
use crate::{Error, Options, Param, Sql, Store};

/// Runs a test on an empty store.
pub(crate) fn with_store(name: &str, test: impl FnOnce(&Store)) {
    let folder = format!("answerable_plans_{name}_{}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir_all(&folder).expect("a temporary folder can be made");
    let url = format!("sqlite://{}", folder.join("desk.db").display());
    let store = Store::open(&url, &Options::default()).expect("a fresh store can be opened");
    test(&store);
    drop(store);
    let _ = std::fs::remove_dir_all(&folder);
}

/// How SQLite goes about a statement: what it walks along, and whether it sorts.
pub(crate) fn plan(store: &Store, sql: &Sql<'_>) -> String {
    let text = format!("EXPLAIN QUERY PLAN {}", sql.text());
    let nothing = sql.params().len();
    let rows: Vec<String> = store
        .read_blocking(move |tx| {
            // What is bound does not matter for the plan.
            let params = vec![Param::from(0_i64); nothing];
            let rows = tx.query(&text, &params)?;
            rows.iter().map(|row| row.get(3)).collect::<Result<_, Error>>()
        })
        .expect("a statement can be explained");
    rows.join("; ")
}

/// Plans are those of a large desk, although this one is empty.
#[test]
fn what_is_shown_first_is_read_first() {
    let waiting = Filter { statuses: vec![Status::New, Status::Open], ..Filter::default() };
    let of = |status| Filter { statuses: vec![status], ..Filter::default() };
    let soon = Filter { due_before: Some(1), ..waiting.clone() };
    let lists = [
        (waiting.clone(), Order::Due, "tickets_by_due (due_sort<?)"),
        (Filter { escalated: true, ..waiting }, Order::Due, "tickets_by_due (due_sort<?)"),
        (soon, Order::Due, "tickets_by_due (due_sort<?)"),
        (of(Status::Pending), Order::UpdatedAt, "tickets_by_status (status=?)"),
        (of(Status::Solved), Order::UpdatedAt, "tickets_by_status (status=?)"),
        (Filter::default(), Order::UpdatedAt, "SCAN t USING INDEX tickets_by_update"),
        (Filter::default(), Order::Id, "SCAN t"),
    ];
    with_store("first", |store| {
        for (filter, order, index) in &lists {
            let page = Page { descending: *order == Order::UpdatedAt, ..Page::first(50) };
            let plan =
                plan(store, &statement(COLUMNS, filter, &Fragment::default(), *order, &page));
            assert!(plan.contains(index), "{filter:?}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
        }
    });
}

#[test]
fn the_order_of_work_is_one_walk_along_an_index() {
    let waiting = Filter { statuses: vec![Status::New, Status::Open], ..Filter::default() };
    let team = Filter { team: Some(TeamId(1)), ..waiting.clone() };
    let of = |assignee| Filter { assignee: Some(assignee), ..waiting.clone() };
    let lists = [
        (team.clone(), "tickets_by_work (team_id=?"),
        (Filter { up_to: Some(WorkClass::Promised), ..team.clone() }, "tickets_by_work (team_id=?"),
        (of(None), "tickets_by_owner (assignee_id=?"),
        (of(Some(UserId(7))), "tickets_by_owner (assignee_id=?"),
    ];
    let place = Key { value: Some(KeyValue::Place([5, 0, 0])), id: 9 };
    with_store("lists", |store| {
        for (filter, index) in &lists {
            let starts =
                [Start::Offset(0), Start::After(place.clone()), Start::Before(place.clone())];
            for start in starts {
                let page = Page { start, ..Page::first(50) };
                let plan = plan(
                    store,
                    &statement(COLUMNS, filter, &Fragment::default(), Order::Work, &page),
                );
                assert!(plan.contains(index), "{filter:?}, {page:?}: {plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{filter:?}, {page:?}: {plan}");
            }
        }
    });
}
