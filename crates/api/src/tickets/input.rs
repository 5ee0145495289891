//! What clients write about tickets, checked field by field.

use desk::attachments::Files;
use desk::texts::{self, Body};
use desk::tickets::{CustomValue, NewTicket, Person, Reply, Update};
use desk::{Error, Tx};
use domain::{
    ByHand, Channel, Field, Kind, OrganizationId, Severity, Status, TeamId, TicketId, UserId,
};
use serde_json::Value;

use super::json::CustomFields;
use crate::answers::Problem;
use crate::body::{Object, shown};

/// Longest comment a client may send; what is beyond 64 KiB is cut.
const COMMENT: usize = 1024 * 1024;
/// Longest text of a custom field, in bytes; what a help form sends beyond is cut.
const FIELD: usize = 65_536;

/// Whether a wrong choice is an error or is left out, as help forms need it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choices {
    /// 422.
    Checked,
    /// Dropped.
    Dropped,
}

/// What custom fields say: the desk's own facts, and the rest as values and tags.
#[derive(Clone, Default)]
pub(crate) struct Custom {
    pub severity: Option<Option<Severity>>,
    pub area: Option<Option<String>>,
    pub kind: Option<Option<Kind>>,
    pub values: Vec<CustomValue>,
    pub add_tags: Vec<String>,
    pub remove_tags: Vec<String>,
}

/// Reads `custom_fields` (or `fields`), a list or an object keyed by id. Unknown ids are left out.
pub(crate) fn custom(input: &mut Object<'_>, fields: &CustomFields, choices: Choices) -> Custom {
    let mut custom = Custom::default();
    for key in ["custom_fields", "fields"] {
        let Some(sent) = input.raw(key) else { continue };
        let pairs: Vec<(Option<i64>, &Value)> = match sent {
            Value::Array(list) => {
                if let Some(other) = list.iter().find(|one| !one.is_object()) {
                    let what = format!("expected objects with id and value, got {}", shown(other));
                    input.complain(key, "InvalidValue", &what);
                }
                list.iter().map(|one| (number(&one["id"]), &one["value"])).collect()
            }
            Value::Object(map) => map.iter().map(|(id, value)| (id.parse().ok(), value)).collect(),
            Value::Null => Vec::new(),
            other => {
                input.complain(
                    key,
                    "InvalidValue",
                    &format!("expected a list, got {}", shown(other)),
                );
                Vec::new()
            }
        };
        for (id, value) in pairs {
            let field = fields.custom().find(|field| Some(field.id.0) == id);
            if let Some(field) = field {
                one_field(input, &mut custom, field, value, choices);
            }
        }
        break;
    }
    if let Some(kind) = input.text("type", 20) {
        ticket_type(input, &mut custom, fields, kind.filter(|kind| !kind.is_empty()));
    }
    custom
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn ticket_type(
    input: &mut Object<'_>,
    custom: &mut Custom,
    fields: &CustomFields,
    kind: Option<String>,
) {
    if kind
        .as_deref()
        .is_some_and(|kind| !["problem", "incident", "question", "task"].contains(&kind))
    {
        input.complain("type", "InvalidValue", "expected one of problem, incident, question, task");
    } else if let Some(field) = fields.ticket_type() {
        custom.values.push((field.id.0, kind.map(|kind| Value::from(kind).to_string())));
    }
}

fn one_field(
    input: &mut Object<'_>,
    custom: &mut Custom,
    field: &Field,
    value: &Value,
    choices: Choices,
) {
    let empty = value.is_null()
        || value.as_str() == Some("")
        || value.as_array().is_some_and(Vec::is_empty);
    let cut = match value {
        Value::String(text) if choices == Choices::Dropped => {
            texts::cut(text, FIELD).map(Value::from)
        }
        _ => None,
    };
    let value = if empty { None } else { Some(cut.as_ref().unwrap_or(value)) };
    let checked = match field.key.as_deref() {
        Some("severity") => word(value).map(|word| custom.severity = Some(word)),
        Some("kind") => word(value).map(|word| custom.kind = Some(word)),
        Some("area") => chosen(field, value).map(|area| custom.area = Some(area)),
        _ => other_field(custom, field, value),
    };
    if let Err(expected) = checked
        && choices == Choices::Checked
    {
        let got = value.map(shown).unwrap_or_default();
        let name = format!("custom_fields.{}", field.id);
        input.complain(
            &name,
            "InvalidValue",
            &format!("{}: expected {expected}, got {got}", field.title),
        );
    }
}

fn word<T: std::str::FromStr<Err: std::fmt::Display>>(
    value: Option<&Value>,
) -> Result<Option<T>, String> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|error: T::Err| {
            error
                .to_string()
                .trim_start_matches("expected ")
                .split(", got ")
                .next()
                .unwrap_or_default()
                .to_owned()
        }),
        Some(_) => Err("a text".to_owned()),
    }
}

