//! One field of a form: label, hint, error, control; and the summary of what is to be mended.

use maud::{Markup, html};

use super::icon::icon;
use crate::words::{Text, Words};

/// A field, and what was typed into it before.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What the form calls it.
    pub name: &'a str,
    /// Always visible.
    pub label: &'a str,
    /// What helps to fill it in.
    pub hint: Option<&'a str>,
    /// What is wrong with it.
    pub error: Option<&'a str>,
    /// What was typed.
    pub value: &'a str,
    /// Whether it may stay empty; a field says so in words.
    pub optional: bool,
    /// Whether the writing begins here, because what stands before it is chosen already.
    pub begins: bool,
    /// The control.
    pub control: Control<'a>,
}

/// What a field is filled in with.
#[derive(Clone, Copy, Debug)]
pub enum Control<'a> {
    /// One line of a kind, and what the browser may fill in.
    Line {
        /// `text`, `email`, `password`, `search`, `datetime-local` …
        kind: &'a str,
        /// The value of `autocomplete`, or `off`.
        autocomplete: &'a str,
    },
    /// One line for which the server offers what begins so.
    Offered {
        /// `text`, `email`.
        kind: &'a str,
        /// Where the options come from.
        from: &'a str,
    },
    /// Several lines.
    Text,
    /// One of a few: value and words.
    Select(&'a [(&'a str, &'a str)]),
    /// One of a few, all visible: value, words, hint.
    Radio(&'a [(&'a str, &'a str, &'a str)]),
    /// Files, any number.
    Files,
    /// A box to tick; its value is `true`.
    Tick,
    /// Some of a few: value and words. What is chosen stands in the value with spaces between.
    Many(&'a [(&'a str, &'a str)]),
}

impl<'a> Field<'a> {
    /// A required line of text, whose id is its name.
    pub fn line(name: &'a str, label: &'a str) -> Self {
        let control = Control::Line { kind: "text", autocomplete: "off" };
        Self {
            id: name,
            name,
            label,
            hint: None,
            error: None,
            value: "",
            optional: false,
            begins: false,
            control,
        }
    }
}

/// The field.
pub fn field(words: Words, field: &Field<'_>) -> Markup {
    let described = described_by(field);
    match field.control {
        Control::Radio(options) => return radio(words, field, options, described.as_deref()),
        Control::Many(options) => return many(words, field, options, described.as_deref()),
        Control::Tick => return tick(words, field, described.as_deref()),
        _ => {}
    }
    html! {
        div.field {
            label for=(field.id) { (field.label) (optional(words, field)) }
            (hint_and_error(words, field))
            (control(words, field, described.as_deref()))
        }
    }
}

/// A box to tick, with the words beside it.
pub fn checkbox(id: &str, name: &str, label: &str, checked: bool, hint: Option<&str>) -> Markup {
    let described = hint.map(|_| format!("{id}-hint"));
    html! {
        div.field {
            label.choice {
                input type="checkbox" id=(id) name=(name) value="true" checked[checked] aria-describedby=[described.as_deref()];
                (label)
            }
            @if let Some(hint) = hint { p.hint id={ (id) "-hint" } { (hint) } }
        }
    }
}

