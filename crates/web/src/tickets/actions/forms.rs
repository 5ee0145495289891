//! The forms of the actions.

use std::collections::HashMap;

use desk::FieldError;
use desk::fields::Details;
use domain::{Cause, Level, Severity, TeamId, User, UserId};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::super::Seen;
use super::super::said::cause_text;
use super::Action;
use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, checkbox, field, summary};
use crate::form::Form;
use crate::visitor::Visitor;
use crate::words::Text;
use crate::{routes, times};

/// A form with what was typed before and what is wrong with it.
pub(super) struct Asked<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) seen: &'a Seen,
    pub(super) typed: &'a Form,
    pub(super) errors: &'a [FieldError],
    pub(super) agents: &'a [User],
    /// Until when some of them are away.
    pub(super) away: &'a HashMap<UserId, Timestamp>,
    /// What its details are chosen from.
    pub(super) details: Option<&'a Details>,
    /// What the customer would be told of an escalation.
    pub(super) told: Option<&'a str>,
}

/// The team that owns the product, which an escalation most likely goes to; else the first that it can go to.
pub(super) fn likely_team(visitor: &Visitor, seen: &Seen) -> Option<TeamId> {
    let ticket = &seen.whole.stored.ticket;
    let slug = visitor.ctx.handbook.route(ticket.area.as_deref()).product_team;
    let mut others = seen.around.teams.iter().filter(|team| team.id != ticket.team);
    let owner = others.clone().find(|team| slug.is_some() && team.slug == slug);
    owner.or_else(|| others.next()).map(|team| team.id)
}

