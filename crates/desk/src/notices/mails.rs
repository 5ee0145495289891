//! The mail that tells one of us: what happened to which ticket, with links, and never a note's words. It carries no way
//! to answer a customer.

use std::fmt::Write as _;

use domain::User;
use domain::notices::Notice;
use domain::words::notices::{Told, about_team, about_ticket};
use jiff::tz::TimeZone;
use store::Tx;

use super::read::{Gathered, gather};
use crate::deliveries::{Delivery, Letter, domain_of, sender};
use crate::{Ctx, Error};

/// Queues one mail about all of these.
pub(super) fn send(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    to: &User,
    zone: &TimeZone,
    notices: Vec<Notice>,
) -> Result<(), Error> {
    let Some(last) = notices.last().map(|notice| notice.id) else { return Ok(()) };
    let address: Vec<String> = to.email.iter().cloned().collect();
    let told = gather(tx, notices)?;
    let writing = Writing { ctx, to, zone, told: &told };
    let groups = told.groups();
    let (subject, text) = match told.notices.as_slice() {
        [only] => writing.one(only),
        all => writing.several(all.len(), &groups),
    };
    let id = store::outbox::next_id(tx)?;
    let from = sender(ctx);
    let message_id = format!("notice.{id}@{}", domain_of(&from));
    let letter = Letter { from, message_id, ..Letter::default() };
    let about_one = groups.len() == 1;
    let delivery = Delivery {
        id,
        key: format!("notices:{}:{last}", to.id),
        at: ctx.now,
        channel: "email".to_owned(),
        kind: "notification".to_owned(),
        automatic: true,
        ticket: told.notices.first().filter(|_| about_one).and_then(|notice| notice.ticket),
        user: Some(to.id),
        to: address,
        subject,
        text: format!(
            "{text}\n-- \nWhat reaches you by mail, and when: {}/settings/me\n",
            ctx.base_url
        ),
        html: None,
        payload: serde_json::to_string(&letter).expect("a letter is made of plain values"),
    };
    Ok(store::outbox::insert(tx, &delivery)?)
}

struct Writing<'a> {
    ctx: &'a Ctx,
    to: &'a User,
    zone: &'a TimeZone,
    told: &'a Gathered,
}

impl Writing<'_> {
    fn one(&self, notice: &Notice) -> (String, String) {
        let (heading, link) = (self.heading(notice), self.link(notice));
        match notice.ticket {
            Some(id) => {
                let subject = self.subject(notice);
                let subject =
                    if subject.is_empty() { String::new() } else { format!(": {subject}") };
                (heading, format!("#{id} {}{subject}\n{link}\n", self.sentence(notice)))
            }
            None => (heading, format!("{}\n{link}\n", self.sentence(notice))),
        }
    }

    fn several(&self, count: usize, groups: &[Vec<&Notice>]) -> (String, String) {
        let mut text = String::new();
        for group in groups {
            let Some(first) = group.first() else { continue };
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{}\n{}", self.heading(first), self.link(first));
            for notice in group {
                let _ = writeln!(text, "- {}", self.sentence(notice));
            }
            text.push('\n');
        }
        let numbers =
            groups.iter().filter_map(|group| Some(format!("#{}", group.first()?.ticket?)));
        let numbers: Vec<String> = numbers.take(5).collect();
        let about =
            if numbers.is_empty() { String::new() } else { format!(": {}", numbers.join(", ")) };
        let more =
            if groups.len() > numbers.len() && !numbers.is_empty() { " and more" } else { "" };
        (format!("{count} notices{about}{more}"), text)
    }

    fn subject(&self, notice: &Notice) -> &str {
        let stored = notice.ticket.and_then(|id| self.told.tickets.get(&id));
        stored.map_or("", |stored| stored.subject.as_str())
    }

    fn team(&self, notice: &Notice) -> (&str, Option<&str>) {
        let team = notice.team.and_then(|id| self.told.teams.get(&id));
        team.map_or(("", None), |team| (team.name.as_str(), team.slug.as_deref()))
    }

    fn heading(&self, notice: &Notice) -> String {
        match notice.ticket {
            Some(id) if self.subject(notice).is_empty() => format!("#{id}"),
            Some(id) => format!("#{id}: {}", self.subject(notice)),
            None => format!("Rota of {}", self.team(notice).0),
        }
    }

    fn link(&self, notice: &Notice) -> String {
        let base = &self.ctx.base_url;
        match (notice.ticket, &notice.what, self.team(notice).1) {
            (Some(id), ..) => format!("{base}/tickets/{id}"),
            (None, domain::notices::What::DigestReady { week }, Some(slug)) => {
                format!("{base}/digest/{slug}/{week}")
            }
            (None, _, Some(slug)) => format!("{base}/rota/{slug}"),
            (None, _, None) => format!("{base}/notices"),
        }
    }

    fn sentence(&self, notice: &Notice) -> String {
        let locale = self.to.locale.as_deref().map(domain::words::Locale::nearest);
        let locale = locale.unwrap_or_default();
        let (team, slug) = self.team(notice);
        let calendar = self.ctx.handbook.calendar(slug.unwrap_or_default());
        let told = Told {
            by: self.told.by(notice),
            team,
            zone: self.zone,
            weeks: calendar.zone(),
            now: self.ctx.now,
        };
        match notice.ticket {
            Some(_) => about_ticket(locale, &notice.what, &told),
            None => about_team(locale, &notice.what, &told),
        }
    }
}
