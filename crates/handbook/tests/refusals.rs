//! Handbooks that are refused, each with the line and the reason.

use handbook::Handbook;

/// A small handbook without problems; each case puts something wrong in place of a line or after the end.
const GOOD: &str = r#"[company]
name = "Acme"
timezone = "Europe/London"

[[priority]]
name = "high"
first_reply = "12h"
any = [
  { when = "organization.trial", because = "in trial" },
]

[[priority]]
name = "low"

[[team]]
slug = "support"
members = ["ada@acme.test", "bo@acme.test"]
hero = { order = ["ada@acme.test"], from = "2026-01-05" }

[[area]]
slug = "replay"
team = "support"
"#;

fn problems(text: &str) -> Vec<String> {
    Handbook::parse(text)
        .map_or_else(|problems| problems.0.iter().map(ToString::to_string).collect(), |_| vec![])
}

/// The problems after one line was replaced.
fn with_line(line: usize, text: &str) -> Vec<String> {
    let mut lines: Vec<&str> = GOOD.lines().collect();
    lines[line - 1] = text;
    problems(&lines.join("\n"))
}

/// The problems after more was added; the first new line is 24.
fn with_more(text: &str) -> Vec<String> {
    problems(&format!("{GOOD}\n{text}\n"))
}

#[test]
fn the_good_one_has_no_problem() {
    assert_eq!(problems(GOOD), [""; 0]);
}

/// A line of the good one, what replaces it, and the problem; empty where any will do.
const WRONG_LINES: &[(usize, &str, &str)] = &[
    (2, "nam = 'Acme'", "unknown key \"company.nam\"; did you mean \"name\"?"),
    (2, "name = 5", "company.name: expected text in quotes, found a number"),
    (
        3,
        "timezone = 'Europe/Londn'",
        "company.timezone: unknown time zone \"Europe/Londn\": use an IANA name like \"Europe/London\"",
    ),
    (
        3,
        "from = 'Acme <support>'",
        "company.from: \"Acme <support>\" is not a sender like \"Acme support <support@acme.test>\"",
    ),
    (3, "triage = 'suport'", "company.triage: unknown team \"suport\"; did you mean \"support\"?"),
    (
        6,
        "name = 'hihg'",
        "priority.name: unknown priority \"hihg\": it is one of urgent, high, normal, low",
    ),
    (6, "name = 'low'", ""),
    (
        7,
        "first_reply = '2d'",
        "priority.first_reply: \"2d\" is not a target: write open hours (\"24h\") or \"2 business days\"",
    ),
    (7, "first_repl = '12h'", "unknown key \"priority.first_repl\"; did you mean \"first_reply\"?"),
    (
        9,
        "  { when = 'organization.trail', because = 'x' },",
        "priority.any.when: organization has no \"trail\"; did you mean \"trial\"?",
    ),
    (
        9,
        "  { when = 'organization.mrr', because = 'x' },",
        "priority.any.when: the rule is a double, not a condition that is true or false",
    ),
    (9, "  { when = 'organization.trial' },", "priority.any.because is missing"),
    (9, "  { when = 'true', because = '' },", "priority.any.because: must not be empty"),
    (9, "  { when = 'true', becase = 'x' },", ""),
    (13, "", ""),
    (16, "slug = 'Sup port'", ""),
    (17, "members = ['ada@acme.test', 'bo']", "team.members: \"bo\" is not an e-mail address"),
    (
        17,
        "members = ['ada@acme.test', 'ADA@acme.test']",
        "team.members: \"ADA@acme.test\" is there twice",
    ),
    (
        18,
        "hero = { order = ['cy@acme.test'], from = '2026-01-05' }",
        "team.hero.order: unknown member \"cy@acme.test\": not in the team",
    ),
    (
        18,
        "hero = { order = ['bo@acme.test'], from = '2026-13-05' }",
        "team.hero.from: \"2026-13-05\" is not a date like \"2026-03-01\"",
    ),
    (
        18,
        "hero = { order = ['bo@acme.test'] }",
        "team.hero.from is missing: a day in the first week",
    ),
    (
        18,
        "hero = { order = [], from = '2026-01-05' }",
        "team.hero.order is missing or empty: name the members who take turns",
    ),
    (
        18,
        "hero = { order = ['bo@acme.test'], from = '2026-01-05', handover = 'monday' }",
        "team.hero.handover: \"monday\" is not a day and a time like \"mon 00:00\"",
    ),
    (
        18,
        "hero = { order = ['bo@acme.test'], from = '2026-01-05', handover = 'moo 00:00' }",
        "team.hero.handover: unknown day \"moo\": the days are mon, tue, wed, thu, fri, sat, sun",
    ),
    (18, "lead = 'zoe@acme.test'", "team.lead: unknown member \"zoe@acme.test\": no team has them"),
    (22, "team = 'replay'", "area.team: unknown team \"replay\""),
    (22, "team = 'support'\nfirst_level = 'first'", ""),
];

