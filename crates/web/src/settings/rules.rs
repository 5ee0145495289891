//! `/settings/triggers` and `/settings/automations`: a list and one form each, with a trial on real tickets and the log
//! of what it did beside it. What is made here does not act until it is activated.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use desk::rules::{Input, Run, Trial};
use desk::{Ctx, Error, FieldError, Key, Page, Start, Tx};
use domain::RuleId;
use domain::actions::{Object, Used};
use domain::rules::Rule;
use maud::{Markup, html};

use super::actions::{self, Known, Rest, Typed as Actions};
use super::frame::{page, status};
use crate::components::button::{self, Button};
use crate::components::empty_state::empty_state;
use crate::components::field::{Field, field};
use crate::components::table::{Column, listing};
use crate::components::time;
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::reader::Reader;
use crate::routes;
use crate::tickets::would;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// How many times of acting a page of the log has.
const LOGGED: i64 = 25;

/// The words of one sort of rule.
#[derive(Clone, Copy)]
pub(super) struct Sort {
    used: Used,
    home: &'static str,
    name: Text,
    none: (Text, Text),
    make: Text,
    new: Text,
    hint: Text,
    example: Text,
}

pub(super) const TRIGGERS: Sort = Sort {
    used: Used::Trigger,
    home: routes::TRIGGERS,
    name: Text::Triggers,
    none: (Text::TriggerNone, Text::TriggerNoneWhy),
    make: Text::TriggerMake,
    new: Text::TriggerNew,
    hint: Text::TriggerConditionHint,
    example: Text::TriggerExample,
};

pub(super) const AUTOMATIONS: Sort = Sort {
    used: Used::Automation,
    home: routes::AUTOMATIONS,
    name: Text::Automations,
    none: (Text::AutomationNone, Text::AutomationNoneWhy),
    make: Text::AutomationMake,
    new: Text::AutomationNew,
    hint: Text::AutomationConditionHint,
    example: Text::AutomationExample,
};

impl Sort {
    fn new_href(self) -> String {
        format!("{}/new", self.home)
    }

    fn href(self, id: RuleId) -> String {
        format!("{}/{id}", self.home)
    }
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    title: String,
    description: String,
    condition: String,
    position: String,
    actions: Actions,
    errors: Vec<FieldError>,
}

impl Typed {
    fn of(rule: &Rule) -> Self {
        Self {
            title: rule.title.clone(),
            description: rule.description.clone().unwrap_or_default(),
            condition: rule.condition.clone(),
            position: rule.position.to_string(),
            actions: Actions::of(&rule.actions),
            errors: Vec::new(),
        }
    }

    fn sent(form: &Form) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            title: text("title"),
            description: text("description"),
            condition: text("conditions"),
            position: text("position"),
            actions: Actions::sent(form),
            errors: Vec::new(),
        }
    }

    fn error(&self, name: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    }

    fn input(&self, actions: Vec<Object>) -> Result<Input, Error> {
        let description = self.description.trim();
        Ok(Input {
            title: Some(self.title.clone()),
            description: Some((!description.is_empty()).then(|| description.to_owned())),
            condition: Some(self.condition.clone()),
            actions: Some(actions),
            active: None,
            position: super::position(&self.position)?,
        })
    }
}

pub(super) async fn list(visitor: Visitor, sort: Sort) -> Answer {
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        Ok::<_, Error>((desk::rules::list(tx, ctx, sort.used)?, super::known(tx, ctx)?))
    };
    let (all, known) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let make = button::link(&sort.new_href(), Button::primary(words.say(sort.make)));
    let main = html! {
        @if all.is_empty() {
            (empty_state(words.say(sort.none.0), words.say(sort.none.1), Some(&make)))
        } @else { p { (make) } (listed(&reader, &known, sort, &all)) }
    };
    page(&visitor, &reader, (sort.home, words.say(sort.name)), &main, StatusCode::OK).await
}

