//! Figures are asked for every few seconds: none of them walks what grows with the years.

use testkit::each_desk;

#[test]
fn no_figure_walks_what_is_over() {
    each_desk(|desk| {
        for number in 0..300 {
            desk.ask(&format!("kim-{number}@customer.test"), "It is broken", None);
        }
        let plans = desk
            .change(desk.system(), |tx, ctx| {
                // SQLite is told how a large desk looks; PostgreSQL looks.
                if tx.engine() == store::Engine::Postgres {
                    tx.execute("ANALYZE", &[]).map_err(desk::Error::from)?;
                }
                tx.plans_of(|tx| desk::figures::all(tx, ctx))
            })
            .unwrap();

        assert!(plans.len() > 10, "{plans:#?}");
        for plan in &plans {
            for table in ["tickets", "outbox", "mails", "report_facts", "wakeups"] {
                // SQLite says SCAN also of an index that holds only what waits; PostgreSQL walks what is small.
                let walks = plan.lines().filter(|line| line.starts_with(&format!("SCAN {table}")));
                let fine = ["tickets_unsolved", "tickets_by_due"];
                let bad: Vec<&str> =
                    walks.filter(|line| !fine.iter().any(|index| line.ends_with(index))).collect();
                assert!(bad.is_empty(), "{plan}");
            }
        }
    });
}
