//! How long the rotas of two hundred teams take for a year, in milliseconds: the best of ten rounds.

use std::time::Instant;

use domain::UserId;
use domain::rota::{Recorded, Rota, Rule};
use handbook::Handover;
use jiff::civil::{Time, Weekday, date};
use jiff::tz::TimeZone;

const TEAMS: i64 = 200;
const ZONES: [&str; 4] =
    ["Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Sydney"];

#[expect(clippy::print_stdout, reason = "the measurement is the answer")]
fn main() {
    let handover = Handover { weekday: Weekday::Monday, time: Time::midnight() };
    let rotas: Vec<Rota> = (0..TEAMS)
        .zip(ZONES.iter().cycle())
        .map(|(team, zone)| {
            let zone = TimeZone::get(zone).expect("the zone is in the database");
            let order: Vec<UserId> = (1..=5).map(|one| UserId(team * 10 + one)).collect();
            let rule = Rule::new(order.clone(), date(2026, 1, 5), handover, zone);
            Rota { rule, members: order, lead: None, recorded: Recorded::default() }
        })
        .collect();
    let span = ["2026-06-08T00:00:00Z", "2027-06-08T00:00:00Z"];
    let [from, to] = span.map(|at| at.parse().expect("that is an instant"));
    let mut best = f64::INFINITY;
    for _ in 0..10 {
        let since = Instant::now();
        let shifts: usize = rotas.iter().map(|rota| rota.shifts(from, to).len()).sum();
        assert!(shifts >= 200 * 52, "a year has 52 weeks");
        best = best.min(since.elapsed().as_secs_f64() * 1000.0);
    }
    println!("{best:.2}");
}
