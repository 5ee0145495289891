//! What leaves because of a survey: the question, the answer for analytics, and word to the team. (CS-04, CS-05, CS-10)

use domain::words::survey;
use domain::{Owners, Rating};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use store::Tx;
use store::outbox::Delivery;
use store::surveys::Survey;

use super::{Post, team_channel, triage_channel};
use crate::surveys;
use crate::texts::{escape, one_line};
use crate::{Ctx, Error, secrets};

/// How much of a customer's words goes into a post.
const SHOWN: usize = 500;

impl Post<'_> {
    /// The question, in the requester's language: five links that only choose beforehand. Its link is good from now on,
    /// also when it leaves late. (CS-01, CS-04)
    pub(super) fn survey(&self, tx: &mut Tx<'_>, owners: Owners) -> Result<(), Error> {
        let id = store::surveys::next_id(tx)?;
        let until = self
            .ctx
            .clock
            .checked_add(SignedDuration::from_secs(self.ctx.handbook.csat.link))
            .unwrap_or(self.ctx.clock);
        let mut row = Survey {
            owners,
            issued_at: Some(self.envelope.at),
            expires_at: Some(until),
            created_at: self.envelope.at,
            updated_at: self.envelope.at,
            ..surveys::about(id, self.ctx, self.stored, self.requester)
        };
        let link = surveys::link_of(tx, &row, self.requester, until)?;
        let locale = surveys::language(self.stored, self.requester);
        let texts = survey::texts(locale);
        let stop = surveys::refusal_address(self.ctx, locale, self.requester.id);
        let number = self.number().to_string();
        let links = Rating::ALL
            .map(|rating| (texts.rating(rating), link.address(self.ctx, locale, Some(rating))));
        let intro = texts.intro.replace("{number}", &number);
        let (text, html) =
            written(texts, &intro, &texts.note(self.ctx.handbook.csat.changeable), &links, &stop);
        let subject = texts.subject.replace("{number}", &number);
        let mail = (subject.as_str(), text, Some(html));
        row.delivery = self.letter_with(tx, "survey", true, mail, Vec::new(), Some(stop))?;
        Ok(store::surveys::insert(tx, &row)?)
    }

    /// What was said: a copy for analytics, and word to the team if somebody should look. (CS-05, CS-08, CS-10)
    pub(super) fn rated(
        &self,
        tx: &mut Tx<'_>,
        rating: Rating,
        has_words: bool,
    ) -> Result<(), Error> {
        let survey =
            store::surveys::of_ticket(tx, self.stored.ticket.id)?.ok_or(Error::NotFound)?;
        self.survey_sent(tx, &survey, rating)?;
        if rating.is_good() && !has_words {
            return Ok(());
        }
        let words = survey.comment.as_deref().filter(|_| has_words);
        let said = words.map(|words| format!(": {}", quoted(words))).unwrap_or_default();
        let label = survey::texts(domain::words::Locale::En).rating(rating);
        let text =
            format!("#{} was rated {rating} of 5 ({}){said}", self.number(), label.to_lowercase());
        let kind = if rating.is_good() { "notification" } else { "low_rating" };
        let channel = team_channel(tx, self.ctx, survey.owners.team)?;
        self.slack(tx, kind, &format!("{}:rated", self.envelope.seq), channel, &text)
    }

    /// The event as PostHog's capture takes it. The key is not in it; the identifier is the same however often it is sent.
    fn survey_sent(&self, tx: &mut Tx<'_>, survey: &Survey, rating: Rating) -> Result<(), Error> {
        let id = store::outbox::next_id(tx)?;
        let distinct_id = surveys::distinct_id(tx, survey.ticket, self.requester)?;
        let team = store::teams::load(tx, survey.owners.team)?.map(|team| team.name);
        let key = format!("ticket:{}:{}:survey_sent", self.number(), self.envelope.seq);
        let posthog = &self.ctx.handbook.csat.posthog;
        let mut properties = Map::new();
        let mut set = |name: &str, value: Value| {
            properties.insert(name.to_owned(), value);
        };
        set("ticketId", survey.ticket.0.into());
        set("team", team.into());
        set("rating", rating.number().into());
        set("comment", survey.comment.clone().into());
        set("$survey_response", rating.number().into());
        if let Some(comment) = &survey.comment {
            set("$survey_response_1", comment.as_str().into());
        }
        if !posthog.survey_id.is_empty() {
            set("$survey_id", posthog.survey_id.as_str().into());
        }
        // A changed answer replaces the one before.
        let submission = uuid(&self.ctx.secrets.instance, &format!("survey:{}", survey.id));
        set("$survey_submission_id", submission.into());
        set("$survey_completed", true.into());
        set("locale", survey.locale.as_str().into());
        set("area", survey.area.clone().into());
        set("priority", survey.priority.as_str().into());
        set("$lib", "answerable".into());
        let event = json!({
            "event": "survey sent",
            "distinct_id": distinct_id,
            "timestamp": self.envelope.at.to_string(),
            "uuid": uuid(&self.ctx.secrets.instance, &key),
            "properties": properties,
        });
        let delivery = Delivery {
            id,
            key,
            at: self.envelope.at,
            channel: "posthog".to_owned(),
            kind: "survey_sent".to_owned(),
            automatic: true,
            ticket: Some(survey.ticket),
            user: Some(survey.requester),
            to: vec![if posthog.host.is_empty() { "posthog" } else { &posthog.host }.to_owned()],
            subject: "survey sent".to_owned(),
            text: format!("#{} was rated {rating} of 5", self.number()),
            html: None,
            payload: event.to_string(),
        };
        Ok(store::outbox::insert(tx, &delivery)?)
    }
}

