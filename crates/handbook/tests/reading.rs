//! What a handbook means that is read without problems.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use handbook::{Handbook, Level, OpenWork, Range};
use jiff::civil::{Time, Weekday, time};

const SMALL: &str = "[[priority]]\nname = 'normal'\n[[team]]\nslug = 'support'\n";

fn read(more: &str) -> Handbook {
    Handbook::parse(&format!("{SMALL}{more}")).unwrap()
}

#[test]
fn what_is_left_out_has_its_default() {
    let handbook = read("");

    assert_eq!(handbook.company.timezone, "UTC");
    assert_eq!(handbook.company.triage, "support");
    assert_eq!(handbook.replies.next.to_string(), "2");
    assert_eq!(handbook.lifecycle.pending_reminder, Some(5 * 86_400));
    assert_eq!(handbook.csat.after, 72 * 3600);
    assert_eq!((handbook.csat.cap, handbook.csat.link), (None, 30 * 86_400));
    assert_eq!(handbook.replies.automatic_an_hour, 10);
    let channels: Vec<&str> = handbook.channels.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(channels, ["app", "form", "email", "api", "questions"]);
    assert_eq!(handbook.csat.posthog.key_env, "ANSWERABLE_POSTHOG_KEY");
    assert_eq!(handbook.company_calendar().days(), [true, true, true, true, true, false, false]);
    assert_eq!(handbook.facts.stale_after, 7 * 86_400);
    assert_eq!(handbook.digest.docs_tag, "docs");
    assert_eq!(handbook.digest.at.time, time(16, 0, 0, 0));
    assert_eq!(handbook.reports.public_weeks, None);
    assert_eq!(handbook.fields.severity, None);
    assert_eq!(handbook.availability.open_work, OpenWork::Hero);
    assert_eq!(handbook.priority(Level::High).level, Level::Normal);
}

#[test]
fn the_version_is_of_the_content_and_not_of_its_layout() {
    let one = read("[company]\nname = 'Acme'\ntimezone = 'UTC'\n[fields]\narea = 1000\n");
    let same = read(
        "# a comment\n[fields]\narea = 1_000\n[company]\ntimezone    = \"UTC\"\n\nname = \"Acme\" # here\n",
    );
    let other = read("[company]\nname = 'Acme!'\ntimezone = 'UTC'\n[fields]\narea = 1000\n");

    assert_eq!(one.version, same.version);
    assert_ne!(one.version, other.version);
    assert_eq!(one.version.len(), 64);
}

