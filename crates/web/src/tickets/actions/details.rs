//! What a ticket is about and for whom: one form, of which only what was changed is sent on.

use desk::FieldError;
use desk::fields::Details;
use desk::tickets::{Person, Thing, Update};
use domain::{FieldId, Kind, OrganizationId, User, UserId};
use maud::{Markup, html};

use super::forms::Asked;
use super::{missing, wrong};
use crate::components::button;
use crate::components::button::Button;
use crate::components::field::{Control, Field};
use crate::fields;
use crate::form::Form;
use crate::routes;
use crate::tickets::Seen;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// What of a ticket each field changes.
const THINGS: [(&str, Thing); 6] = [
    ("subject", Thing::Subject),
    ("requester", Thing::Requester),
    ("organization", Thing::Organization),
    ("ccs", Thing::Copies),
    ("area", Thing::Area),
    ("kind", Thing::Kind),
];

/// The field that changes a thing.
pub(super) fn name_of(thing: Thing) -> String {
    match (THINGS.iter().find(|(_, one)| *one == thing), thing) {
        (Some((name, _)), _) => (*name).to_owned(),
        (None, Thing::Field(id)) => format!("field_{id}"),
        (None, _) => String::new(),
    }
}

/// The things that a form changes.
pub(super) fn things(form: &Form) -> Vec<Thing> {
    let own = THINGS.into_iter().filter(|(name, _)| is_changed(form, name)).map(|(_, thing)| thing);
    let custom = form.pairs().filter_map(|(name, _)| {
        let id = name.strip_prefix("field_")?.strip_suffix("_was")?;
        let name = format!("field_{id}");
        Some(Thing::Field(FieldId(id.parse().ok().filter(|_| is_changed(form, &name))?)))
    });
    own.chain(custom).collect()
}

/// Whether a field is in the form and says something else than stood there.
fn is_changed(form: &Form, name: &str) -> bool {
    let was = format!("{name}_was");
    let mut all = form.pairs().filter(|(known, _)| *known == was);
    let Some((_, was)) = all.next() else { return false };
    let now: Vec<&str> =
        form.pairs().filter(|(known, _)| *known == name).map(|(_, value)| value.trim()).collect();
    // A box that is not ticked is not sent. Lines end as they do in forms.
    let is_unticked = now.is_empty() && was == "false";
    now.join(" ").replace("\r\n", "\n") != was.trim().replace("\r\n", "\n") && !is_unticked
}

/// A field that is changed, with its text.
fn changed<'f>(form: &'f Form, name: &str) -> Option<&'f str> {
    is_changed(form, name).then(|| form.get(name).trim())
}

/// The change a form asks for, or what is wrong with it.
pub(super) fn update(
    visitor: &Visitor,
    seen: &Seen,
    details: &Details,
    form: &Form,
) -> Result<Update, Vec<FieldError>> {
    let words = Words::default();
    let mut update = Update::default();
    let mut errors = Vec::new();
    if let Some(subject) = changed(form, "subject") {
        update.subject = Some(desk::texts::one_line(subject, 255));
        if subject.is_empty() {
            errors.extend(missing("subject", Text::SubjectMissing));
        }
    }
    if let Some(email) = changed(form, "requester") {
        if email.is_empty() {
            errors.extend(missing("requester", Text::EmailMissing));
        }
        update.requester = Some(Person::Address { email: email.to_owned(), name: None });
    }
    if let Some(id) = changed(form, "organization") {
        let known: Option<OrganizationId> = id.parse().ok().map(OrganizationId);
        if known.is_none() && !id.is_empty() {
            errors.extend(missing("organization", Text::OrganizationWrong));
        }
        update.organization = Some(known);
    }
    if let Some(ccs) = changed(form, "ccs") {
        let addresses = ccs.split([' ', ',', ';', '\n']).filter(|one| !one.trim().is_empty());
        let copied = copied(seen);
        let named = |email: &str| {
            let mut all = copied.iter().filter_map(|user| Some((user, user.email.as_deref()?)));
            all.find(|(_, own)| own.eq_ignore_ascii_case(email)).map(|(user, _)| user.id)
        };
        let mut people: Vec<Person> = addresses
            .map(|email| match named(email.trim()) {
                Some(id) => Person::Known(id),
                None => Person::Address { email: email.trim().to_owned(), name: None },
            })
            .collect();
        let nameless = copied.iter().filter(|user| user.email.is_none());
        people.extend(nameless.map(|user| Person::Known(user.id)));
        update.ccs = Some(people);
    }
    if let Some(area) = changed(form, "area") {
        update.area = Some(Some(area.to_owned()).filter(|area| !area.is_empty()));
        if !area.is_empty() && visitor.ctx.handbook.area(area).is_none() {
            errors.extend(missing("area", Text::AreaUnknown));
        }
    }
    if let Some(kind) = changed(form, "kind") {
        let known: Option<Kind> = kind.parse().ok();
        update.kind = Some(known);
        if known.is_none() && !kind.is_empty() {
            errors.extend(missing("kind", Text::KindUnknown));
        }
    }
    let custom = details.fields.iter().filter(|field| is_changed(form, &fields::name(field)));
    match fields::read(words, custom, form, |_| false) {
        Ok(said) => {
            update.fields = said.values;
            (update.add_tags, update.remove_tags) = (said.add, said.remove);
        }
        Err(wrong) => errors.extend(wrong),
    }
    if errors.is_empty() { Ok(update) } else { Err(errors) }
}

