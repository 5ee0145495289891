//! What one can do with a ticket besides writing: each action is a page with a form, which script opens as a dialog.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::texts::Body;
use desk::tickets::Update;
use desk::{Act, Error, FieldError, Page};
use domain::{Cause, Level, Role, Status, TicketId, User};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::said::cause_text;
use super::{Seen, number};
use crate::components::badge;
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field, summary};
use crate::form::Form;
use crate::problem::{Answer, Problem, refused};
use crate::table::Route;
use crate::visitor::Visitor;
use crate::words::{Text, Words};
use crate::{frame, routes, times};

/// How many people can be chosen from.
const MOST_AGENTS: i64 = 200;

/// One action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Assign,
    Status,
    Hold,
    Solve,
    Priority,
    Tags,
    Escalate,
}

macro_rules! action_routes {
    ($($path:literal => $action:expr),+ $(,)?) => {
        vec![$(
            Route::get($path, Act::WorkTickets, |visitor: Visitor, Path(id): Path<String>| async move {
                ask(&visitor, number(&id)?, $action, &Form::default(), &[]).await
            }),
            Route::post($path, Act::WorkTickets, |visitor: Visitor, Path(id): Path<String>, form: Form| async move {
                act(&visitor, number(&id)?, $action, &form).await
            }),
        )+]
    };
}

pub(crate) fn pages() -> Vec<Route> {
    let mut all = action_routes! {
        "/tickets/{id}/assignment" => Action::Assign,
        "/tickets/{id}/status" => Action::Status,
        "/tickets/{id}/hold" => Action::Hold,
        "/tickets/{id}/solution" => Action::Solve,
        "/tickets/{id}/priority" => Action::Priority,
        "/tickets/{id}/tags" => Action::Tags,
        "/tickets/{id}/escalation" => Action::Escalate,
    };
    all.push(Route::post("/tickets/{id}/deescalation", Act::WorkTickets, hand_back));
    all
}

impl Action {
    fn part(self) -> &'static str {
        match self {
            Self::Assign => "assignment",
            Self::Status => "status",
            Self::Hold => "hold",
            Self::Solve => "solution",
            Self::Priority => "priority",
            Self::Tags => "tags",
            Self::Escalate => "escalation",
        }
    }

    fn title(self) -> Text {
        match self {
            Self::Assign => Text::TitleAssign,
            Self::Status => Text::TitleStatus,
            Self::Hold => Text::TitleHold,
            Self::Solve => Text::TitleSolve,
            Self::Priority => Text::TitlePriority,
            Self::Tags => Text::TitleTags,
            Self::Escalate => Text::TitleEscalate,
        }
    }

    fn button(self) -> Text {
        match self {
            Self::Assign => Text::ButtonAssign,
            Self::Status => Text::ButtonStatus,
            Self::Hold => Text::ButtonHold,
            Self::Solve => Text::Solve,
            Self::Priority => Text::ButtonPriority,
            Self::Tags => Text::ButtonTags,
            Self::Escalate => Text::ButtonEscalate,
        }
    }
}

