//! How pages look and behave for somebody, on whatever device they read them.

use serde::{Deserialize, Serialize};

/// What somebody has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Looks {
    /// The colours; none leaves them to the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// The room a row takes.
    pub density: Density,
    /// Whether single letters are shortcuts.
    pub single_keys: bool,
    /// Whether instants of the past are written exactly.
    pub exact_times: bool,
}

impl Default for Looks {
    fn default() -> Self {
        Self { theme: None, density: Density::default(), single_keys: true, exact_times: false }
    }
}

impl Looks {
    /// Whether nothing was chosen.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The same with one more choice, by the words of a form; what is not known changes nothing.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        match (name, value) {
            ("theme", _) => Self { theme: Theme::named(value).or(self.theme), ..self },
            ("density", "compact") => Self { density: Density::Compact, ..self },
            ("density", "comfortable") => Self { density: Density::Comfortable, ..self },
            ("single_keys", "on" | "off") => Self { single_keys: value == "on", ..self },
            ("exact_times", "on" | "off") => Self { exact_times: value == "on", ..self },
            _ => self,
        }
    }
}

/// The colours a reader has chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// What their system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The theme of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == name)
    }

    /// The word of a form and of a cookie.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How much room a row takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Two lines.
    #[default]
    Comfortable,
    /// One line; touch screens are comfortable all the same.
    Compact,
}

impl Density {
    /// The word of a form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_changes_one_thing_and_nonsense_nothing() {
        let looks = Looks::default().with("theme", "dark").with("single_keys", "off");
        assert_eq!(
            looks,
            Looks { theme: Some(Theme::Dark), single_keys: false, ..Looks::default() }
        );
        assert_eq!(looks.with("theme", "pink").with("density", "").with("x", "on"), looks);
        let again = serde_json::to_string(&looks).unwrap();
        assert_eq!(serde_json::from_str::<Looks>(&again).unwrap(), looks);
        assert!(serde_json::from_str::<Looks>("{}").unwrap().is_default());
    }
}
