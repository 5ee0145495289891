//! Condition objects as the API writes them: a field, an operator and a value. (zendesk-api 28)

use super::{
    Changed, Condition, CustomField, Happened, Misread, Named, Op, PersonField, Place, Query,
    TimeField, When, Why, properties,
};
use crate::search::Words;
use crate::{Channel, fold};

/// One condition object. A view holds those of `all` and, if there are any, one of `any`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What is looked at.
    pub field: String,
    /// How it is compared.
    pub operator: String,
    /// With what.
    pub value: String,
}

/// The field that holds a whole query, for conditions that no other object can say. It is ours.
const QUERY: &str = "query";

/// Reads the objects of a view.
///
/// # Errors
///
/// The first object that is not understood, by its place such as `all[1]`.
pub fn read(all: &[Object], any: &[Object]) -> Result<Condition, Misread> {
    let list = |name: &str, objects: &[Object]| -> Result<Vec<Condition>, Misread> {
        let read = |(place, object): (usize, &Object)| {
            one(object)
                .map_err(|(part, why)| Misread { part: format!("{name}[{place}].{part}"), why })
        };
        objects.iter().enumerate().map(read).collect()
    };
    let mut parts = list("all", all)?;
    let either = list("any", any)?;
    if !either.is_empty() {
        parts.push(Condition::any(either));
    }
    Ok(Condition::all(parts))
}

/// The objects of `all` and of `any` that say the same as a condition.
pub fn write(condition: &Condition) -> (Vec<Object>, Vec<Object>) {
    let mut all = Vec::new();
    let mut any: Option<Vec<Object>> = None;
    for part in condition.parts() {
        match (written(part), part, &any) {
            (Some(object), _, _) => all.push(object),
            (None, Condition::Any(parts), None) => {
                match parts.iter().map(written).collect::<Option<Vec<_>>>() {
                    Some(objects) if !objects.is_empty() => any = Some(objects),
                    _ => all.push(whole(part)),
                }
            }
            _ => all.push(whole(part)),
        }
    }
    (all, any.unwrap_or_default())
}

fn whole(condition: &Condition) -> Object {
    object(QUERY, "is", condition.to_string())
}

fn object(field: &str, operator: &str, value: impl Into<String>) -> Object {
    Object { field: field.to_owned(), operator: operator.to_owned(), value: value.into() }
}

