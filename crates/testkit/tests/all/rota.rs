//! Weeks that begin, handbooks that change and people who are away, on both engines. (ROT-05, D-28)

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use desk::Error;
use desk::rota::{Days, Rotas};
use domain::rota::{Cover, Fallback, Reason, Why};
use jiff::SignedDuration;
use jiff::civil::date;
use testkit::{HANDBOOK, TrialDesk, each_desk};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A handbook in which Session replay takes turns in an order.
fn handbook(order: &[&str]) -> String {
    let order: Vec<String> = order.iter().map(|name| format!("\"{name}@acme.test\"")).collect();
    let order = order.join(", ");
    let hero = format!(
        "slack = \"#support-replay\"\nlead = \"dee@acme.test\"\nhero = {{ order = [{order}], from = \"2026-01-05\" }}"
    );
    let members = format!("members = [{order}]");
    HANDBOOK
        .replace("slack = \"#support-replay\"", &hero)
        .replace("members = [\"bo@acme.test\", \"cy@acme.test\"]", &members)
}

fn rotas(desk: &TrialDesk) -> Rotas {
    let days = Days { from: date(2026, 6, 8), to: date(2026, 7, 13) };
    desk.look(desk.system(), move |tx, ctx| desk::rota::read(tx, ctx, "replay", days)).unwrap()
}

/// `06-08 bo` for each shift: the day in London and the holder.
fn told(desk: &TrialDesk) -> Vec<String> {
    let rotas = rotas(desk);
    let (loaded, shifts) = &rotas.teams[0];
    let line = |shift: &domain::rota::Shift| {
        let day = loaded.rota.rule.zone.to_datetime(shift.from).strftime("%m-%d").to_string();
        let email = shift.holder.and_then(|person| rotas.email(person)).unwrap_or("nobody");
        format!("{day} {}", email.split('@').next().unwrap_or_default())
    };
    shifts.iter().map(line).collect()
}

/// ROT-05
#[test]
fn a_new_order_applies_from_the_next_boundary_after_the_current_turn() {
    each_desk(|desk| {
        desk.activate(&handbook(&["bo", "cy"]));
        assert_eq!(told(desk), ["06-08 bo", "06-15 cy", "06-22 bo", "06-29 cy", "07-06 bo"]);

        desk.advance(DAY);
        desk.activate(&handbook(&["cy", "flo", "bo"]));

        assert_eq!(told(desk), ["06-08 bo", "06-15 cy", "06-22 flo", "06-29 bo", "07-06 cy"]);
        desk.advance(DAY * 14);
        desk.activate(&handbook(&["flo", "bo", "cy"]));
        assert_eq!(told(desk), ["06-08 bo", "06-15 cy", "06-22 flo", "06-29 bo", "07-06 cy"]);
    });
}

/// ROT-05: a week that began while nothing ran, began under the handbook of its time.
#[test]
fn weeks_of_a_downtime_began_under_the_old_handbook() {
    each_desk(|desk| {
        desk.activate(&handbook(&["bo", "cy"]));

        // The clock jumps, and nobody is woken.
        desk.clock().move_to("2026-06-24T12:00:00Z".parse().unwrap());
        desk.activate(&handbook(&["flo", "cy", "bo"]));

        assert_eq!(told(desk), ["06-08 bo", "06-15 cy", "06-22 bo", "06-29 flo", "07-06 cy"]);
    });
}

/// ROT-05, D-28
#[test]
fn somebody_who_leaves_while_holding_is_missed_aloud() {
    each_desk(|desk| {
        desk.activate(&handbook(&["bo", "cy"]));
        desk.advance(DAY * 2);

        desk.activate(&handbook(&["cy"]));

        let expected = ["06-08 bo", "06-10 nobody", "06-15 cy", "06-22 cy", "06-29 cy", "07-06 cy"];
        assert_eq!(told(desk), expected);
        let rotas = rotas(desk);
        let (bo, cy) = (desk.person("bo").id, desk.person("cy").id);
        let reason = Reason::Nobody(Why::Left(bo), Fallback::Previous(cy));
        assert_eq!(rotas.teams[0].1[1].reason, reason);
        // Whoever comes back holds what is left of the week.
        desk.advance(DAY);
        desk.activate(&handbook(&["bo", "cy"]));
        assert_eq!(told(desk)[..4], ["06-08 bo", "06-10 nobody", "06-11 bo", "06-15 cy"]);
    });
}