/// What the desk says against a change, beside the field it is about.
pub(super) fn placed(errors: Vec<FieldError>) -> Vec<FieldError> {
    let place = |error: FieldError| {
        let field = match error.field.as_str() {
            "requester_id" | "requester.email" => "requester",
            "organization_id" => "organization",
            "email_ccs" => "ccs",
            other => other,
        };
        wrong(field, error.code, error.description.clone())
    };
    errors.into_iter().map(place).collect()
}

/// Those copied in, but for whoever was deleted since. Those without an address to be named by stay whatever is typed.
fn copied(seen: &Seen) -> Vec<&User> {
    let names = seen.names();
    let ccs = &seen.whole.stored.ticket.ccs;
    ccs.iter().filter_map(|id| names.user(*id)).filter(|user| user.active).collect()
}

impl Asked<'_> {
    pub(super) fn details(&self, details: &Details) -> Markup {
        let words = self.seen.reader.words;
        let stored = &self.seen.whole.stored;
        let ticket = &stored.ticket;
        let names = self.seen.names();
        let email = |id: UserId| names.user(id).and_then(|user| user.email.clone());
        let requester = email(ticket.requester).unwrap_or_default();
        let ccs: Vec<&str> =
            copied(self.seen).into_iter().filter_map(|user| user.email.as_deref()).collect();
        let ccs = ccs.join(" ");
        let organization = ticket.organization.map(|id| id.to_string()).unwrap_or_default();
        let organizations = organizations(words, details);
        let organizations: Vec<(&str, &str)> =
            organizations.iter().map(|(id, name)| (id.as_str(), *name)).collect();
        let area = ticket.area.as_deref().unwrap_or_default();
        let areas = areas(words, self.visitor, area);
        let kind = ticket.kind.map(Kind::as_str).unwrap_or_default();
        let kinds = crate::requests::kinds(words);
        let line = |name: &'static str, label: Text| Field {
            error: self.error(name),
            ..Field::line(name, words.say(label))
        };
        let own = [
            Field {
                value: self.typed_or("subject", &stored.subject),
                optional: stored.subject.is_empty(),
                ..line("subject", Text::AskSubject)
            },
            Field {
                value: self.typed_or("requester", &requester),
                hint: Some(words.say(Text::RequesterHint)),
                control: Control::Offered { kind: "email", from: routes::REQUESTERS },
                optional: requester.is_empty(),
                ..line("requester", Text::RequesterEmail)
            },
            Field {
                value: self.typed_or("organization", &organization),
                control: Control::Select(&organizations),
                ..line("organization", Text::Organization)
            },
            Field {
                value: self.typed_or("ccs", &ccs),
                hint: Some(words.say(Text::CopiesHint)),
                optional: true,
                ..line("ccs", Text::CopiedIn)
            },
            Field {
                value: self.typed_or("area", area),
                control: Control::Select(&areas),
                ..line("area", Text::Area)
            },
            Field {
                value: self.typed_or("kind", kind),
                control: Control::Select(&kinds),
                optional: true,
                ..line("kind", Text::Kind)
            },
        ];
        let were = [&stored.subject, &requester, &organization, &ccs, area, kind];
        let held = |field: &domain::Field| fields::held(field, &details.values);
        let value = |field: &domain::Field| match self.errors {
            [] => held(field),
            _ => fields::typed(self.typed, field),
        };
        let custom = fields::Asked::new(words, &details.fields, value, self.errors, |_| false);
        let to = routes::ticket_part(self.seen.id(), "severity");
        html! {
            @for ((name, _), was) in THINGS.iter().zip(were) {
                input type="hidden" name={ (name) "_was" } value=(self.was(name, was));
            }
            @for field in &details.fields {
                @let name = fields::name(field);
                input type="hidden" name={ (name) "_was" } value=(self.was(&name, &held(field)));
            }
            (custom.with(|custom| self.fields(&[&own, custom].concat())))
            p { (button::dialog_link(&to, Button::quiet(words.say(Text::ActSeverity)))) }
        }
    }

    /// What stood there when the form was asked for; a form that is refused keeps it.
    fn was<'v>(&'v self, name: &str, now: &'v str) -> &'v str {
        if self.errors.is_empty() { now } else { self.typed.get(&format!("{name}_was")) }
    }
}

/// The organizations of the requester, and none.
fn organizations(words: Words, details: &Details) -> Vec<(String, &str)> {
    let own = details.organizations.iter().map(|one| (one.id.to_string(), one.name.as_str()));
    std::iter::once((String::new(), words.say(Text::NoOrganization))).chain(own).collect()
}

/// The areas of the handbook, and the ticket's own if it is none of them any more.
fn areas<'v>(words: Words, visitor: &'v Visitor, own: &'v str) -> Vec<(&'v str, &'v str)> {
    let handbook = &visitor.ctx.handbook;
    let mut all = vec![("", words.say(Text::NoArea))];
    all.extend(handbook.areas.iter().map(|area| (area.slug.as_str(), area.name.as_str())));
    if !own.is_empty() && handbook.area(own).is_none() {
        all.push((own, own));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_is_sent_on() {
        let form = "subject=Flags+fall+back&subject_was=Flags&area=billing&area_was=billing&kind=bug\
                    &field_3=new&field_3_was=&field_4_was=false&field_5=a&field_5=b&field_5_was=a+b";
        let form = Form::read(form.as_bytes()).unwrap();
        assert_eq!(things(&form), [Thing::Subject, Thing::Field(FieldId(3))]);
        assert_eq!(changed(&form, "subject"), Some("Flags fall back"));
        assert_eq!(changed(&form, "kind"), None, "it was not asked for");
        let form = Form::read(b"field_3=&field_3_was=false&field_4=a%0D%0Ab&field_4_was=a%0Ab");
        assert_eq!(things(&form.unwrap()), [Thing::Field(FieldId(3))]);
    }
}