#[test]
fn a_line_that_is_wrong_is_named() {
    for &(line, text, problem) in WRONG_LINES {
        let found = with_line(line, text);

        if problem.is_empty() {
            assert!(!found.is_empty(), "{text} was accepted");
        } else {
            assert_eq!(found, [format!("line {line}: {problem}")], "{text}");
        }
    }
}

/// What is added, the line of the problem, and the problem.
const WRONG_SECTIONS: &[(&str, usize, &str)] = &[
    ("[hors]", 24, "unknown key \"hors\"; did you mean \"hours\"?"),
    ("[hours]\ndays = []", 25, "hours.days: no open hours at all: name at least one day"),
    (
        "[hours]\ndays = ['mon', 'monday']",
        25,
        "hours.days: unknown day \"monday\": the days are mon, tue, wed, thu, fri, sat, sun",
    ),
    (
        "[hours]\nranges = ['17:00-09:00']",
        25,
        "hours.ranges: \"17:00-09:00\" ends before it begins",
    ),
    ("[hours]\nranges = ['9-5']", 25, "hours.ranges: \"9-5\" is not a range like \"09:00-17:00\""),
    (
        "[hours]\nranges = ['09:00-12:00', '11:00-13:00']",
        25,
        "hours.ranges: the ranges from 09:00 and from 11:00 overlap",
    ),
    (
        "[hours]\nholidays = ['2026-02-30']",
        25,
        "hours.holidays: \"2026-02-30\" is not a date like \"2026-03-01\"",
    ),
    (
        "[hours]\nholidays = [5]",
        25,
        "hours.holidays: expected a date like \"2026-12-25\", found a number",
    ),
    ("[replies]\nnext = 0", 25, "replies.next: must be a number above zero"),
    (
        "[replies]\nwarn_before = ['1 business day']",
        25,
        "replies.warn_before: \"1 business day\" must be open hours like \"3h\"",
    ),
    ("[replies]\nwarn_before = ['1h', '60m']", 25, "replies.warn_before: \"60m\" is there twice"),
    (
        "[lifecycle]\nhold = { at_least = '8d', at_most = '7d' }",
        25,
        "lifecycle.hold: at_least is longer than at_most",
    ),
    (
        "[lifecycle]\ncloses_after = 'soon'",
        25,
        "lifecycle.closes_after: \"soon\" is not a duration like \"7d\" or \"72h\"",
    ),
    (
        "[lifecycle]\npending_reminder = '9d'",
        25,
        "lifecycle.pending_reminder: must come before pending_solves_after, or be \"never\"",
    ),
    (
        "[work]\ntagged = ['by cs']",
        25,
        "work.tagged: \"by cs\" is not a tag: one word of letters, digits and _-/.:",
    ),
    (
        "[work]\ntop_account = 'organization.mrr'",
        25,
        "work.top_account: the rule is a double, not a condition that is true or false",
    ),
    (
        "[work]\ntop_account = 'organization.mmr > 1.0'",
        25,
        "work.top_account: organization has no \"mmr\"; did you mean \"mrr\"?",
    ),
    ("[work]\nlease = '0m'", 25, "work.lease: \"0m\" is no time at all"),
    (
        "[work]\nhandover = '1 business day'",
        25,
        "work.handover: \"1 business day\" must be open hours like \"3h\"",
    ),
    ("[work]\ntaged = ['cs']", 25, "unknown key \"work.taged\"; did you mean \"tagged\"?"),
    ("[facts]\nstale_after = '0d'", 25, "facts.stale_after: \"0d\" is no time at all"),
    ("[facts]\nold_after = '7d'", 25, "unknown key \"facts.old_after\""),
    (
        "[digest]\ndocs_tag = 'two words'",
        25,
        "digest.docs_tag: \"two words\" is not a tag: letters, digits and _ - / . : only",
    ),
    (
        "[reports]\npublic_weeks = 105",
        25,
        "reports.public_weeks: 105 weeks are too many: 104 at most",
    ),
    ("[csat]\ncap = '0d'", 25, "csat.cap: \"0d\" is no time at all"),
    ("[csat]\ncap = 'often'", 25, "csat.cap: \"often\" is not a duration like \"7d\" or \"72h\""),
    (
        "[csat]\nchangeable = '36h'",
        25,
        "csat.changeable: \"36h\" is no whole number of days, such as \"7d\"",
    ),
    ("[csat]\nafter = 72", 25, "csat.after: expected text in quotes, found a number"),
    (
        "[availability]\nopen_work = 'boss'",
        25,
        "availability.open_work: \"boss\" must be \"hero\", \"team\" or \"stay\"",
    ),
    ("[csat]\nposthog = { key = 'phc_x' }", 25, "unknown key \"csat.posthog.key\""),
    ("[contacts]\nlegal = [' ']", 25, "contacts.legal: is empty"),
    ("[contacts]\nabuse = 5", 25, "contacts.abuse: expected a list, found a number"),
    ("[fields]\narea = 'a'", 25, "fields.area: expected a whole number above zero, found text"),
    ("[fields]\nseverity = 7\narea = 7", 26, "fields.area: 7 is the id of another field"),
    ("[[team]]\nslug = 'support'", 25, "team.slug: \"support\" is the slug of another team"),
    ("[[team]]\nname = 'Flags'", 24, "team.slug is missing"),
    (
        "[[team]]\nslug = 'a'\ntimezone = 'Moon'",
        26,
        "team.timezone: unknown time zone \"Moon\": use an IANA name like \"Europe/London\"",
    ),
    (
        "[[team]]\nslug = 'a'\nhours = { days = ['x'] }",
        26,
        "team.hours.days: unknown day \"x\": the days are mon, tue, wed, thu, fri, sat, sun",
    ),
    (
        "[[area]]\nslug = 'replay'\nteam = 'support'",
        25,
        "area.slug: \"replay\" is the slug of another area",
    ),
    ("[[area]]\nslug = 'a'", 24, "area.team is missing"),
    ("[[person]]\nname = 'Zoe'", 24, "person.email is missing"),
    (
        "[[person]]\nemail = 'a@b.c'\n[[person]]\nemail = 'A@b.c'",
        27,
        "person.email: \"a@b.c\" is there twice",
    ),
    (
        "[[person]]\nemail = 'a@b.c'\nhours = '9-5'",
        26,
        "person.hours: \"9-5\" is not a range like \"09:00-17:00\"",
    ),
    (
        "[[person]]\nemail = 'a@b.c'\nareas = { only = ['repla'] }",
        26,
        "person.areas.only: unknown area \"repla\"; did you mean \"replay\"?",
    ),
    ("[[priority]]\nname = 'low'\n", 25, "priority.name: \"low\" is there twice"),
];

