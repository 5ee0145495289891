//! The address of the survey's page. Whoever holds it may answer; nothing in it can be changed. (CS-04)

use std::fmt::Write as _;

use domain::words::Locale;
use domain::{Rating, TicketId, UserId};
use jiff::Timestamp;
use store::Tx;

use crate::{Ctx, Error};

/// What is signed: one purpose cannot be taken for another.
const SURVEY: &str = "survey";
const REFUSAL: &str = "survey refusal";

/// The parameters that are signed, in this order.
const SIGNED: [&str; 5] = ["distinct_id", "ticketId", "team", "person", "until"];

/// Who is asked about what, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The name analytics know the person by.
    pub distinct_id: String,
    /// The ticket.
    pub ticket: TicketId,
    /// The name of the team that had it when it was solved.
    pub team: String,
    /// Who is asked.
    pub person: UserId,
    /// The last instant it is good for, in whole seconds.
    pub until: Timestamp,
}

/// What an address turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Ours, and still good.
    Good(Link),
    /// Ours, and over.
    Expired(Link),
    /// Not signed by us, or changed.
    Forged,
}

impl Link {
    /// The address, with a rating to choose beforehand; it is not signed, for it decides nothing.
    pub fn address(&self, ctx: &Ctx, locale: Locale, rating: Option<Rating>) -> String {
        let (ticket, person) = (self.ticket.to_string(), self.person.to_string());
        let until = self.until.as_second().to_string();
        let parts = [&*self.distinct_id, &*ticket, &*self.team, &*person, &*until];
        let signature = ctx.secrets.sign(SURVEY, &parts);
        let mut pairs: Vec<(&str, &str)> = SIGNED.into_iter().zip(parts).collect();
        pairs.extend([("lang", locale.tag()), ("signature", &*signature)]);
        let rating = rating.map(|rating| rating.to_string());
        pairs.extend(rating.as_deref().map(|rating| ("rating", rating)));
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        format!("{}/survey?{}", ctx.base_url, pairs.join("&"))
    }

    /// Reads an address, parameter by parameter.
    pub fn open<'q>(ctx: &Ctx, parameter: impl Fn(&str) -> &'q str) -> Opened {
        let parts = SIGNED.map(&parameter);
        if !ctx.secrets.is_signed(SURVEY, &parts, parameter("signature")) {
            return Opened::Forged;
        }
        let [distinct_id, ticket, team, person, until] = parts;
        let until = until.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let (Ok(ticket), Ok(person), Some(until)) = (ticket.parse(), person.parse(), until) else {
            return Opened::Forged;
        };
        let link = Self {
            distinct_id: distinct_id.to_owned(),
            ticket,
            team: team.to_owned(),
            person,
            until,
        };
        if ctx.now > until { Opened::Expired(link) } else { Opened::Good(link) }
    }
}

/// Where a person says that they want no surveys.
pub(crate) fn refusal_address(ctx: &Ctx, locale: Locale, person: UserId) -> String {
    let signature = ctx.secrets.sign(REFUSAL, &[&person.to_string()]);
    let lang = locale.tag();
    format!("{}/survey/refusal?person={person}&lang={lang}&signature={signature}", ctx.base_url)
}

/// Whom such an address is about, if it is one of ours.
pub fn refusal_of<'q>(ctx: &Ctx, parameter: impl Fn(&str) -> &'q str) -> Option<UserId> {
    let person = parameter("person");
    let ours = ctx.secrets.is_signed(REFUSAL, &[person], parameter("signature"));
    person.parse().ok().filter(|_| ours)
}

/// A person wants no surveys any more. (CS-03)
pub fn refuse(tx: &mut Tx<'_>, ctx: &Ctx, person: UserId) -> Result<(), Error> {
    let known = store::users::load(tx, person)?.is_some_and(|user| user.active);
    if known {
        store::surveys::refuse(tx, person, ctx.now)?;
    }
    Ok(())
}

/// A person takes that back.
pub fn allow(tx: &mut Tx<'_>, person: UserId) -> Result<(), Error> {
    Ok(store::surveys::allow(tx, person)?)
}

/// A value in the query of an address.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