type Wrong = (&'static str, Why);

const OPERATORS: &str = "one of the operators of this field";

fn one(object: &Object) -> Result<Condition, Wrong> {
    let value = object.value.trim();
    let wrong = |why: Why| ("value", why);
    let field = object.field.as_str();
    if let Some(change) = change(object) {
        return change;
    }
    match field {
        QUERY => {
            let parsed = Query::parse(value);
            let misread = parsed.misread.into_iter().next();
            misread.map_or(Ok(parsed.query.condition), |misread| {
                Err(wrong(Why::Refused(misread.to_string())))
            })
        }
        "status" => compared(object, value.parse().ok(), Condition::Status),
        "priority" => compared(object, value.parse().ok(), Condition::Priority),
        "current_tags" | "tags" => {
            let tags = value.split_whitespace().map(|tag| Condition::Tag(Some(fold(tag))));
            either(object, ("includes", "not_includes"), Condition::any(tags.collect()))
        }
        "via_id" | "current_via_id" => {
            let channel = via(value).ok_or(wrong(Why::Expected("a channel")))?;
            equal(object, Condition::Via(channel))
        }
        "type" => {
            let value = value.to_lowercase();
            equal(object, Condition::Custom(CustomField::Type, some(&value)))
        }
        "kind" | "severity" | "area" | "external_id" => property(object, field),
        "group_id" => equal(object, Condition::Team(named(value, "current_groups"))),
        "organization_id" => equal(object, Condition::Organization(named(value, ""))),
        "is_escalated" => match (object.operator.as_str(), value) {
            ("is", "true") | ("is_not", "false") => Ok(Condition::Escalated),
            ("is", "false") | ("is_not", "true") => Ok(Condition::Escalated.negated()),
            ("is" | "is_not", _) => Err(wrong(Why::Expected("true or false"))),
            _ => Err(("operator", Why::Expected(OPERATORS))),
        },
        "update_type" => match (object.operator.as_str(), value.to_lowercase().as_str()) {
            ("is", "create") | ("is_not", "change") => Ok(Condition::Happened(Happened::Created)),
            ("is", "change") | ("is_not", "create") => Ok(Condition::Happened(Happened::Updated)),
            ("is" | "is_not", _) => Err(wrong(Why::Expected("Create or Change"))),
            _ => Err(("operator", Why::Expected(OPERATORS))),
        },
        "comment_is_public" => match value {
            "true" | "requester_can_see_comment" => {
                equal(object, Condition::Happened(Happened::PublicComment))
            }
            "false" => equal(object, Condition::Happened(Happened::Note)),
            "not_relevant" => equal(object, Condition::Happened(Happened::Comment)),
            _ => {
                Err(wrong(Why::Expected("true, false, requester_can_see_comment or not_relevant")))
            }
        },
        "role" => match value {
            "agent" => equal(object, Condition::Happened(Happened::ByAgent)),
            "end_user" | "end-user" => equal(object, Condition::Happened(Happened::ByCustomer)),
            _ => Err(wrong(Why::Expected("agent or end_user"))),
        },
        "in_business_hours" => match value {
            "true" => equal(object, Condition::Happened(Happened::InHours)),
            "false" => equal(object, Condition::Happened(Happened::InHours).negated()),
            _ => Err(wrong(Why::Expected("true or false"))),
        },
        "NEW" | "OPEN" | "PENDING" | "HOLD" | "CLOSED" => since(object),
        "subject_includes_word" => words(object, Place::Subject),
        "comment_includes_word" => words(object, Place::Comment),
        "description_includes_word" => words(object, Place::Description),
        _ => person(object).or_else(|| time(object)).or_else(|| custom(object)).unwrap_or_else(
            || Err(("field", Why::Refused(format!("there is no field {:?}", shortened(field))))),
        ),
    }
}

/// What only a trigger asks: `changed`, `value` (changed to), `value_previous` (changed from), and their opposites.
fn change(object: &Object) -> Option<Result<Condition, Wrong>> {
    let (operator, is_negated) = match object.operator.as_str() {
        "not_changed" => ("changed", true),
        "not_value" => ("value", true),
        "not_value_previous" => ("value_previous", true),
        other => (other, false),
    };
    if !matches!(operator, "changed" | "value" | "value_previous") {
        return None;
    }
    let Some(part) = Changed::named(&object.field) else {
        return Some(Err(("operator", Why::Expected(OPERATORS))));
    };
    let is = || one(&Object { operator: equal_to(&object.field).to_owned(), ..object.clone() });
    let condition = match operator {
        "changed" => Ok(Condition::Changed(part)),
        "value" => is().map(|is| Condition::All(vec![Condition::Changed(part), is])),
        _ if matches!(part, Changed::Field(_) | Changed::Subject) => {
            Err(("operator", Why::Refused("what it was before is not kept".to_owned())))
        }
        _ => is()
            .map(|is| Condition::All(vec![Condition::Changed(part), Condition::Was(Box::new(is))])),
    };
    Some(condition.map(|condition| if is_negated { condition.negated() } else { condition }))
}

/// The operator that says that a field has a value.
fn equal_to(field: &str) -> &'static str {
    if matches!(field, "current_tags" | "tags") { "includes" } else { "is" }
}

