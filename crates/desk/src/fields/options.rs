//! One choice of a drop-down at a time.

use domain::{Field, FieldId, FieldOption};
use store::Tx;

use super::{Input, OptionInput, show, update};
use crate::{Ctx, Error};

/// Adds a choice, or changes the one whose id is given. Says whether it is new.
pub fn set_option(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    owner: &str,
    id: FieldId,
    option: &OptionInput,
) -> Result<(FieldOption, bool), Error> {
    let field = show(tx, ctx, owner, id)?;
    let mut options = as_input(&field);
    let place = match option.id {
        Some(id) => Some(options.iter().position(|one| one.id == Some(id)).ok_or(Error::NotFound)?),
        None => None,
    };
    match place {
        Some(place) => options[place] = option.clone(),
        None => options.push(option.clone()),
    }
    let input = Input { options: Some(options), ..Input::default() };
    let field = update(tx, ctx, owner, id, &input)?;
    let value = option.value.trim();
    let set = field.options.into_iter().find(|one| one.value == value).ok_or(Error::NotFound)?;
    Ok((set, place.is_none()))
}

/// Takes a choice away.
pub fn delete_option(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    owner: &str,
    id: FieldId,
    option: i64,
) -> Result<(), Error> {
    let field = show(tx, ctx, owner, id)?;
    let mut options = as_input(&field);
    let before = options.len();
    options.retain(|one| one.id != Some(option));
    if options.len() == before {
        return Err(Error::NotFound);
    }
    update(tx, ctx, owner, id, &Input { options: Some(options), ..Input::default() }).map(|_| ())
}

fn as_input(field: &Field) -> Vec<OptionInput> {
    let input = |option: &FieldOption| OptionInput {
        id: Some(option.id),
        name: option.name.clone(),
        value: option.value.clone(),
        default: option.default,
    };
    field.options.iter().map(input).collect()
}
