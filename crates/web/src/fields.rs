//! Custom fields on forms and pages: asked for, read, and shown.

use desk::FieldError;
use desk::tickets::CustomValue;
use domain::Field as TicketField;
use serde_json::Value;

use crate::components::field::{Control, Field};
use crate::form::Form;
use crate::words::{Text, Words};

/// What a form calls a field.
pub(crate) fn name(field: &TicketField) -> String {
    format!("field_{}", field.id)
}

/// Fields as a form asks for them, owned.
pub(crate) struct Asked(Vec<One>);

struct One {
    name: String,
    title: String,
    about: String,
    kind: String,
    value: String,
    error: Option<String>,
    options: Vec<(String, String)>,
    optional: bool,
}

impl Asked {
    /// The fields with what stands in them and what is wrong with it.
    pub(crate) fn new(
        words: Words,
        fields: &[TicketField],
        value: impl Fn(&TicketField) -> String,
        errors: &[FieldError],
        is_required: impl Fn(&TicketField) -> bool,
    ) -> Self {
        let one = |field: &TicketField| {
            let name = name(field);
            let error = errors.iter().find(|error| error.field == name);
            let none = (String::new(), words.say(Text::KindOpen).to_owned());
            let value = value(field);
            let options = field.options.iter().map(|one| (one.value.clone(), one.name.clone()));
            // What is no choice any more stays one where it stands.
            let gone = gone(field, &value).map(|value| (value.to_owned(), value.to_owned()));
            let options = options.chain(gone).collect::<Vec<_>>();
            One {
                error: error.map(|error| error.description.clone()),
                title: field.title.clone(),
                about: field.description.clone(),
                kind: field.kind.clone(),
                value,
                options: (field.kind == "tagger")
                    .then_some(none)
                    .into_iter()
                    .chain(options)
                    .collect(),
                optional: !is_required(field),
                name,
            }
        };
        Self(fields.iter().map(one).collect())
    }

    /// Runs `f` with them as the component wants them.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&[Field<'_>]) -> T) -> T {
        let options: Vec<Vec<(&str, &str)>> = self
            .0
            .iter()
            .map(|one| one.options.iter().map(|(value, name)| (&**value, &**name)).collect())
            .collect();
        let field = |(one, options)| {
            let One { name, title, about, kind, value, error, optional, .. }: &One = one;
            let options: &Vec<(&str, &str)> = options;
            Field {
                value,
                hint: (!about.is_empty()).then_some(about.as_str()),
                error: error.as_deref(),
                optional: *optional,
                control: match kind.as_str() {
                    "checkbox" => Control::Tick,
                    "multiselect" => Control::Many(options),
                    "tagger" => Control::Select(options),
                    "textarea" => Control::Text,
                    "date" => Control::Line { kind: "date", autocomplete: "off" },
                    _ => Control::Line { kind: "text", autocomplete: "off" },
                },
                ..Field::line(name, title)
            }
        };
        let fields: Vec<Field<'_>> = self.0.iter().zip(&options).map(field).collect();
        f(&fields)
    }
}

/// What stands in a field of a form that opens a ticket: what was typed, what the address says, else what is chosen when
/// nothing is said.
pub(crate) fn standing(form: &Form, errors: &[FieldError], field: &TicketField) -> String {
    let name = name(field);
    if !errors.is_empty() || form.pairs().any(|(known, _)| known == name) {
        return typed(form, field);
    }
    let chosen = field.options.iter().filter(|one| one.default).map(|one| one.value.as_str());
    chosen.collect::<Vec<_>>().join(" ")
}

/// What was typed into a field.
pub(crate) fn typed(form: &Form, field: &TicketField) -> String {
    let name = name(field);
    match field.kind.as_str() {
        "multiselect" => {
            let chosen = form.pairs().filter(|(known, _)| *known == name).map(|(_, value)| value);
            chosen.collect::<Vec<_>>().join(" ")
        }
        "checkbox" => (form.get(&name) == "true").to_string(),
        _ => form.get(&name).trim().to_owned(),
    }
}

/// What a choice holds that is no option.
fn gone<'v>(field: &TicketField, value: &'v str) -> impl Iterator<Item = &'v str> {
    let is_choice = matches!(field.kind.as_str(), "tagger" | "multiselect");
    let known: Vec<String> = field.options.iter().map(|one| one.value.clone()).collect();
    let values = is_choice.then(|| value.split_whitespace()).into_iter().flatten();
    values.filter(move |one| !known.iter().any(|known| known == one))
}

