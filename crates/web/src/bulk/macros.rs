//! A macro for many tickets: which one, what it says and changes, and how many are written to.

use desk::{Ctx, Error, FieldError, Tx};
use domain::{Macro, MacroId};
use maud::{Markup, html};

use crate::components::field::{Control, Field, field};
use crate::form::Form;
use crate::problem::Problem;
use crate::settings::known;
use crate::tickets::macros::{changes, has_words};
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// A macro that was chosen, to be looked at.
pub(super) struct Chosen {
    one: Macro,
    changes: Vec<String>,
}

/// The macro that the form names, if it is there.
pub(super) async fn chosen(visitor: &Visitor, typed: &Form) -> Result<Option<Chosen>, Problem> {
    let Some(id) = typed.number("value").map(MacroId) else { return Ok(None) };
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| {
        Ok::<_, Error>((desk::macros::show(tx, ctx, id)?, known(tx, ctx)?))
    };
    match visitor.desk.read(visitor.ctx.clone(), read).await {
        Ok((one, _)) if !one.active => Ok(None),
        Ok((one, known)) => {
            let changes = changes(visitor.reader().words, &known, &one);
            Ok(Some(Chosen { one, changes }))
        }
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Chosen {
    /// The words with their placeholders, as each ticket fills them in.
    fn words(&self) -> impl Iterator<Item = &str> {
        let said = self.one.actions.iter().filter(|one| one.field.starts_with("comment_value"));
        said.filter_map(|one| one.value.parts().last().copied())
    }

    /// What it says and changes.
    pub(super) fn markup(&self, words: Words) -> Markup {
        html! {
            p { strong dir="auto" { (self.one.title) } }
            input type="hidden" name="value" value=(self.one.id);
            @if has_words(&self.one) { p.hint { (words.say(Text::BulkMacroWords)) } }
            @for text in self.words() { pre.well dir="auto" { (text) } }
            @if !self.changes.is_empty() { p { (words.say(Text::MacroWouldChange)) } ul { @for line in &self.changes { li { (line) } } } }
        }
    }

    /// What the button says.
    pub(super) fn button(&self) -> Text {
        if has_words(&self.one) { Text::BulkSend } else { Text::BulkApply }
    }
}

/// The macros to choose from.
pub(super) async fn select(visitor: &Visitor, errors: &[FieldError]) -> Result<Markup, Problem> {
    let all = visitor.desk.read(visitor.ctx.clone(), desk::macros::list).await?;
    let all: Vec<(String, &str)> = all
        .iter()
        .filter(|one| one.active)
        .map(|one| (one.id.to_string(), one.title.as_str()))
        .collect();
    let options: Vec<(&str, &str)> = all.iter().map(|(id, title)| (id.as_str(), *title)).collect();
    let words = Words::default();
    Ok(field(
        words,
        &Field {
            control: Control::Select(&options),
            error: errors.first().map(|error| error.description.as_str()),
            ..Field::line("value", words.say(Text::KeyMacro))
        },
    ))
}
