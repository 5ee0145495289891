//! Buttons and the forms of one action. Every button has words; a shortcut presses a button that is there.

use maud::{Markup, html};

use super::icon::icon;
use crate::reader::Reader;

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Like most.
    #[default]
    Plain,
    /// The one a view is for.
    Primary,
    /// It destroys something.
    Danger,
    /// Without an edge, in a row of many.
    Quiet,
}

impl Look {
    /// The classes of a button of this look.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button primary",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        }
    }
}

/// The words on a button, its look and its key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Button<'a> {
    /// Verb and object.
    pub label: &'a str,
    /// How it looks.
    pub look: Look,
    /// The key that presses it, as in the key table: `"q"`, `"shift+x"`.
    pub key: Option<&'a str>,
    /// Its id, by which it has the focus back when what it stands in is drawn anew.
    pub id: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// A plain button.
    pub fn plain(label: &'a str) -> Self {
        Self { label, ..Self::default() }
    }

    /// The one button a view is for.
    pub fn primary(label: &'a str) -> Self {
        Self { label, look: Look::Primary, ..Self::default() }
    }

    /// A button that destroys something.
    pub fn danger(label: &'a str) -> Self {
        Self { label, look: Look::Danger, ..Self::default() }
    }

    /// A button without an edge.
    pub fn quiet(label: &'a str) -> Self {
        Self { label, look: Look::Quiet, ..Self::default() }
    }

    /// The same, with a key.
    #[must_use]
    pub fn with_key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// The same, with an id.
    #[must_use]
    pub fn with_id(self, id: &'a str) -> Self {
        Self { id: Some(id), ..self }
    }
}

/// A form of one button: `POST` to where the action lives.
pub fn action(reader: &Reader, to: &str, button: Button<'_>) -> Markup {
    html! {
        form.action method="post" action=(to) {
            (csrf(reader))
            (submit(button))
        }
    }
}

/// The button that sends the form it stands in.
pub fn submit(button: Button<'_>) -> Markup {
    html! {
        button id=[button.id] type="submit" class=(button.look.class()) data-key=[button.key] aria-keyshortcuts=[shortcut(button.key)] {
            (button.label) (key_cap(button.key))
        }
    }
}

/// A link that looks like a button.
pub fn link(to: &str, button: Button<'_>) -> Markup {
    html! {
        a id=[button.id] href=(to) class=(button.look.class()) data-key=[button.key] aria-keyshortcuts=[shortcut(button.key)] {
            (button.label) (key_cap(button.key))
        }
    }
}

/// A link to an action's own page, which script opens in the dialog instead.
pub fn dialog_link(to: &str, button: Button<'_>) -> Markup {
    html! {
        a id=[button.id] href=(to) class=(button.look.class()) hx-get=(to) hx-target="#dialog-content"
            data-key=[button.key] aria-keyshortcuts=[shortcut(button.key)] {
            (button.label) (key_cap(button.key))
        }
    }
}

/// A button that opens a panel of more actions.
pub fn menu(id: &str, button: Button<'_>, panel: &Markup) -> Markup {
    html! {
        details.menu id=(id) {
            summary class=(button.look.class()) { (button.label) (icon("down")) }
            div.menu-panel { (panel) }
        }
    }
}

/// The proof that a form is ours.
pub fn csrf(reader: &Reader) -> Markup {
    html! { input type="hidden" name="csrf" value=(reader.csrf); }
}

/// A key as it stands on a keyboard, hidden from those who hear `aria-keyshortcuts`.
pub fn key_cap(key: Option<&str>) -> Markup {
    html! { @if let Some(key) = key { kbd aria-hidden="true" { (cap(key)) } } }
}

/// The value of `aria-keyshortcuts` for a key of the table.
pub fn shortcut(key: Option<&str>) -> Option<String> {
    key.map(|key| match key.strip_prefix("shift+") {
        Some(letter) => format!("Shift+{}", letter.to_uppercase()),
        None => key.to_uppercase(),
    })
}

/// A key of the table as it stands on a keyboard: `⇧J`, `Ctrl ⇧Enter`, `G Q`.
pub fn cap(key: &str) -> String {
    let parts = key.split('+').map(|part| match part {
        "shift" => "⇧".to_owned(),
        "ctrl" => "Ctrl ".to_owned(),
        "escape" => "Esc".to_owned(),
        "home" => "Home".to_owned(),
        "end" => "End".to_owned(),
        "enter" => "Enter".to_owned(),
        letters => letters.to_uppercase(),
    });
    parts.collect()
}
