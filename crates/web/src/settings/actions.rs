//! Actions as fields of a form, and in words.

use desk::FieldError;
use domain::actions::{self, Action, Object, Used, Value, Where, Who};
use domain::{Kind, Level, Severity, Status, Team, User};
use maud::{Markup, html};
use std::collections::HashMap;

use crate::components::badge;
use crate::components::field::{Control, Field, field};
use crate::form::Form;
use crate::words::{Text, Words};

/// What actions name, by what it is called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// All teams.
    pub(crate) teams: Vec<Team>,
    /// Everybody who answers.
    pub(crate) agents: Vec<User>,
    /// The areas: value and name.
    pub(crate) areas: Vec<(String, String)>,
    /// Custom fields: number and title.
    pub(crate) fields: Vec<(i64, String)>,
    /// Webhooks: number and name.
    pub(crate) webhooks: Vec<(i64, String)>,
}

impl Known {
    fn team(&self, id: domain::TeamId) -> String {
        let found = self.teams.iter().find(|team| team.id == id);
        found.map_or_else(|| format!("#{id}"), |team| team.name.clone())
    }

    fn agent(&self, id: domain::UserId) -> String {
        let found = self.agents.iter().find(|user| user.id == id);
        found.map_or_else(|| format!("#{id}"), |user| user.name.clone())
    }

    fn named(list: &[(i64, String)], id: i64) -> String {
        let found = list.iter().find(|(known, _)| *known == id);
        found.map_or_else(|| format!("#{id}"), |(_, name)| name.clone())
    }
}

/// What actions do, a line each. What is not understood any more stands as it is kept.
pub(crate) fn in_words(words: Words, known: &Known, used: Used, objects: &[Object]) -> Vec<String> {
    let line = |object: &Object| match actions::read(used, object) {
        Ok(Action::IsPublic(_)) => None,
        Ok(action) => Some(said(words, known, used, &action)),
        Err(_) => Some(format!("{}: {}", object.field, object.value.parts().join(" "))),
    };
    objects.iter().filter_map(line).collect()
}

fn said(words: Words, known: &Known, used: Used, action: &Action) -> String {
    let nothing = || words.say(Text::Nothing).to_owned();
    let say = |text: Text, value: String| words.fill(text, &[("value", &value)]);
    let who = |who: Who| match who {
        Who::Nobody => words.say(Text::ActionAssigneeNobody).to_owned(),
        Who::Me => words.say(Text::ActWhoever).to_owned(),
        Who::Assignee => words.say(Text::ActWhoeverHas).to_owned(),
        Who::Id(id) => known.agent(id),
    };
    match action {
        Action::Status(to) => {
            say(Text::SaidActStatus, words.say(badge::status_text(*to)).to_owned())
        }
        Action::Priority(to) => {
            say(Text::SaidActPriority, words.say(badge::level_text(*to)).to_owned())
        }
        Action::Severity(to) => {
            say(Text::SaidActSeverity, to.map_or_else(nothing, |word| word.to_string()))
        }
        Action::Area(to) => say(Text::SaidActArea, to.clone().unwrap_or_else(nothing)),
        Action::Kind(to) => {
            say(Text::SaidActKind, to.map_or_else(nothing, |word| word.to_string()))
        }
        Action::Team(Where::Mine) => {
            say(Text::SaidActTeam, words.say(Text::ActionTeamMine).to_owned())
        }
        Action::Team(Where::Id(id)) => say(Text::SaidActTeam, known.team(*id)),
        Action::Assignee(to) => say(Text::SaidActAssignee, who(*to)),
        Action::SetTags(tags) => say(Text::SaidActSetTags, tags.join(" ")),
        Action::AddTags(tags) => say(Text::SaidActAddTags, tags.join(" ")),
        Action::RemoveTags(tags) => say(Text::SaidActRemoveTags, tags.join(" ")),
        Action::Field(id, value) => {
            let name = Known::named(&known.fields, *id);
            let value = value.clone().unwrap_or_else(nothing);
            words.fill(Text::SaidActField, &[("name", &name), ("value", &value)])
        }
        Action::Comment(_) if used == Used::Macro => words.say(Text::SaidActComment).to_owned(),
        Action::Comment(_) | Action::IsPublic(_) => words.say(Text::SaidActNote).to_owned(),
        Action::TellPerson(to, ..) => say(Text::SaidActTellPerson, who(*to)),
        Action::TellTeam(id, ..) => say(Text::SaidActTellTeam, known.team(*id)),
        Action::Webhook(id, _) => say(Text::SaidActWebhook, Known::named(&known.webhooks, id.0)),
    }
}