impl Asked<'_> {
    pub(super) fn form(&self, action: Action) -> Markup {
        let words = self.seen.reader.words;
        let id = self.seen.id();
        html! {
            form.stack method="post" action=(routes::ticket_part(id, action.part())) data-send data-destructive[action.is_destructive()] {
                (button::csrf(&self.seen.reader))
                input type="hidden" name="seen" value=(self.seen_to());
                @match action {
                    Action::Assign => (self.assignment()),
                    Action::Status => (self.status()),
                    Action::Hold => (self.hold()),
                    Action::Solve => (self.solution()),
                    Action::Priority => (self.priority()),
                    Action::Tags => (self.tags()),
                    Action::Escalate => (self.escalation()),
                    Action::Severity => (self.severity()),
                    Action::Details => { @if let Some(details) = self.details { (self.details(details)) } },
                    Action::Issue => (self.issue()),
                    Action::Withdraw => (self.withdrawal()),
                    Action::Merge => (self.merge()),
                    Action::Split => (self.split()),
                    Action::Spam => p { (words.say(Text::SpamMeans)) },
                    Action::GiveBack => (self.giving_back()),
                }
                div.field-actions {
                    button.button.primary type="submit" data-send-button { (words.say(action.button())) }
                    a.button href=(routes::ticket(id)) data-close { (words.say(Text::Cancel)) }
                }
            }
            @if action == Action::Escalate { (self.way_back()) }
        }
    }

    /// What the sender has seen: as long as nothing says otherwise, what there was when the form was asked for.
    fn seen_to(&self) -> i64 {
        let was_told = self.errors.iter().any(|error| error.code == super::UNSEEN);
        let now = self.seen.whole.stored.ticket.seq;
        self.typed.number("seen").filter(|_| !was_told).unwrap_or(now)
    }

    pub(super) fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == name).map(|error| error.description.as_str())
    }

    /// The fields, those that are wrong on top.
    pub(super) fn fields(&self, all: &[Field<'_>]) -> Markup {
        let words = self.seen.reader.words;
        let known: Vec<&str> = all.iter().map(|one| one.name).collect();
        let others = self.errors.iter().filter(|error| !known.contains(&error.field.as_str()));
        html! {
            (summary(words, &all.iter().collect::<Vec<_>>()))
            @for error in others { p.error role="alert" { (error.description) } }
            @for one in all { (field(words, one)) }
        }
    }

    /// What was typed; on a fresh form what the address says, as the command bar does, else what there is.
    pub(super) fn typed_or<'v>(&'v self, name: &str, else_: &'v str) -> &'v str {
        if self.errors.is_empty() {
            self.visitor.query.some(name).unwrap_or(else_)
        } else {
            self.typed.get(name)
        }
    }

    /// Somebody who can be given the ticket: with a word if they are away, or too new for what it is about, so that it is
    /// done on purpose. (ROT-03)
    fn named(&self, agent: &User) -> String {
        let reader = &self.seen.reader;
        if let Some(until) = self.away.get(&agent.id) {
            let until = times::soon(reader.words, *until, &reader.zone, reader.now);
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("name", &agent.name), ("until", &until)];
            return reader.words.fill(Text::AwayUntil, &values);
        }
        let (handbook, now) = (&self.visitor.ctx.handbook, self.visitor.ctx.now);
        let area = self.seen.whole.stored.ticket.area.as_deref();
        let limit = agent.email.as_deref().and_then(|email| handbook.limited_to(email, now));
        match limit.filter(|limit| !limit.allows(area)) {
            Some(_) => reader.words.fill(Text::NewPerson, &[("name", &agent.name)]),
            None => agent.name.clone(),
        }
    }

    fn assignment(&self) -> Markup {
        let words = self.seen.reader.words;
        let ticket = &self.seen.whole.stored.ticket;
        let me = self.visitor.user.as_ref().map(|user| user.id);
        let teams: Vec<(String, &str)> = self
            .seen
            .around
            .teams
            .iter()
            .map(|team| (team.id.to_string(), team.name.as_str()))
            .collect();
        let teams: Vec<(&str, &str)> =
            teams.iter().map(|(id, name)| (id.as_str(), *name)).collect();
        let mut people = vec![(String::new(), words.say(Text::Unassigned).to_owned())];
        if let Some(own) = self.agents.iter().find(|agent| Some(agent.id) == me) {
            people.push((own.id.to_string(), words.fill(Text::Me, &[("name", &own.name)])));
        }
        let others = self.agents.iter().filter(|agent| Some(agent.id) != me);
        people.extend(others.map(|agent| (agent.id.to_string(), self.named(agent))));
        let people: Vec<(&str, &str)> =
            people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        let team = ticket.team.to_string();
        let assignee = ticket.assignee.map(|id| id.to_string()).unwrap_or_default();
        html! {
            input type="hidden" name="team_was" value=(team);
            input type="hidden" name="assignee_was" value=(assignee);
            (self.fields(&[
                Field {
                    value: self.typed_or("assignee", &assignee),
                    error: self.error("assignee").or(self.error("assignee_id")),
                    control: Control::Select(&people),
                    ..Field::line("assignee", words.say(Text::Assignee))
                },
                Field {
                    value: self.typed_or("team", &team),
                    error: self.error("team"),
                    control: Control::Select(&teams),
                    ..Field::line("team", words.say(Text::Team))
                },
            ]))
        }
    }

    fn status(&self) -> Markup {
        let words = self.seen.reader.words;
        let id = self.seen.id();
        let now = self.seen.whole.stored.ticket.status;
        let options = [
            ("open", words.say(Text::StatusOpen), words.say(Text::OpenMeans)),
            ("pending", words.say(Text::StatusPending), words.say(Text::PendingMeans)),
        ];
        html! {
            p { (words.say(Text::Status)) " " (badge::status(words, now)) }
            (self.fields(&[Field {
                value: self.typed_or("status", now.as_str()),
                error: self.error("status"),
                control: Control::Radio(&options),
                ..Field::line("status", words.say(Text::NewStatus))
            }]))
            p.line {
                a href=(routes::ticket_part(id, "hold")) { (words.say(Text::ActHold)) }
                a href=(routes::ticket_part(id, "solution")) { (words.say(Text::ActSolve)) }
            }
        }
    }

    fn hold(&self) -> Markup {
        let reader = &self.seen.reader;
        let words = reader.words;
        let hold = &self.visitor.ctx.handbook.lifecycle.hold;
        let at = |seconds| {
            reader.now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(reader.now)
        };
        // A day begins at midnight, so the first one allowed is the day after the shortest hold.
        let first = at(hold.at_least + 86_399);
        let (from, to) = (
            times::day(words, first, &reader.zone, reader.now),
            times::day(words, at(hold.at_most), &reader.zone, reader.now),
        );
        let hint = words.fill(Text::HoldBounds, &[("from", &from), ("to", &to)]);
        let day = first.to_zoned_datetime(reader.zone.clone()).date().to_string();
        // Whoever waits for an answer is told when there will be one; after an answer there is nothing to add.
        let waits = self.seen.whole.stored.ticket.asked_at.is_some();
        let theirs = self.seen.language();
        let ready = if waits { theirs.say(Text::HoldSentence) } else { "" };
        let reply = words.fill(Text::ReplyTo, &[("name", &self.seen.requester())]);
        let fields = self.fields(&[
            Field {
                value: self.typed_or("until", &day),
                hint: Some(&hint),
                error: self.error("until").map(|_| hint.as_str()),
                control: Control::Line { kind: "date", autocomplete: "off" },
                ..Field::line("until", words.say(Text::HoldUntil))
            },
            Field {
                value: self.typed_or("body", ready),
                hint: Some(words.say(Text::HoldSentenceHint)),
                error: self.error("body"),
                optional: true,
                control: Control::Text,
                ..Field::line("body", &reply)
            },
        ]);
        html! {
            // The day is put into the sentence when it is sent, in the language the sentence is in.
            input type="hidden" name="language" value=(theirs.tag());
            (fields)
        }
    }

    fn solution(&self) -> Markup {
        let words = self.seen.reader.words;
        let ticket = &self.seen.whole.stored.ticket;
        let causes = [
            Cause::Answered,
            Cause::Confirmed,
            Cause::IssueOpened,
            Cause::NoReplyNeeded,
            Cause::Duplicate,
            Cause::Spam,
            Cause::HandedToSales,
        ];
        let options = causes.map(|cause| (cause.as_str(), words.say(cause_text(cause)), ""));
        let preset = super::likely_cause(ticket);
        html! {
            @if ticket.asked_at.is_some() { p.hint { (words.say(Text::StillAsked)) } }
            (self.fields(&[
                Field {
                    value: self.typed_or("cause", preset.as_str()),
                    error: self.error("cause").or(self.error("status")),
                    control: Control::Radio(&options),
                    ..Field::line("cause", words.say(Text::SolvedBecause))
                },
                Field {
                    value: self.typed_or("issue_url", ""),
                    hint: Some(words.say(Text::IssueHint)),
                    error: self.error("issue_url").map(|_| words.say(Text::IssueMissing)),
                    optional: true,
                    ..Field::line("issue_url", words.say(Text::IssueUrl))
                },
            ]))
        }
    }

    fn priority(&self) -> Markup {
        let words = self.seen.reader.words;
        let levels = [Level::Urgent, Level::High, Level::Normal, Level::Low];
        let options = levels.map(|level| (level.as_str(), words.say(badge::level_text(level)), ""));
        let now = self.seen.whole.stored.ticket.priority;
        self.fields(&[
            Field {
                value: self.typed_or("level", now.as_str()),
                error: self.error("level"),
                control: Control::Radio(&options),
                ..Field::line("level", words.say(Text::PriorityColumn))
            },
            Field {
                value: self.typed_or("reason", ""),
                hint: Some(words.say(Text::ReasonHint)),
                error: self.error("reason"),
                ..Field::line("reason", words.say(Text::Reason))
            },
            Field {
                value: self.typed_or("until", ""),
                hint: Some(words.say(Text::OverrideUntilHint)),
                error: self.error("until"),
                optional: true,
                control: Control::Line { kind: "date", autocomplete: "off" },
                ..Field::line("until", words.say(Text::OverrideUntil))
            },
        ])
    }

    fn tags(&self) -> Markup {
        let words = self.seen.reader.words;
        let now = self.seen.whole.stored.ticket.tags.join(" ");
        self.fields(&[Field {
            value: self.typed_or("tags", &now),
            hint: Some(words.say(Text::TagsHint)),
            error: self.error("tags"),
            optional: true,
            control: Control::Offered { kind: "text", from: routes::TAGS },
            ..Field::line("tags", words.say(Text::Tags))
        }])
    }

    fn merge(&self) -> Markup {
        let words = self.seen.reader.words;
        self.fields(&[Field {
            value: self.typed_or("into", ""),
            hint: Some(words.say(Text::MergeHint)),
            error: self.error("into").or(self.error("ids")),
            ..Field::line("into", words.say(Text::MergeInto))
        }])
    }

    fn giving_back(&self) -> Markup {
        let words = self.seen.reader.words;
        self.fields(&[Field {
            value: self.typed_or("reason", ""),
            hint: Some(words.say(Text::GiveBackHint)),
            error: self.error("reason").map(|_| words.say(Text::SayWhy)),
            ..Field::line("reason", words.say(Text::Reason))
        }])
    }

    /// The customer's messages, but not the first, which is the ticket itself.
    fn split(&self) -> Markup {
        let words = self.seen.reader.words;
        let whole = &self.seen.whole;
        let ticket = &whole.stored.ticket;
        let said = whole.comments.iter().filter(|comment| {
            comment.public
                && comment.id != whole.stored.first_comment
                && ticket.has_participant(comment.author)
        });
        let options: Vec<(String, String)> = said
            .map(|comment| {
                let words: String = comment.body.chars().take(80).collect();
                (comment.id.to_string(), words.replace('\n', " "))
            })
            .collect();
        let options: Vec<(&str, &str)> =
            options.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
        if options.is_empty() {
            return html! { p { (words.say(Text::SplitNone)) } };
        }
        let latest = options.last().map_or("", |(id, _)| *id);
        self.fields(&[
            Field {
                value: self.typed_or("comment", latest),
                hint: Some(words.say(Text::SplitHint)),
                error: self.error("comment_id"),
                control: Control::Select(&options),
                ..Field::line("comment", words.say(Text::SplitWhich))
            },
            Field {
                value: self.typed_or("subject", &whole.stored.subject),
                error: self.error("subject"),
                ..Field::line("subject", words.say(Text::SplitSubject))
            },
        ])
    }

    fn escalation(&self) -> Markup {
        let words = self.seen.reader.words;
        let own = self.seen.whole.stored.ticket.team;
        let others = self.seen.around.teams.iter().filter(|team| team.id != own);
        let teams: Vec<(String, &str)> =
            others.map(|team| (team.id.to_string(), team.name.as_str())).collect();
        let teams: Vec<(&str, &str)> =
            teams.iter().map(|(id, name)| (id.as_str(), *name)).collect();
        let likely = likely_team(self.visitor, self.seen).map(|id| id.to_string());
        let name = self.seen.requester();
        let query = &self.visitor.query;
        let is_told = match (self.errors.is_empty(), query.some("told")) {
            (true, None) => true,
            (true, Some(_)) => query.some("tell").is_some(),
            (false, _) => self.typed.some("tell").is_some(),
        };
        let to = routes::ticket_part(self.seen.id(), "escalation");
        html! {
            (self.fields(&[
                Field {
                    value: self.typed_or("team", likely.as_deref().unwrap_or_default()),
                    error: self.error("team"),
                    control: Control::Select(&teams),
                    ..Field::line("team", words.say(Text::ToTeam))
                },
                Field {
                    value: self.typed_or("note", ""),
                    hint: Some(words.say(Text::EscalationHint)),
                    error: self.error("note").map(|_| words.say(Text::SayWhy)),
                    begins: self.visitor.query.some("team").is_some(),
                    control: Control::Text,
                    ..Field::line("note", words.say(Text::EscalationNote))
                },
            ]))
            // Another team has another name, and perhaps another deadline: the sentence is asked for again.
            div #told hx-get=(to) hx-include="#team, #told input" hx-trigger="change from:#team" hx-select="#told" hx-target="this" hx-swap="outerHTML" {
                @if let Some(told) = self.told {
                    input type="hidden" name="told" value="1";
                    (checkbox("tell", "tell", &words.fill(Text::EscalationTell, &[("name", &name)]), is_told, Some(&format!("“{told}”"))))
                }
            }
        }
    }

    /// A public issue that follows up on it. (GH-02)
    fn issue(&self) -> Markup {
        let words = self.seen.reader.words;
        self.fields(&[Field {
            value: self.typed_or("issue_url", ""),
            hint: Some(words.say(Text::IssueHint)),
            error: self.error("issue_url").map(|_| words.say(Text::IssueMissing)),
            ..Field::line("issue_url", words.say(Text::IssueUrl))
        }])
    }

    /// How bad it is, graded by one of us, with a reason. (PR-04)
    fn severity(&self) -> Markup {
        let words = self.seen.reader.words;
        let levels = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
        let options = levels.map(|severity| (severity.as_str(), severity.as_str(), ""));
        let now = self.seen.whole.stored.ticket.severity.map_or("", Severity::as_str);
        self.fields(&[
            Field {
                value: self.typed_or("severity", now),
                error: self.error("severity"),
                control: Control::Radio(&options),
                ..Field::line("severity", words.say(Text::Severity))
            },
            Field {
                value: self.typed_or("reason", ""),
                hint: Some(words.say(Text::SeverityReasonHint)),
                error: self.error("reason"),
                ..Field::line("reason", words.say(Text::Reason))
            },
        ])
    }

    /// A promise is taken back, which only a person can do. (PR-06)
    fn withdrawal(&self) -> Markup {
        let words = self.seen.reader.words;
        html! {
            p { (words.say(Text::WithdrawMeans)) }
            (self.fields(&[Field {
                value: self.typed_or("reason", ""),
                hint: Some(words.say(Text::WithdrawHint)),
                error: self.error("reason"),
                ..Field::line("reason", words.say(Text::Reason))
            }]))
        }
    }

    /// An escalated ticket can be handed back.
    fn way_back(&self) -> Markup {
        let reader = &self.seen.reader;
        let words = reader.words;
        html! {
            @if let Some(escalation) = &self.seen.whole.stored.ticket.escalation {
                hr;
                p { (words.say(Text::IsEscalated)) }
                (button::action(
                    reader,
                    &routes::ticket_part(self.seen.id(), "deescalation"),
                    Button::plain(&words.fill(Text::HandBack, &[("team", &self.seen.around.team_name(escalation.from))])),
                ))
            }
        }
    }
}