/// Hours in a status, which it has to have.
fn since(object: &Object) -> Result<Condition, Wrong> {
    let status = object.field.to_lowercase().parse().ok();
    let status = status.ok_or(("field", Why::Expected("a status")))?;
    let time = Object { field: "in_status".to_owned(), ..object.clone() };
    let time = self::time(&time).unwrap_or(Err(("field", Why::NoSuchProperty)))?;
    Ok(Condition::All(vec![Condition::Status(Op::Is, status), time]))
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

fn some(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn equal(object: &Object, condition: Condition) -> Result<Condition, Wrong> {
    either(object, ("is", "is_not"), condition)
}

fn either(
    object: &Object,
    (yes, no): (&str, &str),
    condition: Condition,
) -> Result<Condition, Wrong> {
    match object.operator.as_str() {
        operator if operator == yes => Ok(condition),
        operator if operator == no => Ok(condition.negated()),
        _ => Err(("operator", Why::Expected(OPERATORS))),
    }
}

fn compared<T>(
    object: &Object,
    value: Option<T>,
    part: impl Fn(Op, T) -> Condition,
) -> Result<Condition, Wrong> {
    let value = value.ok_or(("value", Why::Expected("one of the words of this field")))?;
    match object.operator.as_str() {
        "is" => Ok(part(Op::Is, value)),
        "is_not" => Ok(part(Op::Is, value).negated()),
        "less_than" => Ok(part(Op::Less, value)),
        "greater_than" => Ok(part(Op::Greater, value)),
        _ => Err(("operator", Why::Expected(OPERATORS))),
    }
}

/// A field that is the property of the same name.
fn property(object: &Object, name: &str) -> Result<Condition, Wrong> {
    let term = super::lexer::Term {
        source: String::new(),
        property: None,
        value: object.value.trim().to_owned(),
        is_quoted: false,
    };
    equal(object, properties::read(name, Op::Is, &term).map_err(|why| ("value", why))?)
}

fn named(value: &str, me: &str) -> Named {
    match value {
        "" | "none" => Named::None,
        "current_user" if me.is_empty() => Named::Name(value.to_owned()),
        _ if value == me => Named::Me,
        _ => value.parse().map_or_else(|_| Named::Name(value.to_owned()), Named::Id),
    }
}

fn person(object: &Object) -> Option<Result<Condition, Wrong>> {
    let name = object.field.strip_suffix("_id")?;
    let field = PersonField::ALL.into_iter().find(|field| field.as_str() == name)?;
    Some(equal(object, Condition::Person(field, named(object.value.trim(), "current_user"))))
}

/// A number is hours, a date is a day; `within_previous_n_days` counts days.
fn time(object: &Object) -> Option<Result<Condition, Wrong>> {
    let name = match object.field.as_str() {
        "SOLVED" => "solved",
        "sla_next_breach_at" | "until_sla_next_breach_at" => "due",
        other => other,
    };
    let field = properties::time_field(name)?;
    let value = object.value.trim();
    let is_ahead = field == TimeField::Due;
    let hours: Option<i64> = value.parse().ok().filter(|hours| *hours >= 0);
    let wrong = || Err(("value", Why::Expected("a day, an instant or a number of hours")));
    let time = |op, when| Condition::Time(field, op, when);
    Some(match (object.operator.as_str(), hours, properties::when(value)) {
        ("within_previous_n_days", Some(days), _) => {
            Ok(time(Op::GreaterOrIs, When::Ago(days, super::Unit::Days)))
        }
        ("within_next_n_days", Some(days), _) => {
            Ok(time(Op::Less, When::In(days, super::Unit::Days)))
        }
        ("less_than", Some(hours), _) if is_ahead => {
            Ok(time(Op::Less, When::In(hours, super::Unit::Hours)))
        }
        ("greater_than", Some(hours), _) if is_ahead => {
            Ok(time(Op::Greater, When::In(hours, super::Unit::Hours)))
        }
        ("less_than", Some(hours), _) => {
            Ok(time(Op::Greater, When::Ago(hours, super::Unit::Hours)))
        }
        ("greater_than", Some(hours), _) => {
            Ok(time(Op::Less, When::Ago(hours, super::Unit::Hours)))
        }
        // The hour that begins then.
        ("is", Some(hours), _) if !is_ahead => Ok(Condition::All(vec![
            time(Op::LessOrIs, When::Ago(hours, super::Unit::Hours)),
            time(Op::Greater, When::Ago(hours.saturating_add(1), super::Unit::Hours)),
        ])),
        ("is", None, Some(when)) => Ok(time(Op::Is, when)),
        ("is_not", None, Some(when)) => Ok(time(Op::Is, when).negated()),
        ("less_than", None, Some(when)) => Ok(time(Op::Less, when)),
        ("less_than_equal", None, Some(when)) => Ok(time(Op::LessOrIs, when)),
        ("greater_than", None, Some(when)) => Ok(time(Op::Greater, when)),
        ("greater_than_equal", None, Some(when)) => Ok(time(Op::GreaterOrIs, when)),
        (
            "is"
            | "is_not"
            | "less_than"
            | "less_than_equal"
            | "greater_than"
            | "greater_than_equal"
            | "within_previous_n_days"
            | "within_next_n_days",
            _,
            _,
        ) => wrong(),
        _ => Err(("operator", Why::Expected(OPERATORS))),
    })
}

fn custom(object: &Object) -> Option<Result<Condition, Wrong>> {
    let id = object
        .field
        .strip_prefix("custom_fields_")
        .or(object.field.strip_prefix("custom_field_"))?;
    let id: i64 = id.parse().ok()?;
    let field = |value| Condition::Custom(CustomField::Id(id), value);
    Some(match object.operator.as_str() {
        "present" => Ok(field(None).negated()),
        "not_present" => Ok(field(None)),
        _ => equal(object, field(some(object.value.trim()))),
    })
}

/// `includes` is at least one of these words, `is` is these words as they stand.
fn words(object: &Object, place: Place) -> Result<Condition, Wrong> {
    let value = object.value.trim();
    let text = |words| Condition::Text(place, vec![words]);
    let one_of = || {
        let words = value
            .split_whitespace()
            .map(|word| text(Words { text: word.to_owned(), is_exact: false }));
        Condition::any(words.collect())
    };
    match object.operator.as_str() {
        "includes" => Ok(one_of()),
        "not_includes" => Ok(one_of().negated()),
        "is" => Ok(text(Words::exact(value))),
        "is_not" => Ok(text(Words::exact(value)).negated()),
        _ => Err(("operator", Why::Expected(OPERATORS))),
    }
}

fn via(value: &str) -> Option<Channel> {
    // The API's numbers for its channels, as far as they mean one of ours.
    match value {
        "0" => Some(Channel::Web),
        "4" => Some(Channel::Email),
        "5" => Some(Channel::Api),
        "8" => Some(Channel::System),
        word => word.parse().ok(),
    }
}

/// The object that says the same as one part, if one does.
fn written(condition: &Condition) -> Option<Object> {
    match condition {
        Condition::Not(inner) => {
            let object = written(inner)?;
            let operator = match object.operator.as_str() {
                "is" if object.field != QUERY => "is_not",
                "includes" => "not_includes",
                "changed" => "not_changed",
                "value" => "not_value",
                "value_previous" => "not_value_previous",
                "not_present" => "present",
                _ => return None,
            };
            Some(Object { operator: operator.to_owned(), ..object })
        }
        Condition::Status(op, status) => comparison("status", *op, status.as_str()),
        Condition::Priority(op, level) => comparison("priority", *op, level.as_str()),
        Condition::Via(channel) => Some(object("via_id", "is", channel.as_str())),
        Condition::Tag(Some(tag)) => Some(object("current_tags", "includes", tag)),
        Condition::Any(parts) => tags(parts),
        Condition::Person(field, who) => {
            Some(object(&format!("{}_id", field.as_str()), "is", id(who, "current_user")?))
        }
        Condition::Team(which) => Some(object("group_id", "is", id(which, "current_groups")?)),
        Condition::Organization(which) => Some(object("organization_id", "is", id(which, "")?)),
        Condition::Escalated => Some(object("is_escalated", "is", "true")),
        Condition::Kind(kind) => Some(object("kind", "is", kind.map_or("", crate::Kind::as_str))),
        Condition::Severity(severity) => {
            Some(object("severity", "is", severity.map_or("", crate::Severity::as_str)))
        }
        Condition::Area(area) => Some(object("area", "is", area.clone().unwrap_or_default())),
        Condition::Custom(CustomField::Type, value) => {
            Some(object("type", "is", value.clone().unwrap_or_default()))
        }
        Condition::Custom(CustomField::Id(id), None) => {
            Some(object(&format!("custom_fields_{id}"), "not_present", ""))
        }
        Condition::Custom(CustomField::Id(id), Some(value)) => {
            Some(object(&format!("custom_fields_{id}"), "is", value))
        }
        Condition::Changed(part) => Some(object(&part.field(), "changed", "")),
        Condition::Happened(what) => Some(happened(*what)),
        Condition::All(parts) => pair(parts),
        Condition::Time(field, op, When::Ago(hours, super::Unit::Hours)) => {
            let field = match field {
                TimeField::Created => "created_at",
                TimeField::Updated => "updated_at",
                TimeField::Solved => "SOLVED",
                TimeField::Assigned => "assigned_at",
                TimeField::Due | TimeField::InStatus => return None,
            };
            let operator = match op {
                Op::Less => "greater_than",
                Op::Greater => "less_than",
                Op::Is | Op::LessOrIs | Op::GreaterOrIs => return None,
            };
            Some(object(field, operator, hours.to_string()))
        }
        Condition::Was(_)
        | Condition::Number(_)
        | Condition::Tag(None)
        | Condition::ExternalId(_)
        | Condition::Time(..)
        | Condition::Text(..)
        | Condition::Other(..)
        | Condition::Unknown(_) => None,
    }
    .filter(|object| one(object).as_ref() == Ok(condition))
}

/// Two parts that are one object: changed to something, changed from something, hours in a status.
fn pair(parts: &[Condition]) -> Option<Object> {
    match parts {
        [Condition::Changed(_), Condition::Was(was)] => {
            let was = written(was)?;
            Some(Object { operator: "value_previous".to_owned(), ..was })
        }
        [Condition::Changed(_), is] => {
            Some(Object { operator: "value".to_owned(), ..written(is)? })
        }
        [Condition::Status(Op::Is, status), Condition::Time(TimeField::InStatus, op, when)] => {
            let When::Ago(hours, super::Unit::Hours) = when else { return None };
            let operator = if *op == Op::Less { "greater_than" } else { "less_than" };
            Some(object(&status.as_str().to_uppercase(), operator, hours.to_string()))
        }
        _ => None,
    }
}

fn happened(what: Happened) -> Object {
    match what {
        Happened::Created => object("update_type", "is", "Create"),
        Happened::Updated => object("update_type", "is", "Change"),
        Happened::Comment => object("comment_is_public", "is", "not_relevant"),
        Happened::PublicComment => object("comment_is_public", "is", "true"),
        Happened::Note => object("comment_is_public", "is", "false"),
        Happened::ByAgent => object("role", "is", "agent"),
        Happened::ByCustomer => object("role", "is", "end_user"),
        Happened::InHours => object("in_business_hours", "is", "true"),
    }
}

fn comparison(field: &str, op: Op, value: &str) -> Option<Object> {
    let operator = match op {
        Op::Is => "is",
        Op::Less => "less_than",
        Op::Greater => "greater_than",
        Op::LessOrIs | Op::GreaterOrIs => return None,
    };
    Some(object(field, operator, value))
}

/// Several tags of which one is enough are one object.
fn tags(parts: &[Condition]) -> Option<Object> {
    let tag = |part: &Condition| match part {
        Condition::Tag(Some(tag)) => Some(tag.clone()),
        _ => None,
    };
    let tags: Vec<String> = parts.iter().map(tag).collect::<Option<_>>()?;
    Some(object("current_tags", "includes", tags.join(" ")))
}

fn id(what: &Named, me: &str) -> Option<String> {
    match what {
        Named::Me if me.is_empty() => None,
        Named::Me => Some(me.to_owned()),
        Named::None => Some(String::new()),
        Named::Id(id) => Some(id.to_string()),
        Named::Name(_) => None,
    }
}
