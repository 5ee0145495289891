//! Trying the handbook on facts: a question to an address, without effects.

use handbook::{Facts, Target};
use maud::{Markup, html};

use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, checkbox, field};
use crate::components::rules::{Outcome, Rule, rules};
use crate::form::Form;
use crate::reader::Reader;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{routes, walks};

/// The form, and what the handbook says to what was asked.
pub(super) fn section(visitor: &Visitor, reader: &Reader) -> Markup {
    let words = reader.words;
    let asked = &visitor.query;
    let revenue = revenue(asked);
    let error = revenue.is_none().then(|| words.say(Text::NotANumber));
    html! {
        section.stack #try aria-labelledby="handbook-try" {
            h2 #handbook-try { (words.say(Text::TryIt)) }
            p.hint { (words.say(Text::TryHint)) }
            (form(visitor, reader, error))
            @if let (false, Some(revenue)) = (asked.get("try").is_empty(), revenue) {
                (said(visitor, reader, &facts(asked, revenue)))
            }
        }
    }
}

fn revenue(asked: &Form) -> Option<f64> {
    let number = asked.some("mrr").map_or(Ok(0.0), str::parse::<f64>).ok()?;
    number.is_finite().then_some(number)
}

fn form(visitor: &Visitor, reader: &Reader, error: Option<&str>) -> Markup {
    let words = reader.words;
    let asked = &visitor.query;
    let nothing = ("", words.say(Text::Nothing));
    let word = |words: &[&'static str]| -> Vec<(&'static str, &'static str)> {
        std::iter::once(nothing).chain(words.iter().map(|word| (*word, *word))).collect()
    };
    let severities =
        word(&domain::Severity::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
    let kinds = word(&domain::Kind::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
    let areas: Vec<(&str, &str)> = std::iter::once(nothing)
        .chain(
            visitor.ctx.handbook.areas.iter().map(|area| (area.slug.as_str(), area.name.as_str())),
        )
        .collect();
    let line = |id, name, label| Field {
        id,
        optional: true,
        value: asked.get(name),
        ..Field::line(name, label)
    };
    let select = |id, name, label, options| Field {
        control: Control::Select(options),
        ..line(id, name, label)
    };
    html! {
        form method="get" action={ (routes::HANDBOOK) "#try" } {
            input type="hidden" name="try" value="1";
            (field(words, &line("try-plan", "plan", words.say(Text::Plan))))
            (field(words, &Field { error, ..line("try-mrr", "mrr", words.say(Text::Revenue)) }))
            (field(words, &Field { hint: Some(words.say(Text::AddonsHint)), ..line("try-addons", "addons", words.say(Text::Addons)) }))
            (checkbox("try-trial", "trial", words.say(Text::InTrial), !asked.get("trial").is_empty(), None))
            (checkbox("try-card", "card", words.say(Text::HasCard), !asked.get("card").is_empty(), None))
            (field(words, &select("try-severity", "severity", words.say(Text::Severity), &severities)))
            (field(words, &select("try-area", "area", words.say(Text::Area), &areas)))
            (field(words, &select("try-kind", "kind", words.say(Text::Kind), &kinds)))
            div.field-actions { (button::submit(Button::plain(words.say(Text::ExplainIt)))) }
        }
    }
}

fn facts(asked: &Form, revenue: f64) -> Facts {
    let text = |name: &str| asked.get(name).trim().to_owned();
    let mut facts = Facts::default();
    facts.organization.known = true;
    facts.organization.plan = text("plan");
    facts.organization.mrr = revenue;
    facts.organization.trial = !asked.get("trial").is_empty();
    facts.organization.card = !asked.get("card").is_empty();
    facts.organization.addons = asked.get("addons").split_whitespace().map(str::to_owned).collect();
    facts.ticket.channel = "web".to_owned();
    facts.ticket.severity = text("severity");
    facts.ticket.area = text("area");
    facts.ticket.kind = text("kind");
    facts
}

fn said(visitor: &Visitor, reader: &Reader, facts: &Facts) -> Markup {
    let words = reader.words;
    let handbook = &visitor.ctx.handbook;
    let decision = handbook.decide_priority(facts);
    let area = (!facts.ticket.area.is_empty()).then_some(facts.ticket.area.as_str());
    let route = handbook.route(area);
    let team = handbook.team(&route.team).map_or(route.team.as_str(), |team| team.name.as_str());
    let level = handbook.priority(decision.value);
    let tried: Vec<Rule<'_>> = decision
        .rules
        .iter()
        .map(|tried| Rule {
            because: &tried.because,
            when: &tried.when,
            outcome: if tried.holds { Outcome::Decided } else { Outcome::NotTrue },
        })
        .collect();
    let promised = |kind: Text, target: Option<&Target>| {
        let Some(target) = target else { return html! {} };
        let (due_at, walk) = handbook.calendar(&route.team).add(reader.now, target);
        let caption =
            words.fill(Text::WouldBeDue, &[("kind", &words.say(kind)), ("target", &target.text)]);
        walks::shown(reader, &walk, &caption, due_at)
    };
    html! {
        div.stack #said {
            p {
                (badge::priority(words, decision.value)) " "
                @if decision.because.is_empty() { (words.say(Text::BecauseNothing)) }
                @else { (words.fill(Text::Because, &[("reasons", &decision.because.join("; "))])) }
            }
            p.small { (words.fill(Text::RouteTo, &[("team", &team), ("because", &route.because)])) }
            @if level.first_reply.is_none() { p { (words.say(Text::LevelPromisesNothing)) } }
            (promised(Text::ClockFirst, level.first_reply.as_ref()))
            (promised(Text::ClockNext, handbook.next_reply(decision.value).as_ref()))
            (promised(Text::ClockEscalated, level.escalated.as_ref()))
            (rules(words, &tried))
        }
    }
}