/// The page of an action, or its form alone for the dialog.
async fn ask(
    visitor: &Visitor,
    id: TicketId,
    action: Action,
    typed: &Form,
    errors: &[FieldError],
) -> Answer {
    let seen = Seen::read(visitor, id, 1).await?;
    let words = seen.reader.words;
    let agents = if action == Action::Assign { agents(visitor).await? } else { Vec::new() };
    let asked = Asked { visitor, seen: &seen, typed, errors, agents: &agents };
    let form = asked.form(action);
    let title = words.say(action.title());
    if visitor.fragment {
        return Ok(frame::html(html! { h2 #dialog-heading { (title) } (form) }));
    }
    let main = html! {
        p.ticket-way { a href=(routes::ticket(id.0)) { (seen.title()) } }
        h1 tabindex="-1" { (title) }
        (form)
    };
    let tab = format!("{title}, #{id}");
    let frame = frame::Frame { title: &tab, ..frame::Frame::default() };
    let page = frame::workspace(visitor, &seen.reader, frame, &main, None).await?;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, frame::html(page)).into_response())
}

async fn agents(visitor: &Visitor) -> Result<Vec<User>, Problem> {
    let roles = vec![Role::Agent, Role::Admin];
    let filter = desk::users::Filter { roles, ..desk::users::Filter::default() };
    let ctx = visitor.ctx.clone();
    let found = visitor.desk.read(ctx, move |tx, ctx| {
        let page = Page::first(MOST_AGENTS);
        desk::users::list(tx, ctx, &filter, desk::users::Order::Name, &page, false)
    });
    Ok(found.await?.0)
}

/// Does what a form asks for.
async fn act(visitor: &Visitor, id: TicketId, action: Action, form: &Form) -> Answer {
    let ctx = visitor.ctx.clone();
    let done = if action == Action::Escalate {
        let team = form.number("team").unwrap_or_default();
        let note = Body::markdown(form.get("note"));
        let escalate = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
            desk::tickets::escalate(tx, ctx, id, domain::TeamId(team), &note)
        };
        visitor.desk.write(ctx, escalate).await
    } else {
        match asked_for(visitor, action, form) {
            Err(errors) => Err(Error::Invalid(errors)),
            Ok(update) => {
                let change = move |tx: &mut desk::Tx<'_>, ctx: &desk::Ctx| {
                    desk::tickets::update(tx, ctx, id, &update)
                };
                visitor.desk.write(ctx, change).await
            }
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to(&routes::ticket(id.0)).into_response()),
        Err(Error::Invalid(errors)) => ask(visitor, id, action, form, &errors).await,
        Err(Error::Refused(refusal)) => ask(visitor, id, action, form, &[refused(&refusal)]).await,
        Err(error) => Err(error.into()),
    }
}

async fn hand_back(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let ctx = visitor.ctx.clone();
    visitor.desk.write(ctx, move |tx, ctx| desk::tickets::deescalate(tx, ctx, id)).await?;
    Ok(Redirect::to(&routes::ticket(id.0)).into_response())
}

/// The change a form asks for, or what is wrong with it.
fn asked_for(visitor: &Visitor, action: Action, form: &Form) -> Result<Update, Vec<FieldError>> {
    let words = Words::default();
    let missing = |field: &str, text: Text| {
        vec![FieldError {
            field: field.to_owned(),
            code: "BlankValue",
            description: words.say(text).to_owned(),
        }]
    };
    let mut update = Update::default();
    match action {
        Action::Assign => {
            update.team = form.number("team").map(domain::TeamId);
            update.assignee = Some(form.number("assignee").map(domain::UserId));
            if form.get("team") == form.get("team_was") {
                update.team = None;
            }
            if form.get("assignee") == form.get("assignee_was") {
                update.assignee = None;
            }
        }
        Action::Status => {
            let status = form.get("status").parse().ok();
            update.status = Some(status.ok_or_else(|| missing("status", Text::ChooseStatus))?);
        }
        Action::Hold => {
            let day: Option<Date> = form.get("until").parse().ok();
            let day = day.ok_or_else(|| missing("until", Text::ChooseDay))?;
            update.status = Some(Status::Hold);
            update.hold_until = start_of(visitor, day);
        }
        Action::Solve => {
            let cause: Option<Cause> = form.get("cause").parse().ok();
            update.cause = Some(cause.ok_or_else(|| missing("cause", Text::ChooseCause))?);
            update.status = Some(Status::Solved);
        }
        Action::Priority => {
            let level: Option<Level> = form.get("level").parse().ok();
            let level = level.ok_or_else(|| missing("level", Text::ChooseLevel))?;
            let reason = form.some("reason").ok_or_else(|| missing("reason", Text::SayWhy))?;
            update.level = Some((level, desk::texts::one_line(reason, 500)));
        }
        Action::Tags => {
            update.tags = Some(form.get("tags").split_whitespace().map(str::to_owned).collect());
        }
        Action::Escalate => {}
    }
    Ok(update)
}

/// A day's beginning where the reader is.
fn start_of(visitor: &Visitor, day: Date) -> Option<Timestamp> {
    let zone = visitor.reader().zone;
    zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()
}

