//! The fields that are always there, and the brand under which the company answers.

use domain::{Field, FieldId, FieldOption};
use handbook::Handbook;
use serde_json::Map;
use store::{Kind, Tx};

use crate::{Ctx, Error};

/// The fields every ticket has by itself: type and title.
const SYSTEM: [(&str, &str); 7] = [
    ("subject", "Subject"),
    ("description", "Description"),
    ("status", "Status"),
    ("tickettype", "Type"),
    ("priority", "Priority"),
    ("group", "Group"),
    ("assignee", "Assignee"),
];
const SEVERITIES: [(&str, &str); 4] =
    [("critical", "Critical"), ("high", "High"), ("medium", "Medium"), ("low", "Low")];
const KINDS: [(&str, &str); 4] = [
    ("question", "Question"),
    ("bug", "Bug"),
    ("feedback", "Feedback"),
    ("feature", "Feature request"),
];
/// The facts of organizations, as fields: key, type and title.
const FACTS: [(&str, &str, &str); 5] = [
    ("plan", "text", "Plan"),
    ("mrr", "decimal", "Monthly revenue"),
    ("trial", "checkbox", "In trial"),
    ("card", "checkbox", "Card on file"),
    ("addons", "multiselect", "Add-ons"),
];

/// A field as it has to be.
struct Wanted<'a> {
    owner: &'static str,
    key: Option<&'static str>,
    kind: &'static str,
    title: &'static str,
    id: Option<i64>,
    options: Vec<(&'a str, &'a str)>,
}

/// Makes sure that the system's fields, the desk's own and the default brand exist, and that areas follow the handbook.
pub fn ensure(tx: &mut Tx<'_>, ctx: &Ctx, handbook: &Handbook) -> Result<(), Error> {
    store::fields::lock(tx)?;
    let areas =
        handbook.areas.iter().map(|area| (area.slug.as_str(), area.name.as_str())).collect();
    let own = |key: &'static str, title: &'static str, id: Option<i64>, options| Wanted {
        owner: "ticket",
        key: Some(key),
        kind: "tagger",
        title,
        id,
        options,
    };
    let system = SYSTEM.map(|(kind, title)| Wanted {
        owner: "ticket",
        key: None,
        kind,
        title,
        id: None,
        options: Vec::new(),
    });
    let desk = [
        own("severity", "Severity", handbook.fields.severity, SEVERITIES.to_vec()),
        own("area", "Area", handbook.fields.area, areas),
        own("kind", "Kind", handbook.fields.kind, KINDS.to_vec()),
    ];
    let facts = FACTS.map(|(key, kind, title)| Wanted {
        owner: "organization",
        key: Some(key),
        kind,
        title,
        id: None,
        options: Vec::new(),
    });
    // Those whose ids are fixed come first, so that no other field is given such an id.
    let mut all: Vec<(i64, Wanted<'_>)> = (0_i64..).zip(system.into_iter().chain(desk)).collect();
    all.extend((0_i64..).zip(facts));
    all.sort_by_key(|(_, wanted)| wanted.id.is_none());
    for (position, wanted) in &all {
        one(tx, ctx, *position, wanted)?;
    }
    brand(tx, ctx, &handbook.company.name)
}

fn one(tx: &mut Tx<'_>, ctx: &Ctx, position: i64, wanted: &Wanted<'_>) -> Result<(), Error> {
    let fields = store::fields::all(tx, wanted.owner)?;
    let same = |field: &&Field| {
        !field.removable
            && field.key.as_deref() == wanted.key
            && (wanted.key.is_some() || field.kind == wanted.kind)
    };
    let Some(known) = fields.iter().find(same) else {
        let field = Field {
            id: FieldId(match wanted.id {
                Some(id) if store::fields::load(tx, FieldId(id))?.is_none() => id,
                _ => next_id(tx)?,
            }),
            owner: wanted.owner.to_owned(),
            kind: wanted.kind.to_owned(),
            key: wanted.key.map(str::to_owned),
            title: wanted.title.to_owned(),
            description: String::new(),
            position,
            active: true,
            removable: false,
            options: options(tx, &[], &wanted.options)?,
            properties: properties(wanted),
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        tx.touch("fields");
        return Ok(store::fields::insert(tx, &field)?);
    };
    let mut field = known.clone();
    if let Some(id) = wanted.id.map(FieldId)
        && id != field.id
        && store::fields::load(tx, id)?.is_none()
    {
        store::fields::renumber(tx, field.id, id)?;
        field.id = id;
    }
    let present = field.options.iter().map(|option| (option.value.as_str(), option.name.as_str()));
    if wanted.owner == "ticket" && present.ne(wanted.options.iter().copied()) {
        field.options = options(tx, &field.options, &wanted.options)?;
        field.updated_at = ctx.now;
        store::fields::update(tx, &field)?;
        tx.touch("fields");
    }
    Ok(())
}

/// The choices a field has to have; those that were there keep their ids.
fn options(
    tx: &mut Tx<'_>,
    old: &[FieldOption],
    wanted: &[(&str, &str)],
) -> Result<Vec<FieldOption>, Error> {
    let mut kept = Vec::new();
    for (value, name) in wanted {
        let id = match old.iter().find(|option| option.value == *value) {
            Some(option) => option.id,
            None => tx.next_id(Kind::Field)?,
        };
        kept.push(FieldOption {
            id,
            name: (*name).to_owned(),
            value: (*value).to_owned(),
            default: false,
        });
    }
    Ok(kept)
}

/// What customers see: the words they write and how bad it is, but not who works on it.
fn properties(wanted: &Wanted<'_>) -> Map<String, serde_json::Value> {
    let shown = wanted.key.is_some() || matches!(wanted.kind, "subject" | "description");
    let mut properties = Map::new();
    if wanted.owner == "ticket" {
        for property in ["visible_in_portal", "editable_in_portal"] {
            properties.insert(property.to_owned(), shown.into());
        }
        let required = matches!(wanted.kind, "subject" | "description");
        properties.insert("required_in_portal".to_owned(), required.into());
    }
    properties
}

/// An id no field has; those fixed by a handbook were not taken from the sequence.
pub(super) fn next_id(tx: &mut Tx<'_>) -> Result<i64, Error> {
    loop {
        let id = tx.next_id(Kind::Field)?;
        if store::fields::load(tx, FieldId(id))?.is_none() {
            return Ok(id);
        }
    }
}

fn brand(tx: &mut Tx<'_>, ctx: &Ctx, name: &str) -> Result<(), Error> {
    match store::fields::default_brand(tx)? {
        None => store::fields::insert_default_brand(tx, name, ctx.now).map(|_| ())?,
        Some((id, known)) if known != name => store::fields::rename_brand(tx, id, name, ctx.now)?,
        Some(_) => {}
    }
    Ok(())
}
