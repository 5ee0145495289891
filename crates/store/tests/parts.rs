//! A part of a transaction that fails is undone alone, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "engine/places.rs"]
#[expect(dead_code, reason = "the places of another file of tests")]
mod places;

use places::on_each_engine;
use store::{Error, Kind, Tx, params};

fn insert(tx: &mut Tx<'_>, id: i64) -> Result<u64, Error> {
    tx.execute("INSERT INTO things (id, word) VALUES ($1, 'one')", params![id])
}

/// The same before the commit.
fn insert_late(tx: &mut Tx<'_>, id: i64) -> Result<(), Error> {
    let sql = "INSERT INTO things (id, word) VALUES ($1, $2)";
    tx.execute_late(sql, id, vec!["late".to_owned()])
}

#[test]
fn a_part_that_fails_leaves_the_rest() {
    on_each_engine(|place| {
        let store = place.open();
        let mut changes = store.changes();

        let ids = store
            .write_blocking(|tx| {
                let first = tx.next_id(Kind::Ticket)?;
                insert(tx, 1)?;
                let twice = tx.attempt(|tx| {
                    tx.touch("undone");
                    insert_late(tx, 102)?;
                    insert(tx, 2)?;
                    insert(tx, 2)
                });
                assert!(twice.is_err(), "the same key twice");
                let refused: Result<(), Error> = tx.attempt(|tx| {
                    tx.next_id(Kind::Ticket)?;
                    insert(tx, 3)?;
                    tx.attempt(|tx| insert(tx, 4))?;
                    Err(Error::NoRow)
                });
                assert!(matches!(refused, Err(Error::NoRow)));
                let hidden: Result<(), Error> = tx.attempt(|tx| {
                    let _ = insert(tx, 1);
                    Ok(())
                });
                assert!(matches!(hidden, Err(Error::Aborted)));
                tx.attempt(|tx| insert(tx, 5).and_then(|_| insert_late(tx, 105)))?;
                tx.touch("kept");
                Ok::<_, Error>((first, tx.next_id(Kind::Ticket)?))
            })
            .unwrap();

        let kept: Vec<i64> = store
            .read_blocking(|tx| {
                let rows = tx.query("SELECT id FROM things ORDER BY id", params![])?;
                rows.iter().map(|row| row.get(0)).collect::<Result<_, Error>>()
            })
            .unwrap();
        assert_eq!(kept, [1, 5, 105]);
        assert!(ids.1 > ids.0);
        assert_eq!(&*changes.blocking_recv().unwrap(), "kept");
    });
}
