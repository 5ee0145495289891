//! The engines: one body for SQLite and PostgreSQL, and what only one of them has to promise.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of Tx is not general enough for a closure"
)]

#[path = "engine/places.rs"]
mod places;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use jiff::Timestamp;
use places::{Place, TABLES, on_each_engine, on_postgres, on_sqlite};
use store::migrate::Migration;
use store::{Engine, Error, Kind, Options, Row, Sql, Store, Tx, params};

fn insert(tx: &mut Tx<'_>, id: i64) -> Result<u64, Error> {
    tx.execute("INSERT INTO things (id, word) VALUES ($1, 'one')", params![id])
}

/// The same before the commit, and not now.
fn insert_late(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    let sql = "INSERT INTO things (id, word) VALUES ($1, $2)";
    tx.execute_late(sql, id, vec!["late".to_owned()])
}

fn count(store: &Store) -> i64 {
    let found =
        store.read_blocking(|tx| tx.query_one("SELECT count(*) FROM things", params![])?.get(0));
    found.unwrap_or_else(|error: Error| panic!("cannot count: {error:?}"))
}

fn one(store: &Store, sql: &'static str) -> Row {
    store
        .read_blocking(move |tx| tx.query_one(sql, params![]))
        .unwrap_or_else(|error: Error| panic!("{sql}: {error:?}"))
}

#[test]
fn sixty_four_callers_at_once_are_all_kept() {
    on_each_engine(|place| {
        let store = place.open();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();

        runtime.block_on(async {
            let callers = (0..64).map(|id| {
                let store = store.clone();
                tokio::spawn(async move { store.write(move |tx| insert(tx, id)).await })
            });
            for caller in callers.collect::<Vec<_>>() {
                caller.await.unwrap().unwrap();
            }
            store.ping().await.unwrap();
        });

        assert_eq!(count(&store), 64);
    });
}

/// Holds the writer until many wait, so that they share one commit.
#[test]
fn a_refusal_and_a_panic_leave_the_others_of_their_batch_alone() {
    on_each_engine(|place| {
        let store = place.open();
        let (release, is_released) = mpsc::channel::<()>();
        let started = Arc::new(Barrier::new(2));
        let first = {
            let (store, started) = (store.clone(), Arc::clone(&started));
            std::thread::spawn(move || {
                let mut waits = true;
                store.write_blocking(move |tx| {
                    // On SQLite the whole batch runs a second time once one of it is refused.
                    if std::mem::take(&mut waits) {
                        started.wait();
                        is_released.recv().unwrap();
                    }
                    insert(tx, 0)
                })
            })
        };
        started.wait();

        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let outcomes = runtime.block_on(async {
            let kept = store.write(|tx| insert(tx, 1).and_then(|_| insert_late(tx, 101)));
            let refused = store.write(|tx| -> Result<u64, Error> {
                insert(tx, 2)?;
                insert_late(tx, 102)?;
                Err(Error::NoRow)
            });
            let panicked = store.write(|tx| -> Result<u64, Error> {
                insert_late(tx, 103)?;
                insert(tx, 3)?;
                panic!("on purpose")
            });
            let also_kept = store.write(|tx| insert_late(tx, 104).and_then(|()| insert(tx, 4)));
            let releasing = async { release.send(()).unwrap() };
            tokio::join!(kept, refused, panicked, also_kept, releasing)
        });

        first.join().unwrap().unwrap();
        assert!(outcomes.0.is_ok() && outcomes.3.is_ok());
        assert!(matches!(outcomes.1, Err(Error::NoRow)));
        assert_eq!(outcomes.2.unwrap_err().to_string(), "a transaction panicked: on purpose");
        let ids = store.read_blocking(|tx| {
            let rows = tx.query("SELECT id FROM things ORDER BY id", params![])?;
            rows.iter().map(|row| row.get(0)).collect::<Result<Vec<i64>, Error>>()
        });
        assert_eq!(ids.unwrap(), [0, 1, 4, 101, 104]);
    });
}

#[test]
fn after_a_panic_the_store_serves_on() {
    on_each_engine(|place| {
        let store = place.open();
        for _ in 0..20 {
            let panicked: Result<(), Error> = store.write_blocking(|_| panic!("on purpose"));
            assert!(matches!(panicked, Err(Error::Panicked(_))));
            let panicked: Result<(), Error> = store.read_blocking(|_| panic!("on purpose"));
            assert!(matches!(panicked, Err(Error::Panicked(_))));
        }

        store.write_blocking(|tx| insert(tx, 1)).unwrap();
        assert_eq!(count(&store), 1);
    });
}

