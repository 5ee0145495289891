//! Actions against what there is: the teams, people, fields and webhooks they name.

use domain::actions::{self, Action, Object, Used, Where, Who};
use domain::{Field, TeamId, UserId};
use store::Tx;

use crate::{Error, fields};

/// Actions of one macro or rule at most.
const MOST: usize = 50;

fn invalid(field: &str, why: &str) -> Error {
    Error::invalid(field, "InvalidValue", format!("Actions: {why}"))
}

/// What the objects of a macro or a rule mean. Custom fields that are the desk's own are what they stand for.
///
/// # Errors
///
/// The first that is not understood, or names something there is not, by its place such as `actions[0].value`.
pub(crate) fn check(tx: &mut Tx<'_>, used: Used, objects: &[Object]) -> Result<Vec<Action>, Error> {
    if objects.is_empty() {
        return Err(Error::blank("actions", "Actions"));
    }
    if objects.len() > MOST {
        let what = format!("Actions: is too long (maximum is {MOST} actions)");
        return Err(Error::invalid("actions", "TooLong", what));
    }
    let read = actions::read_all(used, objects).map_err(|(part, why)| invalid(&part, &why))?;
    let fields = store::fields::all(tx, "ticket")?;
    let mut checked = Vec::new();
    for (place, action) in read.into_iter().enumerate() {
        let part = |part: &str| format!("actions[{place}].{part}");
        match &action {
            Action::Team(Where::Id(team)) | Action::TellTeam(team, ..) => team_exists(tx, *team)
                .and_then(|is| {
                    if is { Ok(()) } else { Err(invalid(&part("value"), "there is no such group")) }
                })?,
            Action::Assignee(Who::Id(user)) | Action::TellPerson(Who::Id(user), ..)
                if !is_agent(tx, *user)? =>
            {
                return Err(invalid(&part("value"), "there is no such agent"));
            }
            Action::Webhook(id, _) if store::webhooks::load(tx, *id)?.is_none() => {
                return Err(invalid(&part("value"), "there is no such webhook"));
            }
            Action::Area(Some(area)) => {
                let known = fields.iter().find(|field| field.key.as_deref() == Some("area"));
                if known.is_some_and(|field| field.options.iter().all(|one| one.value != *area)) {
                    return Err(invalid(&part("value"), "there is no such area"));
                }
            }
            Action::Field(id, value) => {
                let field = fields.iter().find(|field| field.id.0 == *id && field.active);
                let field =
                    field.ok_or_else(|| invalid(&part("field"), "there is no such field"))?;
                let own =
                    own(field, value.as_deref()).map_err(|why| invalid(&part("value"), &why))?;
                checked.push(own);
                continue;
            }
            _ => {}
        }
        checked.push(action);
    }
    Ok(checked)
}

fn team_exists(tx: &mut Tx<'_>, team: TeamId) -> Result<bool, Error> {
    Ok(store::teams::load(tx, team)?.is_some_and(|team| team.deleted_at.is_none()))
}

/// Whether somebody answers tickets and may sign in.
pub(crate) fn is_agent(tx: &mut Tx<'_>, id: UserId) -> Result<bool, Error> {
    let user = store::users::load(tx, id)?;
    Ok(user.is_some_and(|user| user.active && !user.suspended && user.role.answers()))
}

/// A custom field's action, which for a field of the desk's own is an action of its own.
fn own(field: &Field, value: Option<&str>) -> Result<Action, String> {
    let object = |name: &str| Object {
        field: name.to_owned(),
        value: actions::Value::One(value.unwrap_or_default().to_owned()),
    };
    match field.key.as_deref() {
        Some(name @ ("severity" | "kind")) => {
            actions::read(Used::Macro, &object(name)).map_err(|(_, why)| why)
        }
        Some("area") => match value {
            Some(area) if field.options.iter().all(|one| one.value != area) => {
                Err("there is no such area".to_owned())
            }
            _ => Ok(Action::Area(value.map(str::to_owned))),
        },
        _ => {
            fields::value(field, value).map(|_| Action::Field(field.id.0, value.map(str::to_owned)))
        }
    }
}