fn chosen(field: &Field, value: Option<&Value>) -> Result<Option<String>, String> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) if field.options.iter().any(|option| option.value == *text) => {
            Ok(Some(text.clone()))
        }
        Some(_) => {
            let names: Vec<&str> =
                field.options.iter().map(|option| option.value.as_str()).collect();
            Err(format!("one of {}", names.join(", ")))
        }
    }
}

fn other_field(custom: &mut Custom, field: &Field, value: Option<&Value>) -> Result<(), String> {
    let options = || field.options.iter().map(|option| option.value.clone());
    let stored = match (field.kind.as_str(), value) {
        ("checkbox", None) => Some(Value::Bool(false)),
        (_, None) => None,
        ("checkbox", Some(value)) => {
            let flag = value.as_bool().or_else(|| value.as_str()?.parse().ok());
            Some(Value::Bool(flag.ok_or("true or false")?))
        }
        ("integer", Some(value)) => Some(number(value).ok_or("a whole number")?.into()),
        ("decimal", Some(value)) => {
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
            Some(number.filter(|number| number.is_finite()).ok_or("a number")?.into())
        }
        ("date", Some(value)) => {
            let date = value.as_str().filter(|text| text.parse::<jiff::civil::Date>().is_ok());
            Some(date.ok_or("a date such as 2026-06-08")?.into())
        }
        ("tagger", Some(_)) => chosen(field, value)?.map(Value::from),
        ("multiselect", Some(value)) => {
            let list = value.as_array().ok_or("a list")?;
            if list.iter().any(|one| chosen(field, Some(one)).is_err()) {
                return Err(format!("some of {}", options().collect::<Vec<_>>().join(", ")));
            }
            Some(Value::Array(list.clone()))
        }
        (_, Some(Value::String(text))) if text.len() <= FIELD => {
            Some(text.replace('\0', "").into())
        }
        (_, Some(Value::Number(number))) => Some(number.to_string().into()),
        (_, Some(Value::String(_))) => return Err(format!("at most {FIELD} bytes")),
        (_, Some(_)) => return Err("a text".to_owned()),
    };
    let is = |tag: &str| match &stored {
        Some(Value::String(text)) => text == tag,
        Some(Value::Array(list)) => list.iter().any(|one| one == tag),
        _ => false,
    };
    if matches!(field.kind.as_str(), "tagger" | "multiselect") {
        let (on, off): (Vec<String>, Vec<String>) = options().partition(|tag| is(tag));
        custom.add_tags.extend(on);
        custom.remove_tags.extend(off);
    }
    if field.kind == "checkbox"
        && let Some(tag) = field.properties.get("tag").and_then(Value::as_str)
    {
        let on = stored == Some(Value::Bool(true));
        if on { &mut custom.add_tags } else { &mut custom.remove_tags }.push(tag.to_owned());
    }
    custom.values.push((field.id.0, stored.map(|value| value.to_string())));
    Ok(())
}

/// A comment as written: the words, whether public, and who wrote it.
pub(crate) struct Comment {
    pub body: Body,
    pub public: Option<bool>,
    pub author: Option<UserId>,
    pub files: Files,
}

impl Comment {
    fn of(body: Body) -> Self {
        Self { body, public: None, author: None, files: Files::default() }
    }

    /// Whether nothing is said and nothing comes along.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_empty() && self.files.is_empty()
    }
}

/// Tokens of files sent ahead: a list, or one as a bare text.
fn uploads(inner: &mut Object<'_>) -> Files {
    let uploads = inner.texts("uploads", 50).flatten().unwrap_or_default();
    let mut uploads: Vec<String> = uploads.into_iter().filter(|token| !token.is_empty()).collect();
    uploads.dedup();
    Files { kept: Vec::new(), uploads }
}

