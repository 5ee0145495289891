//! What a ticket's custom fields hold: read from what people write, and whom they are shown to.

use domain::{Field, Organization, TicketId};
use serde_json::Value;
use store::Tx;

use super::is_visible;
use crate::tickets::CustomValue;
use crate::{Act, Ctx, Error, require};

/// Longest text of a field, in bytes.
const LONGEST: usize = 65_536;

/// The fields of tickets that somebody made and that are offered, in their order: all of them to those who answer, to
/// others what customers are asked themselves.
///
/// # Errors
///
/// When nobody may ask for help here.
pub fn custom(tx: &mut Tx<'_>, ctx: &Ctx, whose: Whose) -> Result<Vec<Field>, Error> {
    require(&ctx.actor, if whose == Whose::Ours { Act::ReadDesk } else { Act::OpenRequest })?;
    let mut fields = store::fields::all(tx, "ticket")?;
    fields.retain(|field| {
        let is_open = match whose {
            Whose::Ours => true,
            Whose::Shown => is_visible(field),
            Whose::Asked => is_visible(field) && is(field, "editable_in_portal"),
        };
        field.active && field.removable && is_open
    });
    Ok(fields)
}

/// Which fields are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All that those who answer see.
    Ours,
    /// Those that customers see.
    Shown,
    /// Those that customers fill in.
    Asked,
}

/// What the custom fields of a ticket hold, as JSON. Rights were checked for the ticket itself.
pub(crate) fn held(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: TicketId,
    whose: Whose,
) -> Result<Vec<(Field, String)>, Error> {
    let values = crate::tickets::field_values(tx, id)?;
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let held = custom(tx, ctx, whose)?.into_iter().filter_map(|field| {
        let (_, value) = values.iter().find(|(id, _)| *id == field.id.0)?;
        Some((field, value.clone()))
    });
    Ok(held.collect())
}

/// Whether customers must fill it in.
pub fn is_required(field: &Field) -> bool {
    is(field, "required_in_portal")
}

/// Whether customers fill it in, if they see it.
pub fn is_asked(field: &Field) -> bool {
    is(field, "editable_in_portal")
}

fn is(field: &Field, property: &str) -> bool {
    field.properties.get(property).and_then(Value::as_bool).unwrap_or_default()
}

/// What a ticket's details are chosen from, beside what its page knows.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// Its custom fields.
    pub fields: Vec<Field>,
    /// What they hold, as JSON.
    pub values: Vec<(i64, String)>,
    /// The organizations its requester belongs to.
    pub organizations: Vec<Organization>,
}

/// Reads what a ticket's details are chosen from.
///
/// # Errors
///
/// [`Error::NotFound`] if there is no such ticket that may be seen.
pub fn details(tx: &mut Tx<'_>, ctx: &Ctx, id: TicketId) -> Result<Details, Error> {
    let ticket = crate::tickets::show(tx, ctx, id)?.ticket;
    let own = store::organizations::of_user(tx, ticket.requester)?;
    let mut ids: Vec<_> = own.into_iter().map(|membership| membership.of).collect();
    ids.extend(ticket.organization.filter(|one| !ids.contains(one)));
    Ok(Details {
        fields: custom(tx, ctx, Whose::Ours)?,
        values: crate::tickets::field_values(tx, id)?,
        organizations: store::organizations::many(tx, &ids)?,
    })
}

/// What setting a field comes to.
pub struct FieldSet {
    /// The value as it is stored.
    pub value: CustomValue,
    /// Tags that choices add.
    pub add: Vec<String>,
    /// Tags of the other choices.
    pub remove: Vec<String>,
}

/// A field's value from what somebody wrote for it.
///
/// # Errors
///
/// What was expected instead.
pub fn value(field: &Field, value: Option<&str>) -> Result<FieldSet, String> {
    let options = || field.options.iter().map(|option| option.value.clone());
    let chosen = |text: &str| {
        if field.options.iter().any(|one| one.value == text) {
            Ok(text.to_owned())
        } else {
            Err(format!("expected one of {}", options().collect::<Vec<_>>().join(", ")))
        }
    };
    let stored = match (field.kind.as_str(), value) {
        (
            "subject" | "description" | "status" | "priority" | "group" | "assignee" | "tickettype",
            _,
        ) => return Err(format!("{} is no custom field", field.title)),
        ("checkbox", None) => Some(Value::Bool(false)),
        (_, None) => None,
        ("checkbox", Some(text)) => {
            Some(Value::Bool(text.parse().map_err(|_| "expected true or false".to_owned())?))
        }
        ("integer", Some(text)) => {
            let number: i64 = text.parse().map_err(|_| "expected a whole number".to_owned())?;
            Some(number.into())
        }
        ("decimal", Some(text)) => {
            let number: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
            Some(number.ok_or("expected a number")?.into())
        }
        ("date", Some(text)) => {
            let day: jiff::civil::Date =
                text.parse().map_err(|_| "expected a date such as 2026-06-08".to_owned())?;
            Some(day.to_string().into())
        }
        ("tagger", Some(text)) => Some(chosen(text)?.into()),
        ("multiselect", Some(text)) => {
            let mut list: Vec<String> = Vec::new();
            for one in text.split_whitespace() {
                if !list.iter().any(|known| known == one) {
                    list.push(chosen(one)?);
                }
            }
            Some(list.into())
        }
        (_, Some(text)) if text.len() > LONGEST => {
            return Err(format!("expected at most {LONGEST} bytes"));
        }
        (_, Some(text)) => Some(text.replace('\0', "").into()),
    };
    let is = |tag: &str| match &stored {
        Some(Value::String(text)) => text == tag,
        Some(Value::Array(list)) => list.iter().any(|one| one == tag),
        _ => false,
    };
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    if matches!(field.kind.as_str(), "tagger" | "multiselect") {
        (add, remove) = options().partition(|tag| is(tag));
    }
    if field.kind == "checkbox"
        && let Some(tag) = field.properties.get("tag").and_then(Value::as_str)
    {
        let on = stored == Some(Value::Bool(true));
        if on { &mut add } else { &mut remove }.push(tag.to_owned());
    }
    Ok(FieldSet { value: (field.id.0, stored.map(|value| value.to_string())), add, remove })
}