/// A form with what was typed before and what is wrong with it.
struct Asked<'a> {
    visitor: &'a Visitor,
    seen: &'a Seen,
    typed: &'a Form,
    errors: &'a [FieldError],
    agents: &'a [User],
}

impl Asked<'_> {
    fn form(&self, action: Action) -> Markup {
        let words = self.seen.reader.words;
        let id = self.seen.id();
        html! {
            form.stack method="post" action=(routes::ticket_part(id, action.part())) {
                (button::csrf(&self.seen.reader))
                @match action {
                    Action::Assign => (self.assignment()),
                    Action::Status => (self.status()),
                    Action::Hold => (self.hold()),
                    Action::Solve => (self.solution()),
                    Action::Priority => (self.priority()),
                    Action::Tags => (self.tags()),
                    Action::Escalate => (self.escalation()),
                }
                div.field-actions {
                    (button::submit(Button::primary(words.say(action.button()))))
                    a.button href=(routes::ticket(id)) data-close { (words.say(Text::Cancel)) }
                }
            }
            @if action == Action::Escalate { (self.way_back()) }
        }
    }

    fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == name).map(|error| error.description.as_str())
    }

    /// The fields, those that are wrong on top.
    fn fields(&self, all: &[Field<'_>]) -> Markup {
        let words = self.seen.reader.words;
        let known: Vec<&str> = all.iter().map(|one| one.name).collect();
        let others = self.errors.iter().filter(|error| !known.contains(&error.field.as_str()));
        html! {
            (summary(words, &all.iter().collect::<Vec<_>>()))
            @for error in others { p.error role="alert" { (error.description) } }
            @for one in all { (field(words, one)) }
        }
    }

    fn typed_or<'v>(&'v self, name: &str, else_: &'v str) -> &'v str {
        if self.errors.is_empty() { else_ } else { self.typed.get(name) }
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
        people.extend(others.map(|agent| (agent.id.to_string(), agent.name.clone())));
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
        self.fields(&[Field {
            value: self.typed_or("until", &day),
            hint: Some(&hint),
            error: self.error("until").map(|_| hint.as_str()),
            control: Control::Line { kind: "date", autocomplete: "off" },
            ..Field::line("until", words.say(Text::HoldUntil))
        }])
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
        let preset =
            if ticket.replied_at.is_some() { Cause::Answered } else { Cause::NoReplyNeeded };
        html! {
            @if ticket.asked_at.is_some() { p.hint { (words.say(Text::StillAsked)) } }
            (self.fields(&[Field {
                value: self.typed_or("cause", preset.as_str()),
                error: self.error("cause").or(self.error("status")),
                control: Control::Radio(&options),
                ..Field::line("cause", words.say(Text::SolvedBecause))
            }]))
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
            ..Field::line("tags", words.say(Text::Tags))
        }])
    }

    fn escalation(&self) -> Markup {
        let words = self.seen.reader.words;
        let own = self.seen.whole.stored.ticket.team;
        let others = self.seen.around.teams.iter().filter(|team| team.id != own);
        let teams: Vec<(String, &str)> =
            others.map(|team| (team.id.to_string(), team.name.as_str())).collect();
        let teams: Vec<(&str, &str)> =
            teams.iter().map(|(id, name)| (id.as_str(), *name)).collect();
        self.fields(&[
            Field {
                value: self.typed_or("team", self.product_team().as_deref().unwrap_or_default()),
                error: self.error("team"),
                control: Control::Select(&teams),
                ..Field::line("team", words.say(Text::ToTeam))
            },
            Field {
                value: self.typed_or("note", ""),
                hint: Some(words.say(Text::EscalationHint)),
                error: self.error("note").map(|_| words.say(Text::SayWhy)),
                control: Control::Text,
                ..Field::line("note", words.say(Text::EscalationNote))
            },
        ])
    }

    /// The team that owns the product, which an escalation most likely goes to.
    fn product_team(&self) -> Option<String> {
        let area = self.seen.whole.stored.ticket.area.as_deref();
        let slug = self.visitor.ctx.handbook.route(area).product_team?;
        let team =
            self.seen.around.teams.iter().find(|team| team.slug.as_deref() == Some(&slug))?;
        Some(team.id.to_string())
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