#[test]
fn a_statement_that_failed_ends_its_transaction() {
    on_each_engine(|place| {
        let store = place.open();

        let swallowed: Result<(), Error> = store.write_blocking(|tx| {
            insert(tx, 1)?;
            let twice = insert(tx, 1).unwrap_err();
            assert!(twice.is_unique_violation());
            assert!(matches!(insert(tx, 2), Err(Error::Aborted)));
            Ok(())
        });

        assert!(matches!(swallowed, Err(Error::Aborted)));
        assert_eq!(count(&store), 0);
    });
}

#[test]
fn a_read_cannot_write() {
    on_each_engine(|place| {
        let store = place.open();

        assert!(matches!(store.read_blocking(|tx| insert(tx, 1)), Err(Error::ReadOnly)));
        assert!(matches!(store.read_blocking(|tx| tx.next_id(Kind::Ticket)), Err(Error::ReadOnly)));
        assert!(matches!(store.read_blocking(|tx| tx.change_id()), Err(Error::ReadOnly)));
        assert_eq!(count(&store), 0);
    });
}

#[test]
fn a_read_sees_one_picture() {
    on_each_engine(|place| {
        let store = place.open();
        let writer = store.clone();
        let (go, gone) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            gone.recv().unwrap();
            writer.write_blocking(|tx| insert(tx, 1)).unwrap();
            done.send(()).unwrap();
        });

        let (before, after): (i64, i64) = store
            .read_blocking(move |tx| {
                let before = tx.query_one("SELECT count(*) FROM things", params![])?.get(0)?;
                go.send(()).unwrap();
                is_done.recv().unwrap();
                Ok::<_, Error>((
                    before,
                    tx.query_one("SELECT count(*) FROM things", params![])?.get(0)?,
                ))
            })
            .unwrap();

        thread.join().unwrap();
        assert_eq!((before, after, count(&store)), (0, 0, 1));
    });
}

#[test]
fn parameters_go_by_their_number_and_not_by_their_place() {
    on_each_engine(|place| {
        let store = place.open();

        store
            .write_blocking(|tx| {
                insert(tx, 7)?;
                tx.execute(
                    "UPDATE things SET word = $2, other = '$1' WHERE id = $1 AND $1 > 0",
                    params![7, "two"],
                )
            })
            .unwrap();

        let row = one(&store, "SELECT word, other FROM things WHERE id = 7");
        assert_eq!(
            (row.get::<String>(0).unwrap().as_str(), row.get::<String>(1).unwrap().as_str()),
            ("two", "$1")
        );
        let missing = store
            .read_blocking(|tx| tx.query("SELECT id FROM things WHERE id = $2", params![1_i64]));
        assert!(missing.is_err());
    });
}

#[test]
fn every_kind_of_value_comes_back_as_it_went_in() {
    on_each_engine(|place| {
        let store = place.open();
        let at: Timestamp = "2026-03-29T01:00:00.123456Z".parse().unwrap();

        for id in [1_i64, 2] {
            store
                .write_blocking(move |tx| {
                    let all = id == 1;
                    tx.execute(
                        "INSERT INTO things (id, word, is_it, raw, at) VALUES ($1, $2, $3, $4, $5)",
                        params![
                            id,
                            all.then_some("naïve ☂"),
                            all.then_some(true),
                            all.then_some(&b"\0\xff"[..]),
                            all.then_some(at)
                        ],
                    )
                })
                .unwrap();
        }

        let row = one(&store, "SELECT word, is_it, raw, at FROM things WHERE id = 1");
        assert_eq!(row.get::<String>(0).unwrap(), "naïve ☂");
        assert!(row.get::<bool>(1).unwrap());
        assert_eq!(row.get::<Option<Vec<u8>>>(2).unwrap().as_deref(), Some(&b"\0\xff"[..]));
        assert_eq!(row.get::<Option<Timestamp>>(3).unwrap(), Some(at));
        let nothing = one(&store, "SELECT word, is_it, raw, at FROM things WHERE id = 2");
        assert_eq!(nothing.get::<Option<String>>(0).unwrap(), None);
        assert_eq!(nothing.get::<Option<bool>>(1).unwrap(), None);
        assert_eq!(nothing.get::<Option<Vec<u8>>>(2).unwrap(), None);
        assert_eq!(nothing.get::<Option<Timestamp>>(3).unwrap(), None);
    });
}