#[test]
fn a_team_keeps_what_it_does_not_change_of_the_hours() {
    let handbook = read(
        "timezone = 'America/New_York'\nhours = { ranges = ['09:00-17:00'] }\nholidays = [2026-07-03]\n\
         [hours]\ndays = ['mon', 'sun']\nholidays = ['2026-12-25']\n",
    );
    let team = handbook.calendar("support");

    assert_eq!(team.zone_name(), "America/New_York");
    assert_eq!(team.days(), [true, false, false, false, false, false, true]);
    assert_eq!(team.ranges().len(), 1);
    assert_eq!(team.holidays().iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-07-03"]);
    assert_eq!(handbook.company_calendar().ranges().len(), 0);
}

#[test]
fn a_rotation_hands_over_on_monday_at_midnight_unless_told() {
    let hero = |more: &str| {
        let text = format!(
            "members = ['A@b.c']\nhero = {{ order = ['a@B.c'], from = 2026-01-05{more} }}\n"
        );
        read(&text).teams[0].hero.clone().unwrap()
    };

    assert_eq!(
        (hero("").handover.weekday, hero("").handover.time),
        (Weekday::Monday, Time::midnight())
    );
    let wednesday = hero(", handover = 'wed 09:30'");
    assert_eq!(
        (wednesday.handover.weekday, wednesday.handover.time),
        (Weekday::Wednesday, time(9, 30, 0, 0))
    );
    assert_eq!(wednesday.order, ["a@b.c"]);
}

#[test]
fn a_contact_may_be_one_address_or_several() {
    let contacts =
        read("[contacts]\nsales = 'Sales@Acme.test'\nlegal = ['a@b.c', 'd@e.f']\n").contacts;

    assert_eq!(contacts.sales, ["Sales@Acme.test"]);
    assert_eq!(contacts.legal, ["a@b.c", "d@e.f"]);
    assert!(contacts.abuse.is_empty());
}

/// ROT-06
#[test]
fn what_comes_first_is_the_handbooks_to_say() {
    let facts = |mrr: f64| {
        let mut facts = handbook::Facts::default();
        facts.organization.mrr = mrr;
        facts
    };
    let silent = read("");
    assert!(silent.work.tagged.is_empty());
    assert!(!silent.is_top_account(&facts(1e6)));
    assert_eq!((silent.work.lease, silent.work.handover.text.as_str()), (1_800, "4h"));

    let handbook = read(
        "[work]\ntagged = ['CS']\ntop_account = 'organization.mrr >= 5000'\nlease = '10m'\nhandover = '8h'\n",
    );
    assert_eq!(handbook.work.tag_of(&["beta".to_owned(), "cs".to_owned()]), Some("cs"));
    assert!(handbook.is_top_account(&facts(5_000.0)));
    assert!(!handbook.is_top_account(&facts(4_999.0)));
    assert_eq!((handbook.work.lease, handbook.work.handover.text.as_str()), (600, "8h"));
}

/// ROT-03
#[test]
fn a_newcomer_is_limited_until_a_day_begins_where_they_are() {
    let handbook = read(
        "[[area]]\nslug = 'web'\nteam = 'support'\n[[person]]\nemail = 'eli@b.c'\ntimezone = 'America/New_York'\n\
         areas = { only = ['web'], until = '2026-03-01' }\n",
    );
    let limited = |at: &str| handbook.limited_to("Eli@b.c", at.parse().unwrap());

    let limit = limited("2026-03-01T04:59:59Z").unwrap();
    assert!(limit.allows(Some("web")) && !limit.allows(Some("billing")) && !limit.allows(None));
    assert!(limited("2026-03-01T05:00:00Z").is_none());
    assert!(handbook.limited_to("ada@b.c", "2026-01-01T00:00:00Z".parse().unwrap()).is_none());
}

/// D-11
#[test]
fn the_reminder_can_be_turned_off() {
    assert_eq!(read("[lifecycle]\npending_reminder = 'never'\n").lifecycle.pending_reminder, None);
}

#[test]
fn ids_of_fields_can_be_fixed() {
    let fields = read("[fields]\nseverity = 360001\nkind = 360003\n").fields;

    assert_eq!((fields.severity, fields.area, fields.kind), (Some(360_001), None, Some(360_003)));
}

/// ROT-10: somebody's own hours are on the working days of their team.
#[test]
fn own_hours_keep_the_days_of_the_team_and_may_be_in_another_zone() {
    let handbook = read("timezone = 'America/New_York'\nholidays = [2026-07-03]\n");
    let team = handbook.calendar("support");
    let hours = Range::parse("09:00-17:30").unwrap();

    let own = team.of_person(Some("Asia/Tokyo"), hours).unwrap();

    assert_eq!((own.zone_name(), own.days()), ("Asia/Tokyo", team.days()));
    assert_eq!(own.holidays(), team.holidays());
    assert_eq!(own.ranges()[0].to_string(), "09:00-17:30");
    assert_eq!(team.of_person(None, hours).unwrap().zone_name(), "America/New_York");
    assert!(team.of_person(Some("Mars/Base"), hours).is_err());
    assert_eq!(Range::parse("18:00-24:00").unwrap().to_string(), "18:00-24:00");
}

#[test]
fn what_becomes_of_open_work_is_said_in_a_word() {
    for (word, work) in
        [("hero", OpenWork::Hero), ("team", OpenWork::Team), ("stay", OpenWork::Stay)]
    {
        let handbook = read(&format!("[availability]\nopen_work = '{word}'\n"));
        assert_eq!(handbook.availability.open_work, work);
    }
}

/// CH-08
#[test]
fn a_channel_of_its_own_is_for_whom_any_rule_holds() {
    let handbook = read(
        "[[channel]]\nname = 'email'\n[[channel]]\nname = 'Slack'\nwho = 'by invitation'\nany = [
         { when = 'organization.mrr >= 2000.0', because = 'pays much' },
         { when = 'organization.trial', because = 'in trial' }]\n",
    );
    let asked = |mrr: f64, trial: bool| {
        let facts = handbook::OrganizationFacts { mrr, trial, ..Default::default() };
        let [one] = handbook.eligibilities(&facts).try_into().expect("one is not for everyone");
        let handbook::Eligibility { channel, because, any } = one;
        assert_eq!((channel, any), ("Slack", vec!["pays much", "in trial"]));
        because
    };

    assert_eq!(asked(2_400.0, true), ["pays much", "in trial"]);
    assert_eq!(asked(10.0, true), ["in trial"]);
    assert_eq!(asked(10.0, false), [""; 0]);
    assert_eq!(handbook.channels[1].who.as_deref(), Some("by invitation"));
}