/// The fields of a form and the API's names for what they change, in the order in which they happen.
const PLAIN: [(&str, &str); 10] = [
    ("a_status", "status"),
    ("a_team", "group_id"),
    ("a_assignee", "assignee_id"),
    ("a_priority", "priority"),
    ("a_severity", "severity"),
    ("a_area", "area"),
    ("a_kind", "kind"),
    ("a_add", "current_tags"),
    ("a_remove", "remove_tags"),
    ("a_words", "comment_value"),
];
/// Those that name somebody or something, and what it is told.
const TOLD: [(&str, &str, &str); 3] = [
    ("a_person", "a_person_text", "notification_user"),
    ("a_told_team", "a_team_text", "notification_group"),
    ("a_webhook", "a_webhook_body", "notification_webhook"),
];
/// What takes away what is there, which an empty field cannot say.
const NONE: &str = "none";

/// What stands in the fields of a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    values: HashMap<String, String>,
}

impl Typed {
    /// What was sent.
    pub(crate) fn sent(form: &Form) -> Self {
        let own = form.pairs().filter(|(name, _)| name.starts_with("a_"));
        Self { values: own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
    }

    /// What is kept. What has no field of its own, or stands there twice, is a line of the last one.
    pub(crate) fn of(objects: &[Object]) -> Self {
        let mut typed = Self::default();
        let mut others = Vec::new();
        for object in objects {
            if !typed.take(object) {
                others.push(serde_json::to_string(object).unwrap_or_default());
            }
        }
        typed.values.insert("a_other".to_owned(), others.join("\n"));
        typed
    }

    fn take(&mut self, object: &Object) -> bool {
        let mut put = |name: &str, value: &str| {
            if self.values.contains_key(name) || value.is_empty() {
                return false;
            }
            self.values.insert(name.to_owned(), value.to_owned());
            true
        };
        let parts = object.value.parts();
        if object.field == "comment_mode_is_public" {
            return put("a_side", parts.first().copied().unwrap_or_default());
        }
        if let Some((name, _)) = PLAIN.iter().find(|(_, field)| *field == object.field) {
            let value = parts.join(" ");
            let value = if value.is_empty() { NONE } else { &value };
            return put(name, value);
        }
        match (TOLD.iter().find(|(_, _, field)| *field == object.field), parts.as_slice()) {
            (Some((name, text, "notification_webhook")), [id, body]) => {
                put(name, id) && (body.is_empty() || put(text, body))
            }
            (Some((name, text, _)), [id, "", body]) => put(name, id) && put(text, body),
            _ => false,
        }
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The actions, and the field each comes from.
    ///
    /// # Errors
    ///
    /// A line that is no action.
    pub(crate) fn actions(&self) -> Result<(Vec<Object>, Vec<&'static str>), FieldError> {
        let mut objects = Vec::new();
        let mut names = Vec::new();
        let mut push = |name: &'static str, field: &str, value: Value| {
            objects.push(Object { field: field.to_owned(), value });
            names.push(name);
        };
        for (name, field) in PLAIN {
            let value = self.get(name).trim();
            if !value.is_empty() {
                let value = if value == NONE { "" } else { value };
                push(name, field, Value::One(value.to_owned()));
            }
        }
        if !self.get("a_side").is_empty() && !self.get("a_words").trim().is_empty() {
            push("a_side", "comment_mode_is_public", Value::One(self.get("a_side").to_owned()));
        }
        for (name, text, field) in TOLD {
            let (to, text) = (self.get(name).trim(), self.get(text));
            if to.is_empty() {
                continue;
            }
            let mut parts = vec![to.to_owned()];
            if field != "notification_webhook" {
                parts.push(String::new());
            }
            parts.push(text.to_owned());
            push(name, field, Value::Many(parts));
        }
        for line in self.get("a_other").lines().filter(|line| !line.trim().is_empty()) {
            let object: Object = serde_json::from_str(line).map_err(|_| FieldError {
                field: "a_other".to_owned(),
                code: "InvalidFormat",
                description: Words::default().say(Text::ActionOtherWrong).to_owned(),
            })?;
            push("a_other", &object.field, object.value);
        }
        Ok((objects, names))
    }
}

/// What is wrong, at the fields of the form instead of the API's places.
pub(crate) fn at_fields(errors: Vec<FieldError>, names: &[&'static str]) -> Vec<FieldError> {
    let at = |error: FieldError| {
        let place = error.field.strip_prefix("actions[").and_then(|rest| rest.split_once(']'));
        let name = place.and_then(|(place, _)| names.get(place.parse::<usize>().ok()?));
        match name {
            Some(name) => FieldError { field: (*name).to_owned(), ..error },
            None if error.field == "actions" => FieldError { field: "a_other".to_owned(), ..error },
            None => error,
        }
    };
    errors.into_iter().map(at).collect()
}

/// The fields of the actions; each also says what is wrong with it.
pub(crate) fn fields(
    words: Words,
    known: &Known,
    used: Used,
    typed: &Typed,
    errors: &[FieldError],
) -> Markup {
    let rest = Rest { words, typed, errors };
    let keep = words.say(Text::ActionKeep);
    let statuses = [Status::Open, Status::Pending, Status::Solved, Status::Closed];
    let statuses: Vec<(String, String)> = statuses
        .iter()
        .map(|one| (one.to_string(), words.say(badge::status_text(*one)).to_owned()))
        .collect();
    let levels: Vec<(String, String)> = [Level::Urgent, Level::High, Level::Normal, Level::Low]
        .iter()
        .map(|one| (one.as_str().to_owned(), words.say(badge::level_text(*one)).to_owned()))
        .collect();
    let nothing = (NONE.to_owned(), words.say(Text::Nothing).to_owned());
    let of_words = |all: Vec<String>| {
        let listed = all.into_iter().map(|word| (word.clone(), word));
        listed.chain([nothing.clone()]).collect::<Vec<_>>()
    };
    let mut teams: Vec<(String, String)> =
        known.teams.iter().map(|team| (team.id.to_string(), team.name.clone())).collect();
    let people: Vec<(String, String)> =
        known.agents.iter().map(|user| (user.id.to_string(), user.name.clone())).collect();
    if used == Used::Macro {
        let mine = words.say(Text::ActionTeamMine).to_owned();
        teams.insert(0, ("current_groups".to_owned(), mine));
    }
    let mut assignees = vec![(NONE.to_owned(), words.say(Text::ActionAssigneeNobody).to_owned())];
    if used != Used::Automation {
        let me = words.say(Text::ActionAssigneeMe).to_owned();
        assignees.insert(0, ("current_user".to_owned(), me));
    }
    assignees.extend(people);
    let mut areas = known.areas.clone();
    areas.push(nothing.clone());
    let select = |name, label, options: &[(String, String)], hint| {
        rest.select(name, label, (keep, options), hint)
    };
    html! {
        div.field-grid {
            (select("a_status", Text::ActionStatus, &statuses, None))
            (select("a_team", Text::ActionTeam, &teams, None))
            (select("a_assignee", Text::ActionAssignee, &assignees, None))
            (select("a_priority", Text::ActionPriority, &levels, Some(Text::ActionPriorityHint)))
            (select("a_severity", Text::ActionSeverity, &of_words(Severity::ALL.iter().map(ToString::to_string).collect()), None))
            (select("a_area", Text::ActionArea, &areas, None))
            (select("a_kind", Text::ActionKind, &of_words(Kind::ALL.iter().map(ToString::to_string).collect()), None))
            (rest.line("a_add", Text::ActionAddTags, Some(Text::ActionTagsHint)))
            (rest.line("a_remove", Text::ActionRemoveTags, Some(Text::ActionTagsHint)))
        }
        (rest.text("a_other", Text::ActionOther, Some(Text::ActionOtherHint)))
    }
}

/// One field after the other, with what stands in it and what is wrong.
pub(crate) struct Rest<'a> {
    pub(crate) words: Words,
    pub(crate) typed: &'a Typed,
    pub(crate) errors: &'a [FieldError],
}

impl Rest<'_> {
    fn error(&self, name: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == name);
        error.map(|error| error.description.as_str())
    }

    fn of<'f>(&'f self, name: &'f str, label: Text, hint: Option<Text>) -> Field<'f> {
        Field {
            hint: hint.map(|hint| self.words.say(hint)),
            error: self.error(name),
            value: self.typed.get(name),
            optional: true,
            ..Field::line(name, self.words.say(label))
        }
    }

    /// A line.
    pub(crate) fn line(&self, name: &str, label: Text, hint: Option<Text>) -> Markup {
        field(self.words, &self.of(name, label, hint))
    }

    /// Several lines.
    pub(crate) fn text(&self, name: &str, label: Text, hint: Option<Text>) -> Markup {
        field(self.words, &Field { control: Control::Text, ..self.of(name, label, hint) })
    }

    /// One of several, or what an empty choice says.
    pub(crate) fn select(
        &self,
        name: &str,
        label: Text,
        (empty, options): (&str, &[(String, String)]),
        hint: Option<Text>,
    ) -> Markup {
        let mut all = vec![("", empty)];
        all.extend(options.iter().map(|(value, words)| (value.as_str(), words.as_str())));
        let one =
            Field { control: Control::Select(&all), optional: false, ..self.of(name, label, hint) };
        field(self.words, &one)
    }
}