/// Words that came by a link which is no longer good: to the team it was about, else to whoever sorts tickets. The same
/// words again are no news. (CS-07)
pub(crate) fn late_words(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    survey: Option<&Survey>,
    words: &str,
) -> Result<(), Error> {
    let (channel, text) = match survey {
        Some(survey) => (
            team_channel(tx, ctx, survey.owners.team)?,
            format!(
                "#{ticket}, after its survey was over: {}\n{}/tickets/{ticket}",
                quoted(words),
                ctx.base_url,
                ticket = survey.ticket
            ),
        ),
        None => (
            triage_channel(ctx),
            format!(
                "By a survey's link that does not work, nobody knows from whom: {}",
                quoted(words)
            ),
        ),
    };
    let about = survey.map_or_else(String::new, |survey| survey.id.to_string());
    let delivery = Delivery {
        id: store::outbox::next_id(tx)?,
        key: format!("survey-words:{about}:{}", secrets::token_hash(words)),
        at: ctx.now,
        channel: "slack".to_owned(),
        kind: "notification".to_owned(),
        automatic: true,
        ticket: survey.map(|survey| survey.ticket),
        user: None,
        to: vec![channel],
        subject: "survey".to_owned(),
        text,
        html: None,
        payload: "{}".to_owned(),
    };
    Ok(store::outbox::insert(tx, &delivery)?)
}

/// The mail as text and as HTML; both have every link.
fn written(
    texts: &survey::Texts,
    intro: &str,
    note: &str,
    links: &[(&str, String); 5],
    stop: &str,
) -> (String, String) {
    let list = |one: &(&str, String)| format!("{}: {}\n", one.0, one.1);
    let text = format!(
        "{intro}\n\n{}\n{}\n\n{}: {stop}\n",
        links.iter().map(list).collect::<String>(),
        note,
        texts.stop
    );
    let anchor =
        |words: &str, to: &str| format!("<a href=\"{}\">{}</a>", escape(to), escape(words));
    let items = links.iter().map(|(words, to)| format!("<li>{}</li>", anchor(words, to)));
    let html = format!(
        "<p>{}</p><ul>{}</ul><p>{}</p><p>{}</p>",
        escape(intro),
        items.collect::<String>(),
        escape(note),
        anchor(texts.stop, stop)
    );
    (text, html)
}

/// A customer's words in a post: cut, and on one line, so that they cannot look like ours.
fn quoted(words: &str) -> String {
    let line = one_line(words, SHOWN);
    let more = if words.trim().chars().count() > SHOWN { "…" } else { "" };
    format!("“{line}{more}”")
}

/// An identifier that follows from what it is for (a UUID of version 8).
fn uuid(instance: &str, key: &str) -> String {
    let hash = secrets::token_hash(&format!("{instance} {key}"));
    let variant = char::from_digit(8 + u32::from(hash.as_bytes()[16]) % 4, 16).unwrap_or('8');
    format!(
        "{}-{}-8{}-{variant}{}-{}",
        &hash[..8],
        &hash[8..12],
        &hash[13..16],
        &hash[17..20],
        &hash[20..32]
    )
}