/// Reads `comment`, an object or a bare text; agents' words are Markdown, customers' are plain.
pub(crate) fn comment(input: &mut Object<'_>, plain: bool) -> Option<Comment> {
    let write = |text: &str| if plain { Body::plain(text) } else { Body::markdown(text) };
    if let Some(Value::String(text)) = input.raw("comment") {
        return Some(Comment::of(write(text)));
    }
    let mut inner = input.object("comment")?;
    let html = inner.words("html_body", COMMENT).flatten();
    let text =
        inner.words("body", COMMENT).flatten().or_else(|| inner.words("value", COMMENT).flatten());
    let public = inner.flag("public").flatten();
    let author = inner.id("author_id").flatten().map(UserId);
    let files = uploads(&mut inner);
    input.absorb(inner);
    let body = match (html, text) {
        (Some(html), _) if !html.trim().is_empty() => Body::html(&html),
        (_, Some(text)) => write(&text),
        _ => Body::default(),
    };
    Some(Comment { body, public, author, files })
}

/// The words of a first comment: a ticket that is only files says so.
pub(crate) fn worded(body: Body) -> Body {
    if body.is_empty() { Body::plain("(no text)") } else { body }
}

/// Who needs help: `requester`, by address.
pub(crate) fn requester(input: &mut Object<'_>) -> Option<Person> {
    let mut inner = input.object("requester")?;
    let email = inner.text("email", 320).flatten().filter(|email| !email.trim().is_empty());
    let name = inner.words("name", 255).flatten().filter(|name| !name.trim().is_empty());
    if email.as_deref().is_none_or(|email| !desk::sessions::is_address(email)) {
        let code = if email.is_none() { "BlankValue" } else { "InvalidFormat" };
        inner.complain(
            "email",
            code,
            if email.is_none() { "cannot be blank" } else { "is not a mail address" },
        );
    }
    input.absorb(inner);
    email.map(|email| Person::Address { email: email.trim().to_owned(), name })
}

/// People copied in: ids, addresses, or objects with either.
pub(crate) fn people(input: &mut Object<'_>, key: &str) -> Option<Vec<Person>> {
    let all = named(input, key)?.into_iter();
    Some(all.filter(|(_, is_put)| *is_put).map(|(person, _)| person).collect())
}

/// The same, each with whether they are put there; else they are taken away.
fn named(input: &mut Object<'_>, key: &str) -> Option<Vec<(Person, bool)>> {
    let list = match input.raw(key)? {
        Value::Array(list) => list,
        Value::Null => return None,
        other => {
            input.complain(key, "InvalidValue", &format!("expected a list, got {}", shown(other)));
            return None;
        }
    };
    let mut people = Vec::new();
    for one in list.iter().take(100) {
        let is_put = one["action"].as_str() != Some("delete");
        let id = number(one).or_else(|| number(&one["user_id"]));
        let email = one.as_str().or(one["user_email"].as_str()).or(one["email"].as_str());
        let name = one["user_name"].as_str().or(one["name"].as_str()).map(str::to_owned);
        match (id, email) {
            (Some(id), _) => people.push((Person::Known(UserId(id)), is_put)),
            (None, Some(email)) if desk::sessions::is_address(email) => {
                let person = Person::Address { email: email.trim().to_owned(), name };
                people.push((person, is_put));
            }
            _ => input.complain(
                key,
                "InvalidValue",
                &format!("{} is neither an id nor a mail address", shown(one)),
            ),
        }
    }
    Some(people)
}

/// Things that can only be looked up inside the transaction.
#[derive(Clone, Default)]
struct Lookups {
    assignee_email: Option<String>,
    /// Who follows it, and who does not any more.
    followers: Vec<(Person, bool)>,
}

impl Lookups {
    fn read(input: &mut Object<'_>) -> Self {
        Self {
            assignee_email: input
                .text("assignee_email", 320)
                .flatten()
                .filter(|email| !email.is_empty()),
            followers: named(input, "followers").unwrap_or_default(),
        }
    }

    /// Who follows it, by number; an address that is nobody's is no follower's.
    fn followers(&self, tx: &mut Tx<'_>) -> Result<Vec<(UserId, bool)>, Error> {
        let mut found = Vec::new();
        for (person, follows) in &self.followers {
            let id = match person {
                Person::Known(id) => Some(*id),
                Person::Address { email, .. } => {
                    desk::sessions::candidate(tx, email)?.map(|user| user.id)
                }
            };
            let wrong = "Followers: there is no such agent";
            let id = id.ok_or_else(|| Error::invalid("followers", "InvalidValue", wrong))?;
            found.push((id, *follows));
        }
        Ok(found)
    }