/// What a field holds, as its control sends it when nobody touches it.
pub(crate) fn held(field: &TicketField, values: &[(i64, String)]) -> String {
    let value = values.iter().find(|(id, _)| *id == field.id.0);
    let value = value.and_then(|(_, value)| serde_json::from_str(value).ok());
    match value.unwrap_or_default() {
        Value::Null if field.kind == "checkbox" => false.to_string(),
        Value::Null => String::new(),
        Value::String(text) if field.kind == "textarea" => text.replace("\r\n", "\n"),
        Value::String(text) if field.kind == "date" => {
            text.parse().map_or(text, |day: jiff::civil::Date| day.to_string())
        }
        Value::String(text) => text.replace(['\r', '\n'], ""),
        Value::Array(list) => {
            let held: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            let options = field.options.iter().map(|one| one.value.as_str());
            let known = options.filter(|one| held.contains(one)).collect::<Vec<_>>();
            let all = held.join(" ");
            known.into_iter().chain(gone(field, &all)).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// What a field holds, as it is read: choices by name.
pub(crate) fn shown(words: Words, field: &TicketField, value: &str) -> String {
    let named = |value: &str| {
        let option = field.options.iter().find(|option| option.value == value);
        option.map_or(value, |option| option.name.as_str()).to_owned()
    };
    match serde_json::from_str(value).unwrap_or_default() {
        Value::Null => String::new(),
        Value::Bool(flag) => words.say(if flag { Text::Yes } else { Text::No }).to_owned(),
        Value::String(text) => named(&text),
        Value::Array(list) => {
            list.iter().filter_map(Value::as_str).map(named).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// What a form says of fields: their values, and the tags that follow from choices.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) values: Vec<CustomValue>,
    pub(crate) add: Vec<String>,
    pub(crate) remove: Vec<String>,
}

/// Reads the fields for which `is_said` holds, and says what is wrong with any of them.
pub(crate) fn read<'f>(
    words: Words,
    fields: impl IntoIterator<Item = &'f TicketField>,
    form: &Form,
    is_required: impl Fn(&TicketField) -> bool,
) -> Result<Said, Vec<FieldError>> {
    let (mut said, mut errors) = (Said::default(), Vec::new());
    for field in fields {
        let typed = typed(form, field);
        let is_empty = typed.is_empty() || typed == "false" && field.kind == "checkbox";
        let wrong = |text: Text| FieldError {
            field: name(field),
            code: "InvalidValue",
            description: words.fill(text, &[("field", &field.title), ("got", &typed)]),
        };
        if is_empty && is_required(field) {
            errors.push(wrong(Text::FieldMissing));
            continue;
        }
        match desk::fields::value(field, Some(typed.as_str()).filter(|_| !is_empty)) {
            Ok(set) => {
                said.values.push(set.value);
                said.add.extend(set.add);
                said.remove.extend(set.remove);
            }
            Err(_) => errors.push(wrong(match field.kind.as_str() {
                "integer" => Text::FieldInteger,
                "decimal" => Text::FieldDecimal,
                "date" => Text::FieldDate,
                "tagger" | "multiselect" | "checkbox" => Text::FieldChoice,
                _ => Text::FieldTooLong,
            })),
        }
    }
    if errors.is_empty() { Ok(said) } else { Err(errors) }
}

/// Those of the fields in which a form that opens a ticket says anything.
pub(crate) fn filled<'f>(
    fields: &'f [TicketField],
    form: &'f Form,
    is_required: impl Fn(&TicketField) -> bool,
) -> impl Iterator<Item = &'f TicketField> {
    fields.iter().filter(move |field| {
        let typed = typed(form, field);
        let is_ticked = field.kind != "checkbox" || typed != "false";
        is_required(field) || !typed.is_empty() && is_ticked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str) -> TicketField {
        let option = |value: &str| domain::FieldOption {
            id: 1,
            name: value.to_uppercase(),
            value: value.to_owned(),
            default: false,
        };
        TicketField {
            id: domain::FieldId(7),
            owner: "ticket".to_owned(),
            kind: kind.to_owned(),
            key: None,
            title: "Version".to_owned(),
            description: String::new(),
            position: 1,
            active: true,
            removable: true,
            options: vec![option("old"), option("new")],
            properties: serde_json::Map::new(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            updated_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn reads(kind: &str, form: &str, required: bool) -> Result<Option<String>, String> {
        let form = Form::read(form.as_bytes()).unwrap();
        let said = read(Words::default(), [&of(kind)], &form, |_| required);
        said.map(|said| said.values[0].1.clone()).map_err(|all| all[0].description.clone())
    }

    #[test]
    fn what_is_typed_is_read_by_the_kind_of_the_field() {
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(reads("text", "field_7=+41.2+", true), some("\"41.2\""));
        assert_eq!(reads("integer", "field_7=41", true), some("41"));
        assert_eq!(reads("checkbox", "field_7=true", true), some("true"));
        assert_eq!(reads("checkbox", "", false), some("false"));
        assert_eq!(
            reads("multiselect", "field_7=old&field_7=new", true),
            some("[\"old\",\"new\"]")
        );
        assert_eq!(reads("tagger", "field_7=", false), Ok(None));
    }

    #[test]
    fn what_is_wrong_names_the_field() {
        let wrong = |text: &str| Err(text.to_owned());
        let whole = "Version: expected a whole number, got “lots”.";
        assert_eq!(reads("integer", "field_7=lots", false), wrong(whole));
        assert_eq!(
            reads("tagger", "field_7=other", false),
            wrong("Version: choose one of the list.")
        );
        assert_eq!(reads("text", "field_7=", true), wrong("Version is missing."));
        assert_eq!(reads("checkbox", "", true), wrong("Version is missing."));
    }

    #[test]
    fn choices_are_shown_by_name() {
        let shown = |kind: &str, value: &str| shown(Words::default(), &of(kind), value);
        assert_eq!(shown("multiselect", "[\"old\",\"new\"]"), "OLD, NEW");
        assert_eq!(shown("checkbox", "true"), "yes");
        assert_eq!(shown("decimal", "4.5"), "4.5");
        let held = |kind: &str, value: &str| held(&of(kind), &[(7, value.to_owned())]);
        assert_eq!(held("multiselect", "[\"new\",\"gone\",\"old\"]"), "old new gone");
        assert_eq!(held("text", "\"two\\nlines\""), "twolines");
        assert_eq!(held("date", "\"2026-06-08T10:00\""), "2026-06-08");
        assert_eq!(gone(&of("tagger"), "gone").collect::<Vec<_>>(), ["gone"]);
    }
}