#[test]
fn null_and_a_value_may_take_turns_in_one_statement() {
    on_each_engine(|place| {
        let store = place.open();
        store.write_blocking(|tx| insert(tx, 1)).unwrap();

        for word in [None, Some("two"), None, Some("three")] {
            let found: i64 = store
                .write_blocking(move |tx| {
                    tx.execute("UPDATE things SET word = $2 WHERE id = $1", params![1, word])?;
                    let sql = "SELECT count(*) FROM things WHERE word IS NOT DISTINCT FROM CAST($1 AS TEXT)";
                    tx.query_one(sql, params![word])?.get(0)
                })
                .unwrap_or_else(|error: Error| panic!("{error:?}"));
            assert_eq!(found, 1);
        }
    });
}

#[test]
fn a_statement_made_at_run_time_finds_what_was_bound() {
    on_each_engine(|place| {
        let store = place.open();

        let found = store.write_blocking(|tx| {
            for id in 1..=5 {
                insert(tx, id)?;
            }
            let mut sql = Sql::new();
            sql.push("SELECT id FROM things WHERE word = ").bind("one").push(" AND id IN (");
            sql.join([2_i64, 4, 9], ", ", "NULL", |sql, id| {
                sql.bind(id);
            });
            sql.push(") ORDER BY id LIMIT ").bind(10_i64);
            tx.query(sql.text(), sql.params())?
                .iter()
                .map(|row| row.get(0))
                .collect::<Result<Vec<i64>, Error>>()
        });

        assert_eq!(found.unwrap(), [2, 4]);
    });
}

#[test]
fn ids_begin_at_one_and_rise_and_runs_are_whole() {
    on_each_engine(|place| {
        let store = place.open();

        let first: (i64, i64, i64) = store
            .write_blocking(|tx| {
                Ok::<_, Error>((
                    tx.next_id(Kind::Ticket)?,
                    tx.next_id(Kind::Ticket)?,
                    tx.next_id(Kind::User)?,
                ))
            })
            .unwrap();
        assert_eq!(first, (1, 2, 1));

        let threads = (0..8).map(|_| {
            let store = store.clone();
            std::thread::spawn(move || {
                let mut taken = Vec::new();
                for size in [1, 3, 49, 50, 51, 130] {
                    let first =
                        store.write_blocking(move |tx| tx.next_ids(Kind::Entry, size)).unwrap();
                    assert!(taken.last().is_none_or(|last| *last < first), "ids rise");
                    taken.extend(first..first + size);
                }
                taken
            })
        });
        let threads: Vec<_> = threads.collect();
        let mut all: Vec<i64> =
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        let taken = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), taken, "no id is given twice");
    });
}

#[test]
fn changes_rise_and_are_one_for_each_transaction() {
    on_each_engine(|place| {
        let store = place.open();

        let (first, again): (i64, i64) =
            store.write_blocking(|tx| Ok::<_, Error>((tx.change_id()?, tx.change_id()?))).unwrap();
        let second: i64 = store.write_blocking(|tx| tx.change_id()).unwrap();

        assert_eq!(first, again);
        assert!(first < second);
    });
}

#[test]
fn a_change_is_exported_once_nothing_earlier_can_still_come() {
    on_each_engine(|place| {
        let store = place.open();
        let (tell, told) = mpsc::channel::<i64>();
        let (go, gone) = mpsc::channel::<()>();
        let writer = store.clone();
        let thread = std::thread::spawn(move || {
            writer.write_blocking(move |tx| {
                insert(tx, 1)?;
                tell.send(tx.change_id()?).unwrap();
                gone.recv().unwrap();
                Ok::<_, Error>(())
            })
        });
        let change = told.recv().unwrap();

        let during: i64 = store.read_blocking(|tx| tx.stable_before()).unwrap();
        go.send(()).unwrap();
        thread.join().unwrap().unwrap();
        // Transactions of other tests on the same server hold the mark back until they end.
        let after =
            std::iter::repeat_with(|| store.read_blocking(|tx| tx.stable_before()).unwrap())
                .find(|stable: &i64| *stable > change);

        assert!(during <= change);
        assert!(after.is_some());
    });
}

