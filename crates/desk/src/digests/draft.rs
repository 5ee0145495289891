//! The draft of a digest: Markdown with a link for each number.

use std::collections::HashMap;
use std::fmt::Write as _;

use domain::digests::{Notable, Numbers, Theme};
use domain::words::{Locale, date_time, zone_name};
use domain::{Team, TicketId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Ctx;

/// How many gaps of the documentation are named.
const MOST_NAMED: usize = 5;

/// What the numbers of a week say.
pub(super) fn draft(
    ctx: &Ctx,
    team: &Team,
    (week, span): (Date, (Timestamp, Timestamp)),
    numbers: &Numbers,
    subjects: &HashMap<TicketId, String>,
) -> String {
    let slug = team.slug.as_deref().unwrap_or_default();
    let writing = Writing { ctx, base: format!("{}/digest/{slug}/{week}/tickets", ctx.base_url) };
    let mut text = format!("# {}, {}\n", team.name, writing.when(slug, span));
    // Writing into a string cannot fail.
    let _ = write!(text, "\n## Load\n\n{}", writing.load(numbers));
    for (heading, key, themes) in [
        ("Areas", "area", &numbers.areas),
        ("Kinds", "kind", &numbers.kinds),
        ("Tags", "tag", &numbers.tags),
    ] {
        if !themes.is_empty() {
            let _ = write!(text, "\n## {heading}\n\n{}", writing.themes(key, themes));
        }
    }
    if !numbers.issues.is_empty() {
        let _ = write!(text, "\n## Issues\n\n{}", writing.issues(&numbers.issues));
    }
    if !numbers.docs.is_empty() {
        let _ = write!(text, "\n## Documentation\n\n{}", writing.docs(&numbers.docs, subjects));
    }
    if !numbers.notable.is_empty() {
        let _ = write!(text, "\n## Notable\n\n{}", writing.notable(numbers, subjects));
    }
    text
}

struct Writing<'a> {
    ctx: &'a Ctx,
    base: String,
}

impl Writing<'_> {
    /// "Fri 5 Jun, 16:00 to Fri 12 Jun, 16:00 (BST)".
    fn when(&self, slug: &str, (from, to): (Timestamp, Timestamp)) -> String {
        let zone = self.ctx.handbook.calendar(slug).zone();
        let at = |at| date_time(Locale::default(), at, zone, self.ctx.now);
        format!("{} to {} ({})", at(from), at(to), zone_name(to, zone))
    }

    /// A number with its link; nothing stands behind none.
    fn number(&self, tickets: &[TicketId], of: &str) -> String {
        match tickets.len() {
            0 => "0".to_owned(),
            count => format!("[{count}]({}?of={})", self.base, escaped(of)),
        }
    }

    fn load(&self, numbers: &Numbers) -> String {
        let mut text = format!(
            "- {} asked, {} answered\n",
            self.number(&numbers.asked, "asked"),
            self.number(&numbers.answered, "answered")
        );
        for promises in &numbers.promises {
            let level = promises.level.as_str();
            let _ = writeln!(
                text,
                "- {}: {} in time, {} missed",
                capital(level),
                self.number(&promises.met, &format!("met-{level}")),
                self.number(&promises.missed, &format!("missed-{level}"))
            );
        }
        if !numbers.escalated_in.is_empty() || !numbers.escalated_out.is_empty() {
            let _ = writeln!(
                text,
                "- {} escalated to us, {} by us",
                self.number(&numbers.escalated_in, "escalated-in"),
                self.number(&numbers.escalated_out, "escalated-out")
            );
        }
        if let Some(seconds) = numbers.median_seconds {
            let _ = writeln!(
                text,
                "- Median first reply {} in open hours, of {}",
                spelled(seconds),
                self.number(&numbers.first_replies, "first-replies")
            );
        }
        if !numbers.rated_well.is_empty() || !numbers.rated_badly.is_empty() {
            let _ = writeln!(
                text,
                "- Rated as good {}, as bad {}",
                self.number(&numbers.rated_well, "rated-well"),
                self.number(&numbers.rated_badly, "rated-badly")
            );
        }
        text
    }

    fn themes(&self, key: &str, themes: &[Theme]) -> String {
        let line = |(name, tickets): &Theme| {
            let known = if key == "area" { self.ctx.handbook.area(name) } else { None };
            let shown = known.map_or(name.as_str(), |area| area.name.as_str());
            let number = self.number(tickets, &format!("{key}:{name}"));
            format!("- {}: {number}\n", plain(shown))
        };
        themes.iter().map(line).collect()
    }

    fn issues(&self, issues: &[Theme]) -> String {
        let line = |(url, tickets): &Theme| {
            format!("- <{url}>: {}\n", self.number(tickets, &format!("issue:{url}")))
        };
        issues.iter().map(line).collect()
    }

    /// What the documentation should have answered.
    fn docs(&self, tickets: &[TicketId], subjects: &HashMap<TicketId, String>) -> String {
        let count = self.number(tickets, "docs");
        let mut text = format!("- {count} that it should have answered\n");
        for id in tickets.iter().take(MOST_NAMED) {
            let subject = subjects.get(id).map_or("", String::as_str);
            let _ = writeln!(text, "- {} {}", self.ticket(*id), plain(subject));
        }
        text
    }

    fn ticket(&self, id: TicketId) -> String {
        format!("[#{id}]({}/tickets/{id})", self.ctx.base_url)
    }

    fn notable(&self, numbers: &Numbers, subjects: &HashMap<TicketId, String>) -> String {
        let line = |(why, id): &(Notable, TicketId)| {
            let why = match why {
                Notable::Missed => "past its target",
                Notable::Escalated => "escalated to us",
                Notable::RatedBadly => "rated as bad",
                Notable::Waits => "waits longest",
            };
            let subject = subjects.get(id).map_or("", String::as_str);
            format!("- {} {}: {why}\n", self.ticket(*id), plain(subject))
        };
        numbers.notable.iter().map(line).collect()
    }
}

/// `2 h 40 m`.
fn spelled(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours == 0 { format!("{minutes} m") } else { format!("{hours} h {minutes} m") }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// Words of others, which are no markup here.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\`*_[]<>#|~".contains(c) {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

/// A value for the query of an address.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
