//! The forms of the rota; each works without script.

use desk::rota::{Rotas, SwapState, TeamRota};
use domain::rota::{Cover, Proposal, Swap, Week};
use domain::{User, UserId};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::Typed;
use super::said::speaks_for;
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field, summary};
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{routes, times};

/// How far ahead weeks are offered for a swap.
const AHEAD: SignedDuration = SignedDuration::from_hours(13 * 7 * 24);

const MOMENT: Control<'static> = Control::Line { kind: "datetime-local", autocomplete: "off" };
const DAY: Control<'static> = Control::Line { kind: "date", autocomplete: "off" };

impl Typed {
    /// A field with what was typed and what is wrong with it.
    fn fill<'a>(&'a self, which: &str, field: Field<'a>) -> Field<'a> {
        if self.which != which {
            return field;
        }
        let error = self.errors.iter().find(|error| error.field == field.name);
        let error = error.map(|error| error.description.as_str());
        Field { value: self.form.get(field.name), error, ..field }
    }

    /// What is wrong that no field of the form is about.
    fn others(&self, which: &str, fields: &[Field<'_>]) -> Vec<&str> {
        let about = |name: &str| fields.iter().any(|field| field.name == name);
        let own = self.errors.iter().filter(|error| self.which == which && !about(&error.field));
        own.map(|error| error.description.as_str()).collect()
    }
}

/// A form with a heading.
fn form(
    reader: &Reader,
    (which, to): (&'static str, &str),
    (heading, hint, submit): (Text, Option<Text>, Text),
    fields: &[Field<'_>],
    typed: &Typed,
) -> Markup {
    let words = reader.words;
    let fields: Vec<Field<'_>> = fields.iter().map(|one| typed.fill(which, *one)).collect();
    html! {
        section.stack aria-labelledby={ (which) "-heading" } {
            h2 id={ (which) "-heading" } { (words.say(heading)) }
            @if let Some(hint) = hint { p { (words.say(hint)) } }
            form.stack method="post" action=(to) {
                (button::csrf(reader))
                (summary(words, &fields.iter().collect::<Vec<_>>()))
                @for error in typed.others(which, &fields) { p.error role="alert" { (error) } }
                @for one in &fields { (field(words, one)) }
                div.field-actions { (button::submit(Button::plain(words.say(submit)))) }
            }
        }
    }
}

/// Saying that one is away; an admin may say it of others.
pub(super) fn away(reader: &Reader, agents: &[User], typed: &Typed) -> Markup {
    let words = reader.words;
    let day = |name, label| Field { control: DAY, ..Field::line(name, words.say(label)) };
    let people: Vec<(String, &str)> =
        agents.iter().map(|agent| (agent.id.to_string(), agent.name.as_str())).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(id, name)| (id.as_str(), *name)).collect();
    let who = Field {
        id: "away-person",
        control: Control::Select(&people),
        ..Field::line("person", words.say(Text::AwayWho))
    };
    let days = [
        Field { id: "away-from", ..day("from", Text::RotaFirstDay) },
        Field { id: "away-to", ..day("to", Text::RotaLastDay) },
    ];
    let fields: Vec<Field<'_>> =
        Some(who).filter(|_| !people.is_empty()).into_iter().chain(days).collect();
    let said = (Text::RotaAwayHeading, Some(Text::RotaAwayHint), Text::RotaAwayButton);
    form(reader, ("away", "/rota/absences"), said, &fields, typed)
}

/// Giving time to somebody.
pub(super) fn give(
    reader: &Reader,
    slug: &str,
    loaded: &TeamRota,
    rotas: &Rotas,
    (typed, week): (&Typed, Option<Week>),
) -> Markup {
    let words = reader.words;
    let local = |at: Timestamp| {
        let local = loaded.rota.rule.zone.to_datetime(at);
        local.strftime("%Y-%m-%dT%H:%M").to_string()
    };
    let ahead = week.filter(|week| week.to > reader.now);
    let begins = ahead.map_or_else(String::new, |week| local(week.from.max(reader.now)));
    let ends = ahead.map_or_else(String::new, |week| local(week.to));
    let people: Vec<(&str, &str)> = loaded
        .addresses
        .iter()
        .map(|(address, person)| (address.as_str(), rotas.name(*person)))
        .collect();
    let moment = |name, label| Field { control: MOMENT, ..Field::line(name, words.say(label)) };
    let fields = [
        Field {
            id: "give-holder",
            control: Control::Select(&people),
            ..Field::line("holder", words.say(Text::RotaHolder))
        },
        Field { id: "give-from", value: &begins, ..moment("from", Text::RotaFrom) },
        Field { id: "give-to", value: &ends, ..moment("to", Text::RotaTo) },
        Field {
            id: "give-reason",
            optional: true,
            ..Field::line("reason", words.say(Text::RotaReason))
        },
    ];
    let said = (Text::RotaOverrideHeading, Some(Text::RotaOverrideHint), Text::RotaOverrideButton);
    form(reader, ("give", &format!("/rota/{slug}/overrides")), said, &fields, typed)
}

/// Asking for a swap of two weeks that have not begun; nothing where there are not two people.
pub(super) fn swap(
    reader: &Reader,
    slug: &str,
    loaded: &TeamRota,
    rotas: &Rotas,
    (typed, week): (&Typed, Option<Week>),
) -> Markup {
    let words = reader.words;
    let until = reader.now.checked_add(AHEAD).unwrap_or(reader.now);
    let ahead: Vec<(String, String)> = loaded
        .rota
        .weeks(reader.now, until)
        .iter()
        .filter(|week| week.from > reader.now)
        .filter_map(|week| offered(reader, loaded, rotas, week))
        .collect();
    let options: Vec<(&str, &str)> =
        ahead.iter().map(|(value, label)| (value.as_str(), label.as_str())).collect();
    if options.is_empty() {
        return html! {};
    }
    let control = Control::Select(&options);
    let chosen = week.and_then(|week| offered(reader, loaded, rotas, &week));
    let chosen = chosen.map_or_else(String::new, |(value, _)| value);
    let fields = [
        Field {
            id: "swap-week",
            control,
            value: &chosen,
            ..Field::line("week", words.say(Text::RotaSwapWeek))
        },
        Field {
            id: "swap-return",
            control,
            ..Field::line("in_return", words.say(Text::RotaSwapReturn))
        },
    ];
    let said = (Text::RotaSwapHeading, None, Text::RotaSwapButton);
    form(reader, ("swap", &format!("/rota/{slug}/swaps")), said, &fields, typed)
}

/// `2026-06-15 cy@acme.test`, and "Mon 15 Jun, Cy".
fn offered(
    reader: &Reader,
    loaded: &TeamRota,
    rotas: &Rotas,
    week: &Week,
) -> Option<(String, String)> {
    let holder = week.holder.filter(|_| week.holder == week.turn)?;
    let date = loaded.rota.rule.zone.to_datetime(week.from).date();
    let day = times::day(reader.words, week.from, &loaded.rota.rule.zone, reader.now);
    let name = rotas.name(holder);
    let label = reader.words.fill(Text::RotaWeekOf, &[("day", &day), ("name", &name)]);
    Some((format!("{date} {}", rotas.email(holder)?), label))
}

/// A form of one button, with what it says.
fn pressed(reader: &Reader, to: &str, hidden: &[(&str, &str)], label: &str) -> Markup {
    html! {
        form method="post" action=(to) {
            (button::csrf(reader))
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            (button::submit(Button::plain(label)))
        }
    }
}

/// A button that answers a swap.
pub(super) fn answer(
    reader: &Reader,
    loaded: &TeamRota,
    swap: &Swap,
    state: SwapState,
    label: Text,
) -> Markup {
    let slug = loaded.team.slug.as_deref().unwrap_or_default();
    let to = format!("{}/swaps/{}", routes::rota(slug), swap.id);
    pressed(reader, &to, &[("state", state.as_str())], reader.words.say(label))
}

/// Buttons for what is proposed: whoever is away, or an admin, asks or gives; who is proposed takes it.
pub(super) fn cover(
    visitor: &Visitor,
    reader: &Reader,
    rotas: &Rotas,
    loaded: &TeamRota,
    (person, proposal): (UserId, &Proposal),
) -> Markup {
    let words = reader.words;
    let to = routes::rota(loaded.team.slug.as_deref().unwrap_or_default());
    let email = |person: UserId| rotas.email(person).unwrap_or_default().to_owned();
    let date = |at: Timestamp| loaded.rota.rule.zone.to_datetime(at).date().to_string();
    let asks = speaks_for(visitor, person);
    match proposal.cover {
        Cover::Swap { with, in_return } if asks => {
            let own = proposal.week.holder.map(email).unwrap_or_default();
            let week = format!("{} {own}", date(proposal.week.from));
            let back = format!("{} {}", date(in_return), email(with));
            let label = words.fill(Text::RotaAsk, &[("name", &rotas.name(with))]);
            let hidden = [("week", week.as_str()), ("in_return", &back)];
            html! { div.line {
                (pressed(reader, &format!("{to}/swaps"), &hidden, &label))
                a href=(to) { (words.say(Text::RotaOther)) }
            } }
        }
        Cover::Override { holder } => {
            let (from, until) = (proposal.from.to_string(), proposal.to.to_string());
            let email = email(holder);
            let hidden = [("holder", email.as_str()), ("from", &from), ("to", &until)];
            let ask = words.fill(Text::RotaAsk, &[("name", &rotas.name(holder))]);
            let give = words.fill(Text::RotaGiveTo, &[("name", &rotas.name(holder))]);
            let takes = visitor.user.as_ref().is_some_and(|user| user.id == holder);
            let (asked, given) = (format!("{to}/covers"), format!("{to}/overrides"));
            html! { div.line {
                @if takes { (pressed(reader, &given, &hidden, words.say(Text::RotaTake))) }
                @else if asks {
                    (pressed(reader, &asked, &hidden, &ask))
                    (pressed(reader, &given, &hidden, &give))
                }
            } }
        }
        Cover::Swap { .. } | Cover::Nobody => html! {},
    }
}

/// A secret link that a calendar program reads, and a button that makes another.
pub(crate) fn link(reader: &Reader, link: &str, renews: &str, heading: Text) -> Markup {
    let words = reader.words;
    let id = format!("calendar{}", renews.replace('/', "-"));
    html! {
        details.calendar-link {
            summary { (words.say(heading)) }
            p.hint { (words.say(Text::CalendarHint)) }
            div.secret-link {
                div.field {
                    label for=(id) { (words.say(Text::CalendarAddress)) }
                    input id=(id) type="url" value=(link) readonly autocomplete="off";
                }
                (pressed(reader, renews, &[], words.say(Text::CalendarRenew)))
            }
        }
    }
}