/// What is wrong, on top of the form, each a link to its field: that is where whoever sent it is led.
pub fn summary(words: Words, fields: &[&Field<'_>]) -> Markup {
    let wrong: Vec<_> =
        fields.iter().filter_map(|field| field.error.map(|error| (field.id, error))).collect();
    html! {
        @if !wrong.is_empty() {
            section.summary aria-labelledby="form-errors" {
                h2 #form-errors tabindex="-1" autofocus { (words.count(Text::ErrorsHeading, i64::try_from(wrong.len()).unwrap_or(i64::MAX))) }
                ul { @for (id, error) in wrong { li { a href={ "#" (id) } { (error) } } } }
            }
        }
    }
}

fn described_by(field: &Field<'_>) -> Option<String> {
    let hint = field.hint.map(|_| format!("{}-hint", field.id));
    let error = field.error.map(|_| format!("{}-error", field.id));
    let ids: Vec<String> = hint.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn optional(words: Words, field: &Field<'_>) -> Markup {
    html! { @if field.optional { " " span.hint { (words.say(Text::Optional)) } } }
}

fn hint_and_error(words: Words, field: &Field<'_>) -> Markup {
    html! {
        @if let Some(hint) = field.hint { p.hint id={ (field.id) "-hint" } { (hint) } }
        @if let Some(error) = field.error {
            p.error id={ (field.id) "-error" } {
                (icon("soon")) " " span.hidden { (words.say(Text::Error)) " " } (error)
            }
        }
    }
}

fn control(words: Words, field: &Field<'_>, described: Option<&str>) -> Markup {
    let Field { id, name, value, .. } = *field;
    let invalid = field.error.map(|_| "true");
    let required = !field.optional;
    match field.control {
        Control::Line { kind: "password", autocomplete } => html! {
            div.with-button {
                input id=(id) name=(name) type="password" value=(value) autocomplete=(autocomplete) dir="auto"
                    aria-describedby=[described] aria-invalid=[invalid] required[required];
                button.button type="button" hidden data-shows aria-pressed="false" aria-controls=(id) {
                    (words.say(Text::ShowPassword)) span.hidden { " " (field.label) }
                }
            }
        },
        Control::Line { kind, autocomplete } => html! {
            input id=(id) name=(name) type=(kind) value=(value) autocomplete=(autocomplete) dir="auto"
                aria-describedby=[described] aria-invalid=[invalid] required[required];
        },
        Control::Offered { kind, from } => {
            let options = format!("{id}-options");
            html! {
                input id=(id) name=(name) type=(kind) value=(value) autocomplete="off" dir="auto" list=(options)
                    hx-get=(from) hx-trigger="input changed delay:80ms" hx-target={ "#" (options) } hx-sync="this:replace"
                    aria-describedby=[described] aria-invalid=[invalid] required[required];
                datalist id=(options) {}
            }
        }
        Control::Text => html! {
            textarea id=(id) name=(name) rows="5" dir="auto" aria-describedby=[described] aria-invalid=[invalid] required[required] autofocus[field.begins] { (value) }
        },
        Control::Select(options) => html! {
            select id=(id) name=(name) aria-describedby=[described] aria-invalid=[invalid] {
                @for (option, label) in options { option value=(option) selected[*option == value] { (label) } }
            }
        },
        Control::Files => html! {
            input id=(id) name=(name) type="file" multiple aria-describedby=[described] aria-invalid=[invalid];
        },
        Control::Radio(_) | Control::Many(_) | Control::Tick => html! {},
    }
}

fn tick(words: Words, field: &Field<'_>, described: Option<&str>) -> Markup {
    let invalid = field.error.map(|_| "true");
    html! {
        div.field {
            label.choice {
                input type="checkbox" id=(field.id) name=(field.name) value="true" checked[field.value == "true"] aria-describedby=[described] aria-invalid=[invalid];
                (field.label)
            }
            (hint_and_error(words, field))
        }
    }
}

fn many(
    words: Words,
    field: &Field<'_>,
    options: &[(&str, &str)],
    described: Option<&str>,
) -> Markup {
    let is_chosen = |option: &str| field.value.split_whitespace().any(|one| one == option);
    html! {
        fieldset.field id=(field.id) aria-describedby=[described] {
            legend { (field.label) (optional(words, field)) }
            (hint_and_error(words, field))
            @for (option, label) in options {
                div {
                    label.choice {
                        input type="checkbox" name=(field.name) id={ (field.id) "-" (option) } value=(option) checked[is_chosen(option)];
                        span { (label) }
                    }
                }
            }
        }
    }
}

fn radio(
    words: Words,
    field: &Field<'_>,
    options: &[(&str, &str, &str)],
    described: Option<&str>,
) -> Markup {
    html! {
        fieldset.field id=(field.id) aria-describedby=[described] {
            legend { (field.label) (optional(words, field)) }
            (hint_and_error(words, field))
            @for (option, label, hint) in options {
                div {
                    label.choice {
                        input type="radio" name=(field.name) id={ (field.id) "-" (option) } value=(option) checked[*option == field.value];
                        span { (label) @if !hint.is_empty() { " " span.hint { (hint) } } }
                    }
                }
            }
        }
    }
}