#[test]
fn what_is_touched_is_told_after_the_commit_and_only_then() {
    on_each_engine(|place| {
        let store = place.open();
        let mut changes = store.changes();

        let refused: Result<(), Error> = store.write_blocking(|tx| {
            tx.touch("ticket:1");
            Err(Error::NoRow)
        });
        let mut inside = store.changes();
        store
            .write_blocking(move |tx| {
                insert(tx, 2)?;
                tx.touch("ticket:2");
                tx.touch("ticket:2");
                assert!(inside.try_recv().is_err(), "nothing is told before the commit");
                Ok::<_, Error>(())
            })
            .unwrap();

        assert!(refused.is_err());
        assert_eq!(&*changes.blocking_recv().unwrap(), "ticket:2");
        assert!(changes.try_recv().is_err());
    });
}

#[test]
fn locks_by_name_and_row_are_taken_on_both() {
    on_each_engine(|place| {
        let store = place.open();

        let found = store.write_blocking(|tx| {
            tx.lock_name("rota:replay")?;
            insert(tx, 1)?;
            let mut sql = Sql::new();
            sql.push("SELECT id FROM things WHERE id = ").bind(1_i64).push(tx.lock_suffix());
            tx.query_one(sql.text(), sql.params())?;
            let mut sql = Sql::new();
            sql.push("SELECT id FROM things ORDER BY id LIMIT ").bind(1_i64).push(tx.skip_locked());
            tx.query_one(sql.text(), sql.params())?.get::<i64>(0)
        });

        assert_eq!(found.unwrap(), 1);
    });
}

#[test]
fn a_transaction_that_waits_for_another_is_told_so() {
    on_each_engine(|place| {
        let store = place.open();
        let inner = store.clone();

        let nested = store.write_blocking(move |_| inner.write_blocking(|tx| insert(tx, 1)));

        assert!(matches!(nested, Err(Error::Nested)));
    });
}

#[test]
fn migrating_twice_changes_nothing() {
    on_each_engine(|place| {
        let store = place.open();
        store.write_blocking(|tx| insert(tx, 1)).unwrap();
        drop(store);

        let store = place.open();

        assert_eq!(count(&store), 1);
        let row = one(&store, "SELECT count(*), max(name), max(applied_at) FROM migrations");
        assert_eq!(row.get::<i64>(0).unwrap(), 1);
        assert_eq!(row.get::<String>(1).unwrap(), "things");
        assert_eq!(row.get::<Timestamp>(2).unwrap(), places::noon());
    });
}

#[test]
fn a_migration_that_changed_after_it_was_applied_is_refused() {
    on_each_engine(|place| {
        drop(place.open());
        let changed =
            Migration { sql: "CREATE TABLE things (id BIGINT PRIMARY KEY);", ..TABLES[0] };

        let refused = place.try_open(&[changed]).err().unwrap();

        assert_eq!(
            refused.to_string(),
            "migration 0001 (things) was applied with another text; an applied migration never changes"
        );
    });
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    on_each_engine(|place| {
        drop(place.open());

        let refused = place.try_open(&[]).err().unwrap();

        assert_eq!(
            refused.to_string(),
            "the database is at migration 0001 but this program knows only 0000; use a newer program"
        );
    });
}

#[test]
fn a_migration_that_fails_leaves_nothing_behind() {
    on_each_engine(|place| {
        drop(place.open());
        let broken = Migration {
            number: 2,
            name: "broken",
            sql: "CREATE TABLE extra (id BIGINT); SELECT nothing;",
        };

        let refused = place.try_open(&[TABLES[0], broken]).err().unwrap();

        assert_eq!(refused.to_string(), "migration 0002 (broken) failed");
        let store = place.open();
        let extra = store.read_blocking(|tx| tx.query("SELECT id FROM extra", params![]));
        assert!(extra.is_err());
    });
}

#[test]
fn our_own_tables_are_made_on_both() {
    on_each_engine(|place| {
        let store = Store::open(place.url(), &Options::default()).unwrap();

        assert_eq!(one(&store, "SELECT count(*) FROM tickets").get::<i64>(0).unwrap(), 0);
    });
}

#[test]
fn a_second_opener_is_refused_until_the_first_has_gone() {
    on_sqlite(|place| {
        let store = place.open();

        let refused = place.try_open(TABLES).err().unwrap();
        assert!(matches!(refused, Error::InUse(_)), "{refused:?}");

        drop(store);
        place.open();
    });
}

