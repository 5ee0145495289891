//! Fields of tickets, people and organizations. The system's own and the desk's own always exist.

mod ensure;
mod options;
mod values;

use domain::{Field, FieldId, FieldOption};
use serde_json::{Map, Value};
use store::{Kind, Tx};

use crate::handbooks::record_admin;
use crate::{Act, Ctx, Error, require};

pub use ensure::ensure;
pub use options::{delete_option, set_option};
pub(crate) use values::held;
pub use values::{Details, FieldSet, Whose, custom, details, is_asked, is_required, value};

/// What tickets' fields can be.
pub const TICKET_KINDS: [&str; 11] = [
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "tagger",
    "multiselect",
    "partialcreditcard",
    "lookup",
];
/// What fields of people and organizations can be.
pub const PEOPLE_KINDS: [&str; 10] = [
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "dropdown",
    "multiselect",
    "lookup",
];
/// Most fields of one owner.
const FIELDS: usize = 400;
/// Most choices of one field.
const OPTIONS: usize = 2000;

/// A choice as it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionInput {
    /// The choice it replaces, if it has been there.
    pub id: Option<i64>,
    /// What people read.
    pub name: String,
    /// What is stored.
    pub value: String,
    /// Chosen when nothing is said.
    pub default: bool,
}

/// What is said about a field. What is not said stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// The API's type; cannot change.
    pub kind: Option<String>,
    /// Unique name of people's and organizations' fields; cannot change.
    pub key: Option<String>,
    /// What people read.
    pub title: Option<String>,
    /// About it.
    pub description: Option<String>,
    /// Place in lists.
    pub position: Option<i64>,
    /// Offered.
    pub active: Option<bool>,
    /// All its choices.
    pub options: Option<Vec<OptionInput>>,
    /// The API's other properties.
    pub properties: Map<String, Value>,
}

/// All fields of "ticket", "user" or "organization". End users see those of tickets that are made for them.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, owner: &str) -> Result<Vec<Field>, Error> {
    let act = if owner == "ticket" { Act::OwnRequests } else { Act::ReadDesk };
    require(&ctx.actor, act)?;
    let mut fields = store::fields::all(tx, owner)?;
    if !crate::may(&ctx.actor, Act::ReadDesk) {
        fields.retain(is_visible);
    }
    Ok(fields)
}

/// One field.
pub fn show(tx: &mut Tx<'_>, ctx: &Ctx, owner: &str, id: FieldId) -> Result<Field, Error> {
    let fields = list(tx, ctx, owner)?;
    fields.into_iter().find(|field| field.id == id).ok_or(Error::NotFound)
}

/// Makes a field.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, owner: &str, input: &Input) -> Result<Field, Error> {
    require(&ctx.actor, Act::Configure)?;
    store::fields::lock(tx)?;
    let others = store::fields::all(tx, owner)?;
    if others.len() >= FIELDS {
        return Err(Error::invalid(
            "base",
            "TooLong",
            format!("Field: there are {FIELDS} already, which is the most"),
        ));
    }
    let kind = kind(owner, input.kind.as_deref().unwrap_or_default())?;
    let title = input.title.as_deref().unwrap_or_default().trim();
    if title.is_empty() {
        return Err(Error::blank("title", "Title"));
    }
    let last = others.iter().map(|field| field.position).max().unwrap_or(-1);
    let mut field = Field {
        id: FieldId(ensure::next_id(tx)?),
        owner: owner.to_owned(),
        kind,
        key: if owner == "ticket" {
            None
        } else {
            Some(key(&others, input.key.as_deref(), title)?)
        },
        title: title.to_owned(),
        description: String::new(),
        position: last.saturating_add(1),
        active: true,
        removable: true,
        options: Vec::new(),
        properties: Map::new(),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    apply(tx, &mut field, input)?;
    store::fields::insert(tx, &field)?;
    changed(tx, ctx, &field, "field_created")?;
    Ok(field)
}

/// Changes a field. The choices of the desk's own follow the handbook.
pub fn update(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    owner: &str,
    id: FieldId,
    input: &Input,
) -> Result<Field, Error> {
    require(&ctx.actor, Act::Configure)?;
    store::fields::lock(tx)?;
    let mut field = show(tx, ctx, owner, id)?;
    if !field.removable && input.active == Some(false) {
        return Err(Error::invalid(
            "active",
            "InvalidValue",
            format!("Active: {} is always there", field.title),
        ));
    }
    apply(tx, &mut field, input)?;
    field.updated_at = ctx.now;
    store::fields::update(tx, &field)?;
    changed(tx, ctx, &field, "field_changed")?;
    Ok(field)
}

/// Deletes a field and the values tickets have for it.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, owner: &str, id: FieldId) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    let field = show(tx, ctx, owner, id)?;
    if !field.removable {
        return Err(Error::invalid(
            "base",
            "InvalidValue",
            format!("Field: {} cannot be deleted", field.title),
        ));
    }
    store::fields::delete(tx, id)?;
    changed(tx, ctx, &field, "field_deleted")
}

/// Orders fields: those named come first, in this order.
pub fn reorder(tx: &mut Tx<'_>, ctx: &Ctx, owner: &str, ids: &[FieldId]) -> Result<(), Error> {
    require(&ctx.actor, Act::Configure)?;
    store::fields::lock(tx)?;
    let mut fields = store::fields::all(tx, owner)?;
    let place = |field: &Field| ids.iter().position(|id| *id == field.id).unwrap_or(ids.len());
    fields.sort_by_key(place);
    for (position, mut field) in (0_i64..).zip(fields) {
        if field.position != position {
            field.position = position;
            field.updated_at = ctx.now;
            store::fields::update(tx, &field)?;
        }
    }
    tx.touch("fields");
    record_admin(
        tx,
        ctx,
        "field",
        0,
        "fields_ordered",
        &serde_json::json!({ "owner": owner }).to_string(),
    )
}