/// ROT-05
#[test]
fn a_team_without_a_hero_for_a_while_has_weeks_that_were_nobodys() {
    each_desk(|desk| {
        desk.activate(&handbook(&["bo", "cy"]));
        desk.advance(DAY);
        desk.activate(HANDBOOK);
        desk.advance(DAY * 14);
        assert_eq!(told(desk)[..3], ["06-08 bo", "06-15 nobody", "06-22 nobody"]);

        desk.activate(&handbook(&["bo", "cy"]));

        // The running week began now; what was nobody's stays so, and Cy is next after Bo.
        assert_eq!(told(desk)[..2], ["06-08 bo", "06-15 nobody"]);
        assert_eq!(told(desk).len(), 5);
    });
}

/// ROT-05, D-28
#[test]
fn an_absence_proposes_cover_and_says_nobody_until_it_is_there() {
    each_desk(|desk| {
        desk.activate(&handbook(&["bo", "cy"]));
        let bo = desk.person("bo");
        let away = Days { from: date(2026, 6, 24), to: date(2026, 6, 27) };

        let id = bo.id;
        let (absence, proposals) = desk
            .change(desk.acting(&bo), move |tx, ctx| desk::rota::absent(tx, ctx, id, away))
            .unwrap();

        let expected = [
            "06-08 bo",
            "06-15 cy",
            "06-22 bo",
            "06-24 nobody",
            "06-27 bo",
            "06-29 cy",
            "07-06 bo",
        ];
        assert_eq!(told(desk), expected);
        assert_eq!(proposals.len(), 1);
        let covers: Vec<Cover> = proposals[0].1.iter().map(|one| one.cover).collect();
        let cy = desk.person("cy");
        let in_return = "2026-06-28T23:00:00Z".parse().unwrap();
        assert_eq!(covers, [Cover::Swap { with: cy.id, in_return }]);
        // Somebody else cannot say that Bo is away, or back.
        let other = desk.acting(&cy);
        let refused =
            desk.change(other.clone(), move |tx, ctx| desk::rota::absent(tx, ctx, id, away));
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let refused =
            desk.change(other, move |tx, ctx| desk::rota::back(tx, ctx, absence.id).map(|_| ()));
        assert!(matches!(refused, Err(Error::NotFound)));
        desk.change(desk.acting(&bo), move |tx, ctx| {
            desk::rota::back(tx, ctx, absence.id).map(|_| ())
        })
        .unwrap();
        assert_eq!(told(desk), ["06-08 bo", "06-15 cy", "06-22 bo", "06-29 cy", "07-06 bo"]);
    });
}

/// ROT-05
#[test]
fn a_swap_whose_week_began_or_whose_order_changed_is_not_accepted_any_more() {
    each_desk(|desk| {
        desk.activate(&handbook(&["bo", "cy"]));
        let (bo, cy) = (desk.person("bo"), desk.person("cy"));
        let ask =
            |week| desk::rota::NewSwap { week, with: "bo@acme.test".to_owned(), in_return: None };
        let offer = |week| {
            let new = ask(week);
            desk.change(desk.acting(&cy), move |tx, ctx| {
                desk::rota::offer(tx, ctx, "replay", &new).map(|(_, swap)| swap.id)
            })
            .unwrap()
        };
        let (soon, later) = (offer(date(2026, 6, 15)), offer(date(2026, 6, 29)));
        desk.advance(DAY * 8);
        desk.activate(&handbook(&["bo", "cy", "flo"]));

        for id in [soon, later] {
            let answered = desk.change(desk.acting(&bo), move |tx, ctx| {
                let accepted = desk::rota::SwapState::Accepted;
                desk::rota::answer(tx, ctx, "replay", id, accepted).map(|_| ())
            });
            assert!(matches!(answered, Err(Error::Invalid(_))), "{answered:?}");
        }
    });
}