#[test]
fn a_file_is_copied_before_its_tables_change() {
    on_sqlite(|place| {
        let store = place.open();
        store.write_blocking(|tx| insert(tx, 1)).unwrap();
        drop(store);
        let second = Migration { number: 2, name: "more", sql: "DROP TABLE things;" };

        drop(place.try_open(&[TABLES[0], second]).unwrap());

        let copy = format!("{}.before-0002", place.url());
        let store = Store::open_with(&copy, &Options::default(), TABLES).unwrap();
        assert_eq!(count(&store), 1);
    });
}

#[test]
fn what_is_not_a_database_of_ours_is_said_clearly() {
    on_sqlite(|place| {
        let file = place.file();
        let says = |url: &str| Store::open(url, &Options::default()).err().unwrap().to_string();

        assert_eq!(
            says("mysql://localhost/desk"),
            "not a database URL; write sqlite://path/to/file.db or postgres://user@host/database"
        );
        let missing = file.with_file_name("missing");
        assert_eq!(
            says(&format!("sqlite://{}/desk.db", missing.display())),
            format!("the folder {} of the database file does not exist", missing.display())
        );
        std::fs::write(&file, "this is certainly not a database, however long one looks at it")
            .unwrap();
        assert_eq!(
            says(place.url()),
            format!("the file {} is not an SQLite database", file.display())
        );
        std::fs::remove_file(&file).unwrap();
        rusqlite::Connection::open(&file)
            .unwrap()
            .execute_batch("CREATE TABLE recipes (id INTEGER)")
            .unwrap();
        assert_eq!(
            says(place.url()),
            format!("the database file {} holds tables that are not ours", file.display())
        );
    });
}

#[test]
fn two_that_lock_each_other_both_get_through() {
    on_postgres(|place| {
        let store = place.open();
        store.write_blocking(|tx| insert(tx, 1).and_then(|_| insert(tx, 2))).unwrap();
        let (barrier, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));

        let threads = [(1_i64, 2_i64), (2, 1)].map(|(first, second)| {
            let (store, barrier, runs) = (store.clone(), Arc::clone(&barrier), Arc::clone(&runs));
            std::thread::spawn(move || {
                let mut is_first_run = true;
                store.write_blocking(move |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let sql = "UPDATE things SET word = 'locked' WHERE id = $1";
                    tx.execute(sql, params![first])?;
                    if std::mem::take(&mut is_first_run) {
                        barrier.wait();
                    }
                    tx.execute(sql, params![second])
                })
            })
        });

        for thread in threads {
            thread.join().unwrap().unwrap();
        }
        assert!(runs.load(Ordering::Relaxed) > 2, "one of them had to begin again");
    });
}

#[test]
fn a_connection_that_breaks_before_the_commit_is_made_again() {
    on_postgres(|place| {
        let store = place.open();
        let mut is_first_run = true;

        store
            .write_blocking(move |tx| {
                insert(tx, 1)?;
                if std::mem::take(&mut is_first_run) {
                    tx.query("SELECT pg_terminate_backend(pg_backend_pid())", params![])?;
                }
                Ok::<_, Error>(())
            })
            .unwrap();

        assert_eq!(count(&store), 1);
    });
}

#[test]
fn another_node_hears_of_changes() {
    on_postgres(|place| {
        let (here, there) = (place.open(), place.open());
        let (mut own, mut news) = (here.changes(), there.changes());

        here.write_blocking(|tx| {
            tx.touch("ticket:12");
            tx.touch("ticket:13");
            Ok::<_, Error>(())
        })
        .unwrap();

        assert_eq!(&*news.blocking_recv().unwrap(), "ticket:12");
        assert_eq!(&*news.blocking_recv().unwrap(), "ticket:13");
        assert_eq!(
            (&*own.blocking_recv().unwrap(), &*own.blocking_recv().unwrap()),
            ("ticket:12", "ticket:13")
        );
        std::thread::sleep(Duration::from_millis(100));
        assert!(own.try_recv().is_err(), "a node does not hear itself");
    });
}

#[test]
fn two_nodes_that_start_together_migrate_once() {
    on_postgres(|place: &Place| {
        let stores: Vec<Store> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| place.open())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });

        assert!(stores.iter().all(|store| store.engine() == Engine::Postgres && count(store) == 0));
    });
}