/// Whether end users see it.
pub fn is_visible(field: &Field) -> bool {
    let shown = field.properties.get("visible_in_portal").and_then(Value::as_bool);
    field.active && shown.unwrap_or(matches!(field.kind.as_str(), "subject" | "description"))
}

fn apply(tx: &mut Tx<'_>, field: &mut Field, input: &Input) -> Result<(), Error> {
    if let Some(title) = input.title.as_deref().map(str::trim) {
        if title.is_empty() {
            return Err(Error::blank("title", "Title"));
        }
        title.clone_into(&mut field.title);
    }
    if let Some(description) = &input.description {
        field.description.clone_from(description);
    }
    field.position = input.position.unwrap_or(field.position);
    field.active = input.active.unwrap_or(field.active);
    if let Some(options) = &input.options {
        let options = choices(tx, field, options)?;
        if !field.removable && options.iter().map(plain).ne(field.options.iter().map(plain)) {
            let what = format!(
                "Custom field options: those of {} are set by the desk and its handbook",
                field.title
            );
            return Err(Error::invalid("custom_field_options", "InvalidValue", what));
        }
        if field.removable {
            field.options = options;
        }
    }
    for (property, value) in &input.properties {
        field.properties.insert(property.clone(), value.clone());
    }
    Ok(())
}

fn plain(option: &FieldOption) -> (&str, &str) {
    (&option.name, &option.value)
}

/// The choices as they are kept; one with the id or the value of an old one keeps its id.
fn choices(
    tx: &mut Tx<'_>,
    field: &Field,
    sent: &[OptionInput],
) -> Result<Vec<FieldOption>, Error> {
    let wrong = |code, what: String| {
        Error::invalid("custom_field_options", code, format!("Custom field options: {what}"))
    };
    if sent.len() > OPTIONS {
        return Err(wrong("TooLong", format!("is too long (maximum is {OPTIONS} options)")));
    }
    let mut kept: Vec<FieldOption> = Vec::new();
    for option in sent {
        let (name, value) = (option.name.trim(), option.value.trim());
        if name.is_empty() || value.is_empty() {
            return Err(wrong("BlankValue", "name and value cannot be blank".to_owned()));
        }
        if kept.iter().any(|other| other.value == value) {
            return Err(wrong("DuplicateValue", format!("{value} is already used as a value")));
        }
        let old = field.options.iter().find(|old| Some(old.id) == option.id || old.value == value);
        let old = old.filter(|old| kept.iter().all(|other| other.id != old.id));
        let id = match old {
            Some(old) => old.id,
            None => tx.next_id(Kind::Field)?,
        };
        kept.push(FieldOption {
            id,
            name: name.to_owned(),
            value: value.to_owned(),
            default: option.default,
        });
    }
    Ok(kept)
}

fn kind(owner: &str, kind: &str) -> Result<String, Error> {
    let known: &[&str] = if owner == "ticket" { &TICKET_KINDS } else { &PEOPLE_KINDS };
    if kind.is_empty() {
        return Err(Error::blank("type", "Type"));
    }
    if known.contains(&kind) {
        return Ok(kind.to_owned());
    }
    Err(Error::invalid(
        "type",
        "InvalidValue",
        format!("Type: {kind} is not one of {}", known.join(", ")),
    ))
}

/// The key of a field of people or organizations: given, or made of the title; unique.
fn key(others: &[Field], given: Option<&str>, title: &str) -> Result<String, Error> {
    let key = match given.map(str::trim).filter(|key| !key.is_empty()) {
        Some(key) => key.to_owned(),
        None => title
            .to_lowercase()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' })
            .collect(),
    };
    let is_fine = key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
        && key.chars().any(char::is_alphabetic);
    if !is_fine || key.chars().count() > 255 {
        let what =
            "Key: is invalid; letters, digits, underscores and hyphens only, and not digits alone";
        return Err(Error::invalid("key", "InvalidFormat", what));
    }
    if others.iter().any(|field| field.key.as_deref() == Some(&key)) {
        return Err(Error::invalid(
            "key",
            "DuplicateValue",
            format!("Key: {key} has already been taken"),
        ));
    }
    Ok(key)
}

fn changed(tx: &mut Tx<'_>, ctx: &Ctx, field: &Field, kind: &str) -> Result<(), Error> {
    tx.touch("fields");
    let payload = serde_json::json!({ "owner": field.owner, "title": field.title }).to_string();
    record_admin(tx, ctx, "field", field.id.0, kind, &payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_given_or_made_of_the_title() {
        assert_eq!(key(&[], None, "Favourite color").unwrap(), "favourite_color");
        assert_eq!(key(&[], Some("color"), "Favourite color").unwrap(), "color");
        assert!(key(&[], Some("two words"), "x").is_err());
        assert!(key(&[], Some("123"), "x").is_err());
    }

    #[test]
    fn a_type_is_one_of_its_owners() {
        assert!(kind("ticket", "tagger").is_ok());
        assert!(kind("user", "tagger").is_err());
        assert!(kind("user", "dropdown").is_ok());
        assert!(kind("ticket", "subject").is_err());
        assert!(kind("ticket", "").is_err());
    }
}