    fn assignee(&self, tx: &mut Tx<'_>) -> Result<Option<UserId>, Error> {
        let Some(email) = &self.assignee_email else { return Ok(None) };
        let user = desk::sessions::candidate(tx, email)?;
        let wrong = || {
            Error::invalid(
                "assignee_email",
                "InvalidValue",
                "Assignee email: there is no such agent",
            )
        };
        user.map(|user| Some(user.id)).ok_or_else(wrong)
    }
}

/// A new ticket as a client asked for it.
pub(crate) struct Wanted {
    new: NewTicket,
    lookups: Lookups,
}

impl Wanted {
    pub(crate) fn resolve(&self, tx: &mut Tx<'_>) -> Result<NewTicket, Error> {
        let mut new = self.new.clone();
        new.assignee = new.assignee.or(self.lookups.assignee(tx)?);
        let followers = self.lookups.followers(tx)?.into_iter();
        new.followers = followers.filter(|(_, follows)| *follows).map(|(id, _)| id).collect();
        Ok(new)
    }
}

/// A level by hand; `urgent` takes the first level's targets.
fn level(input: &mut Object<'_>) -> Option<ByHand> {
    let text = input.text("priority", 20).flatten().filter(|text| !text.is_empty());
    let reason = input.text("priority_reason", 500).flatten().filter(|text| !text.is_empty());
    let reason = reason.unwrap_or_else(|| "set through the API".to_owned());
    let until = input.instant("priority_until").flatten();
    if text.is_none() && until.is_some() {
        input.complain("priority_until", "InvalidValue", "needs a priority beside it");
    }
    match text?.parse() {
        Ok(level) => Some(ByHand { level, reason, until }),
        Err(_) => {
            input.complain("priority", "InvalidValue", "expected one of low, normal, high, urgent");
            None
        }
    }
}

fn subject(input: &mut Object<'_>) -> Option<String> {
    let raw = input.words("raw_subject", 1000).flatten();
    let subject = input.words("subject", 1000).flatten().or(raw)?;
    Some(texts::one_line(&subject, 1000))
}

/// Reads `{"ticket": {…}}` of a creation.
pub(crate) fn new_ticket(
    mut input: Object<'_>,
    fields: &CustomFields,
    caller: Option<UserId>,
) -> Result<Wanted, Problem> {
    let custom = custom(&mut input, fields, Choices::Checked);
    let named = requester(&mut input);
    let requester_id = input.id("requester_id").flatten().map(UserId);
    let submitter = input.id("submitter_id").flatten().map(UserId);
    let comment = comment(&mut input, false);
    let description = input.words("description", COMMENT).flatten();
    let comment = comment.filter(|comment| !comment.is_empty()).or_else(|| {
        let text = description.filter(|text| !text.trim().is_empty())?;
        Some(Comment::of(Body::markdown(&text)))
    });
    let Some(comment) = comment else {
        input.complain("base", "BlankValue", "a comment with a body is needed");
        return Err(input.finish().err().unwrap_or(Problem::BrokenJson));
    };
    let person = match (requester_id, named, caller) {
        (Some(id), _, _) => Person::Known(id),
        (None, Some(person), _) => person,
        (None, None, Some(caller)) => Person::Known(caller),
        (None, None, None) => return Err(Error::Unauthenticated.into()),
    };
    let mut new = NewTicket::request(person, "", worded(comment.body), Channel::Api);
    new.files = comment.files;
    new.subject = subject(&mut input).unwrap_or_default();
    new.submitter = submitter;
    new.author = comment.author;
    new.public = comment.public.unwrap_or(true);
    new.severity = custom.severity.flatten();
    new.area = custom.area.flatten();
    new.kind = custom.kind.flatten();
    new.fields = custom.values.into_iter().filter(|(_, value)| value.is_some()).collect();
    new.tags = input.texts("tags", 1000).flatten().unwrap_or_default();
    new.tags.extend(custom.add_tags);
    new.organization = input.id("organization_id").flatten().map(OrganizationId);
    let mut ccs = people(&mut input, "email_ccs").unwrap_or_default();
    ccs.extend(people(&mut input, "collaborators").unwrap_or_default());
    new.ccs = ccs;
    new.external_id = input.text("external_id", 255).flatten().filter(|id| !id.is_empty());
    new.status = input.word("status").flatten();
    new.hold_until = input.instant("hold_until").flatten();
    new.assignee = input.id("assignee_id").flatten().map(UserId);
    new.team = input.id("group_id").flatten().map(TeamId);
    new.level = level(&mut input);
    new.follow_up_of = input.id("via_followup_source_id").flatten().map(TicketId);
    new.mailbox = input.text("recipient", 320).flatten();
    let lookups = Lookups::read(&mut input);
    input.finish()?;
    Ok(Wanted { new, lookups })
}