#[test]
fn a_section_that_is_wrong_is_named() {
    for &(text, line, problem) in WRONG_SECTIONS {
        let found = with_more(text);

        let problem = format!("line {line}: {problem}");
        assert!(found.contains(&problem), "{text} gave {found:?} and not {problem}");
        assert!(found.len() == 1 || text.starts_with("[[priority]]"), "{text} gave {found:?}");
    }
}

#[test]
fn priorities_go_down_and_only_the_last_has_no_rules() {
    let priorities = |text: &str| problems(&format!("{text}\n[[team]]\nslug = 'support'\n"));
    let ruled = "any = [{ when = 'true', because = 'x' }]";

    assert_eq!(
        priorities(&format!("[[priority]]\nname = 'high'\n[[priority]]\nname = 'low'\n{ruled}")),
        [
            "line 1: priority.any: must have a rule: only the last priority has none",
            "line 5: priority.any: the last priority takes the rest and must have no rules",
        ]
    );
    assert_eq!(
        priorities(&format!("[[priority]]\nname = 'normal'\n{ruled}\n[[priority]]\nname = 'high'")),
        ["line 5: priority.name: \"high\" must come before \"normal\""]
    );
    assert_eq!(
        priorities(
            "[replies]\nnext = 1.5\n[[priority]]\nname = 'low'\nfirst_reply = '1 business day'"
        ),
        [
            "line 5: priority.first_reply: \"1 business day\" times 1.5 is not a whole number of days (replies.next)"
        ]
    );
}

#[test]
fn nothing_at_all_lacks_a_priority_and_a_team() {
    assert_eq!(
        problems(""),
        [
            "line 1: there is no priority: write at least one [[priority]]",
            "line 1: there is no team: write at least one [[team]]",
        ]
    );
}

#[test]
fn several_problems_are_told_together_in_the_order_of_their_lines() {
    let text = GOOD
        .replace("Europe/London", "Mars")
        .replace("organization.trial", "organization.trail")
        .replace("team = \"support\"", "team = \"suport\"");

    let problems = Handbook::parse(&text).unwrap_err();

    assert_eq!(problems.0.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3, 9, 22]);
    assert_eq!(problems.to_string().lines().count(), 3);
}

#[test]
fn what_is_not_toml_names_its_lines() {
    let found = with_line(3, "timezone = Europe/London");
    assert!(found[0].starts_with("line 3: not TOML: "), "{found:?}");

    let found = with_line(3, "name = 'again'");
    assert!(found[0].starts_with("line 3: not TOML: duplicate key"), "{found:?}");
}