fn listed(reader: &Reader, known: &Known, sort: Sort, all: &[Rule]) -> Markup {
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::SettingsTitle)),
        Column::text(words.say(Text::RuleWhen)),
        Column::text(words.say(Text::ActionsHeading)),
        Column::text(words.say(Text::SettingsColumnState)),
    ];
    let row = |rule: &Rule| {
        let does = actions::in_words(words, known, sort.used, &rule.actions);
        let state = if rule.active { Text::SettingsActive } else { Text::SettingsInactive };
        vec![
            html! { a href=(sort.href(rule.id)) dir="auto" { (rule.title) } },
            html! { code { (rule.condition) } },
            html! { (does.join(" · ")) },
            html! { (words.say(state)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    listing("rules", words.say(sort.name), &columns, &rows)
}

pub(super) async fn new(visitor: Visitor, sort: Sort) -> Answer {
    form_page(&visitor, sort, None, &Typed::default(), None).await
}

fn number(id: &str) -> Result<RuleId, Problem> {
    id.parse().map(RuleId).map_err(|_| Problem::NotFound)
}

async fn load(visitor: &Visitor, sort: Sort, id: &str) -> Result<Rule, Problem> {
    let id = number(id)?;
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::show(tx, ctx, sort.used, id);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

pub(super) async fn edit(visitor: Visitor, Path(id): Path<String>, sort: Sort) -> Answer {
    let rule = load(&visitor, sort, &id).await?;
    form_page(&visitor, sort, Some(&rule), &Typed::of(&rule), None).await
}

pub(super) async fn create(visitor: Visitor, form: Form, sort: Sort) -> Answer {
    save(&visitor, sort, None, &form).await
}

pub(super) async fn update(
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
    sort: Sort,
) -> Answer {
    let rule = load(&visitor, sort, &id).await?;
    save(&visitor, sort, Some(&rule), &form).await
}

/// Keeps what the form says, or tries it and keeps nothing.
async fn save(visitor: &Visitor, sort: Sort, known: Option<&Rule>, form: &Form) -> Answer {
    let mut typed = Typed::sent(form);
    let mut names = Vec::new();
    let input = typed.actions.actions().map_err(|error| Error::Invalid(vec![error])).and_then(
        |(objects, fields)| {
            names = fields;
            typed.input(objects)
        },
    );
    let wrong = match input {
        Err(error) => error,
        Ok(input) if form.some("try").is_some() => {
            let rule = known.cloned();
            let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
                desk::rules::trial(tx, ctx, sort.used, rule.as_ref(), &input)
            };
            match visitor.desk.read(visitor.ctx.clone(), read).await {
                Ok(trial) => return form_page(visitor, sort, known, &typed, Some(&trial)).await,
                Err(error) => error,
            }
        }
        Ok(input) => {
            let id = known.map(|rule| rule.id);
            let write = move |tx: &mut Tx<'_>, ctx: &Ctx| match id {
                Some(id) => desk::rules::update(tx, ctx, sort.used, id, &input),
                None => desk::rules::create(tx, ctx, sort.used, &input),
            };
            match visitor.desk.write(visitor.ctx.clone(), write).await {
                Ok(rule) => {
                    let to = format!("{}?saved=1", sort.href(rule.id));
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(error) => error,
            }
        }
    };
    match wrong {
        Error::Invalid(errors) => {
            typed.errors = actions::at_fields(errors, &names);
            form_page(visitor, sort, known, &typed, None).await
        }
        error => Err(error.into()),
    }
}

/// Lets it act, or stops it.
pub(super) async fn activate(
    visitor: Visitor,
    Path(id): Path<String>,
    form: Form,
    sort: Sort,
) -> Answer {
    let id = number(&id)?;
    let input = Input { active: Some(form.get("active") == "true"), ..Input::default() };
    let write =
        move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::update(tx, ctx, sort.used, id, &input);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(_) => Ok(Redirect::to(&format!("{}?saved=1", sort.href(id))).into_response()),
        // What it names is gone: the form says what is to be mended.
        Err(Error::Invalid(errors)) => {
            let rule = load(&visitor, sort, &id.to_string()).await?;
            let typed = Typed { errors, ..Typed::of(&rule) };
            form_page(&visitor, sort, Some(&rule), &typed, None).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn delete(visitor: Visitor, Path(id): Path<String>, sort: Sort) -> Answer {
    let id = number(&id)?;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::delete(tx, ctx, sort.used, id);
    visitor.desk.write(visitor.ctx.clone(), write).await?;
    Ok(Redirect::to(&format!("{}?deleted=1", sort.home)).into_response())
}

/// A page of the log, the newest first; one more than is shown says whether there is more.
async fn log(visitor: &Visitor, rule: &Rule) -> Result<Vec<Run>, Problem> {
    let start = match visitor.query.number("before") {
        Some(id) => Start::After(Key { value: None, id }),
        None => Start::Offset(0),
    };
    let page = Page { start, size: LOGGED + 1, descending: true };
    let id = rule.id;
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::rules::runs(tx, ctx, id, &page);
    Ok(visitor.desk.read(visitor.ctx.clone(), read).await?)
}

async fn form_page(
    visitor: &Visitor,
    sort: Sort,
    rule: Option<&Rule>,
    typed: &Typed,
    trial: Option<&Trial>,
) -> Answer {
    let known = visitor.desk.read(visitor.ctx.clone(), super::known).await?;
    let runs = match rule {
        Some(rule) => log(visitor, rule).await?,
        None => Vec::new(),
    };
    let around = visitor.around().await?;
    let reader = visitor.reader();
    let words = reader.words;
    let heading = rule.map_or(words.say(sort.new), |rule| rule.title.as_str());
    let to = rule.map_or_else(|| sort.new_href(), |rule| sort.href(rule.id));
    let main = html! {
        @if let Some(rule) = rule { (state(&reader, sort, rule)) }
        @if let Some(trial) = trial { (tried(&reader, &around, &known, sort, trial)) }
        form.stack.narrow method="post" action=(to) {
            (button::csrf(&reader))
            (fields(words, &known, sort, typed))
            div.field-actions {
                (button::submit(Button::primary(words.say(Text::SettingsSaveChanges))))
                button.button type="submit" name="try" value="1" { (words.say(Text::RuleTry)) }
                a.button href=(sort.home) { (words.say(Text::Cancel)) }
            }
        }
        @if let Some(rule) = rule {
            (logged(&reader, sort, rule, &runs))
            (super::deletion(&reader, &format!("{}/deletion", sort.href(rule.id)), Text::RuleDelete, Text::RuleDeleteWhy))
        }
    };
    page(visitor, &reader, (sort.home, heading), &main, status(&typed.errors)).await
}

/// Whether it acts, and the button that changes that.
fn state(reader: &Reader, sort: Sort, rule: &Rule) -> Markup {
    let words = reader.words;
    let (said, label, to) = if rule.active {
        (Text::RuleIsActive, Button::plain(words.say(Text::RuleDeactivate)), "false")
    } else {
        (Text::RuleIsInactive, Button::primary(words.say(Text::RuleActivate)), "true")
    };
    html! {
        form.rule-state method="post" action={ (sort.href(rule.id)) "/activation" } {
            (button::csrf(reader))
            input type="hidden" name="active" value=(to);
            p { (words.say(said)) }
            (button::submit(label))
        }
    }
}

fn fields(words: Words, known: &Known, sort: Sort, typed: &Typed) -> Markup {
    let line = |name, label, value| Field {
        error: typed.error(name),
        value,
        ..Field::line(name, words.say(label))
    };
    let rest = Rest { words, typed: &typed.actions, errors: &typed.errors };
    let people = |first: Option<(&str, Text)>| {
        let first = first.map(|(value, text)| (value.to_owned(), words.say(text).to_owned()));
        let agents = known.agents.iter().map(|user| (user.id.to_string(), user.name.clone()));
        first.into_iter().chain(agents).collect::<Vec<_>>()
    };
    let teams: Vec<(String, String)> =
        known.teams.iter().map(|team| (team.id.to_string(), team.name.clone())).collect();
    let webhooks: Vec<(String, String)> =
        known.webhooks.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let nobody = words.say(Text::RuleNobody);
    let none = words.say(Text::RuleNone);
    html! {
        (super::errors_elsewhere(&typed.errors, &["title", "description", "conditions", "position"]))
        (field(words, &line("title", Text::SettingsTitle, &typed.title)))
        (field(words, &Field { hint: Some(words.say(sort.hint)), ..line("conditions", Text::RuleCondition, &typed.condition) }))
        p.hint { (words.say(Text::RuleExample)) ": " code { (words.say(sort.example)) } }
        h2 { (words.say(Text::ActionsHeading)) }
        (actions::fields(words, known, sort.used, &typed.actions, &typed.errors))
        (rest.text("a_words", Text::RuleNote, Some(Text::RuleNoteHint)))
        (rest.select("a_person", Text::RuleTellPerson, (nobody, &people(Some(("assignee_id", Text::RuleWhoeverHas)))), None))
        (rest.text("a_person_text", Text::RuleTellPersonText, None))
        (rest.select("a_told_team", Text::RuleTellTeam, (none, &teams), None))
        (rest.text("a_team_text", Text::RuleTellTeamText, None))
        @if !webhooks.is_empty() || !typed.actions.get("a_webhook").is_empty() {
            (rest.select("a_webhook", Text::RuleWebhook, (none, &webhooks), None))
            (rest.text("a_webhook_body", Text::RuleWebhookBody, Some(Text::RuleWebhookBodyHint)))
        }
        (field(words, &Field { optional: true, ..line("description", Text::SettingsAbout, &typed.description) }))
        (field(words, &Field { optional: true, hint: Some(words.say(Text::SettingsPlaceHint)), ..line("position", Text::SettingsPlace, &typed.position) }))
    }
}

/// What it would have done.
fn tried(
    reader: &Reader,
    around: &crate::memory::Around,
    known: &Known,
    sort: Sort,
    trial: &Trial,
) -> Markup {
    let words = reader.words;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let tickets = words.count(Text::Tickets, count(trial.tickets));
    let changes = words.count(Text::RuleTrialChanges, count(trial.changes));
    let text = match sort.used {
        Used::Automation => Text::RuleTrialAutomation,
        Used::Trigger | Used::Macro => Text::RuleTrialTrigger,
    };
    let columns = [
        Column::text(words.say(Text::RuleTrialTicket)),
        Column::text(words.say(Text::RuleTrialWhen)),
        Column::text(words.say(Text::RuleTrialWhat)),
    ];
    let rows: Vec<Vec<Markup>> = trial
        .found
        .iter()
        .map(|found| {
            let effects = domain::Applied {
                used: sort.used,
                id: 0,
                title: String::new(),
                effects: found.effects.clone(),
                refused: found.refused.clone(),
            };
            let lines = would(reader, around, &known.agents, &found.events, &effects);
            vec![
                html! { a href=(routes::ticket(found.ticket.0)) dir="auto" { "#" (found.ticket) " " (found.subject) } },
                time::dated(reader, found.at),
                html! {
                    @if lines.is_empty() { (words.say(Text::RuleTrialNothing)) }
                    @else { ul.plain { @for line in &lines { li { (line) } } } }
                },
            ]
        })
        .collect();
    html! {
        div.stack {
            h2 #trial-heading tabindex="-1" autofocus { (words.say(Text::RuleTrial)) }
            p { (words.fill(text, &[("tickets", &tickets), ("changes", &changes)])) }
            @if rows.is_empty() { p role="status" { (words.say(Text::RuleTrialNone)) } }
            @else {
                p role="status" { (words.count(Text::RuleTrialHits, count(trial.found.len()))) @if trial.more { " " (words.say(Text::RuleTrialMore)) } }
                (listing("trial", words.say(Text::RuleTrial), &columns, &rows))
            }
        }
    }
}

/// What it did.
fn logged(reader: &Reader, sort: Sort, rule: &Rule, runs: &[Run]) -> Markup {
    let words = reader.words;
    let size = usize::try_from(LOGGED).unwrap_or_default();
    let columns = [
        Column::text(words.say(Text::RuleLogTicket)),
        Column::text(words.say(Text::RuleLogWhen)),
        Column::text(words.say(Text::RuleLogHow)),
        Column::text(words.say(Text::RuleLogWhy)),
    ];
    let rows: Vec<Vec<Markup>> = runs
        .iter()
        .take(size)
        .map(|run| {
            let outcome = match run.outcome.as_str() {
                "acted" => Text::RuleActed,
                "refused" => Text::RuleRefused,
                _ => Text::RuleStopped,
            };
            vec![
                html! { a href=(routes::ticket_part(run.ticket.0, "activity")) { "#" (run.ticket) } },
                time::dated(reader, run.at),
                html! { (words.say(outcome)) },
                html! { (run.details.join("; ")) },
            ]
        })
        .collect();
    let more = runs.get(size.saturating_sub(1)).filter(|_| runs.len() > size);
    html! {
        div.stack {
            h2 #log-heading { (words.say(Text::RuleLog)) }
            @if rows.is_empty() { p { (words.say(Text::RuleLogNone)) } }
            @else { (listing("rule-log", words.say(Text::RuleLog), &columns, &rows)) }
            @if let Some(last) = more {
                p { a href={ (sort.href(rule.id)) "?before=" (last.id) "#log-heading" } { (words.say(Text::Older)) } }
            }
        }
    }
}