/// Changes as a client asked for them.
pub(crate) struct WantedChange {
    update: Update,
    lookups: Lookups,
    also_ccs: Vec<Person>,
}

impl WantedChange {
    pub(crate) fn resolve(&self, tx: &mut Tx<'_>) -> Result<Update, Error> {
        let mut update = self.update.clone();
        if let Some(assignee) = self.lookups.assignee(tx)? {
            update.assignee = Some(Some(assignee));
        }
        update.followers = self.lookups.followers(tx)?;
        if !self.also_ccs.is_empty() {
            update.ccs = Some(self.also_ccs.clone());
        }
        Ok(update)
    }
}

/// Reads `{"ticket": {…}}` of a change.
pub(crate) fn update(
    mut input: Object<'_>,
    fields: &CustomFields,
) -> Result<WantedChange, Problem> {
    let custom = custom(&mut input, fields, Choices::Checked);
    let comment = comment(&mut input, false);
    let named = requester(&mut input);
    let requester_id = input.id("requester_id").flatten().map(UserId);
    let files = comment.as_ref().map(|comment| comment.files.clone()).unwrap_or_default();
    let mut change = Update {
        files,
        comment: comment.map(|comment| Reply {
            body: comment.body,
            public: comment.public,
            author: comment.author,
            details: None,
        }),
        severity: custom.severity,
        severity_reason: input.words("severity_reason", 500).flatten(),
        area: custom.area,
        kind: custom.kind,
        fields: custom.values,
        requester: requester_id.map(Person::Known).or(named),
        status: input.word("status").flatten(),
        hold_until: input.instant("hold_until").flatten(),
        cause: input.word("solve_cause").flatten(),
        issue: input.text("issue_url", 500).flatten().filter(|url| !url.is_empty()),
        assignee: input.id("assignee_id").map(|id| id.map(UserId)),
        team: input.id("group_id").flatten().map(TeamId),
        level: level(&mut input),
        tags: input.texts("tags", 1000).flatten(),
        add_tags: input.texts("additional_tags", 1000).flatten().unwrap_or_default(),
        remove_tags: input.texts("remove_tags", 1000).flatten().unwrap_or_default(),
        organization: input.id("organization_id").map(|id| id.map(OrganizationId)),
        subject: subject(&mut input),
        external_id: input.text("external_id", 255).map(|id| id.filter(|id| !id.is_empty())),
        ..Update::default()
    };
    if change.cause.is_some() && change.status != Some(Status::Solved) {
        input.complain("solve_cause", "InvalidValue", "needs the status solved beside it");
    }
    change.add_tags.extend(custom.add_tags);
    change.remove_tags.extend(custom.remove_tags);
    change.ccs = people(&mut input, "email_ccs");
    let also_ccs = people(&mut input, "additional_collaborators").unwrap_or_default();
    if let Some(all) = people(&mut input, "collaborators") {
        change.ccs = Some(all);
    }
    if input.has("safe_update") {
        stamp(&mut input, &mut change);
    }
    let lookups = Lookups::read(&mut input);
    input.finish()?;
    Ok(WantedChange { update: change, lookups, also_ccs })
}

/// `updated_stamp` is the `updated_at` or the `version` that was last seen; a safe update needs it.
fn stamp(input: &mut Object<'_>, change: &mut Update) {
    match input.raw("updated_stamp") {
        Some(Value::Number(number)) => change.seen = number.as_i64(),
        Some(Value::String(text)) if text.parse::<i64>().is_ok() => change.seen = text.parse().ok(),
        Some(_) => change.stamp = input.instant("updated_stamp").flatten(),
        None => input.complain("updated_stamp", "BlankValue", "cannot be blank with safe_update"),
    }
}
