//! `/settings/teams`: the handbook's teams to read, and groups beside them to change.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect};
use desk::teams::Input;
use desk::{Ctx, Error, FieldError, Tx};
use domain::{MembershipId, Team, TeamId, User, UserId};
use maud::{Markup, html};

use super::frame::{page, status};
use crate::components::button::{self, Button};
use crate::components::field::{Control, Field, field};
use crate::components::table::{Column, listing};
use crate::form::Form;
use crate::problem::{Answer, Problem};
use crate::routes;
use crate::visitor::Visitor;
use crate::words::Text;

/// How many members are listed.
const MOST: i64 = 100;

pub(super) async fn list(visitor: Visitor) -> Answer {
    listed(&visitor, &Form::default(), &[]).await
}

async fn listed(visitor: &Visitor, typed: &Form, errors: &[FieldError]) -> Answer {
    let teams = visitor.desk.read(visitor.ctx.clone(), desk::teams::list).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let columns = [
        Column::text(words.say(Text::TeamName)),
        Column::text(words.say(Text::TeamSource)),
        Column::text(words.say(Text::SettingsAbout)),
    ];
    let row = |team: &Team| {
        let source = if team.slug.is_some() { Text::TeamInHandbook } else { Text::TeamOwn };
        vec![
            html! { a href=(routes::team(team.id.0)) dir="auto" { (team.name) } },
            html! { (words.say(source)) },
            html! { (team.description.as_deref().unwrap_or_default()) },
        ]
    };
    let rows: Vec<Vec<Markup>> = teams.iter().map(row).collect();
    let main = html! {
        (listing("teams", words.say(Text::SettingsTeams), &columns, &rows))
        section.stack.narrow aria-labelledby="new-heading" {
            h2 #new-heading { (words.say(Text::TeamNew)) }
            p { (words.say(Text::TeamNewWhy)) }
            (form(&reader, routes::TEAMS, typed.get("name"), typed.get("description"), errors, Text::TeamMake))
        }
    };
    let here = (routes::TEAMS, words.say(Text::SettingsTeams));
    page(visitor, &reader, here, &main, status(errors)).await
}

fn form(
    reader: &crate::reader::Reader,
    to: &str,
    name: &str,
    about: &str,
    errors: &[FieldError],
    label: Text,
) -> Markup {
    let words = reader.words;
    let error = |name: &str| {
        let found = errors.iter().find(|error| error.field == name);
        found.map(|error| error.description.as_str())
    };
    html! {
        form.stack method="post" action=(to) {
            (button::csrf(reader))
            (super::errors_elsewhere(errors, &["name", "description", "user_id"]))
            (field(words, &Field { value: name, error: error("name"), ..Field::line("name", words.say(Text::TeamName)) }))
            (field(words, &Field { value: about, error: error("description"), optional: true, ..Field::line("description", words.say(Text::SettingsAbout)) }))
            div.field-actions { (button::submit(Button::primary(words.say(label)))) }
        }
    }
}

fn input(form: &Form) -> Input {
    let about = form.some("description").map(str::to_owned);
    Input { name: Some(form.get("name").to_owned()), description: Some(about) }
}

pub(super) async fn create(visitor: Visitor, form: Form) -> Answer {
    let input = input(&form);
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::teams::create(tx, ctx, &input);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(team) => {
            Ok(Redirect::to(&format!("{}?saved=1", routes::team(team.id.0))).into_response())
        }
        Err(Error::Invalid(errors)) => listed(&visitor, &form, &errors).await,
        Err(error) => Err(error.into()),
    }
}

fn number(id: &str) -> Result<TeamId, Problem> {
    id.parse().map(TeamId).map_err(|_| Problem::NotFound)
}

pub(super) async fn show(visitor: Visitor, Path(id): Path<String>) -> Answer {
    shown(&visitor, number(&id)?, None, &[]).await
}

type Members = (Team, Vec<(MembershipId, User)>, Vec<User>);

/// The team, who is in it, and who could be.
fn read(tx: &mut Tx<'_>, ctx: &Ctx, id: TeamId) -> Result<Members, Error> {
    let team = desk::teams::show(tx, ctx, id)?;
    let filter = desk::teams::Filter { user: None, of: Some(id) };
    let (places, _) = desk::teams::memberships(tx, ctx, &filter, &desk::Page::first(MOST))?;
    let (people, _) = desk::teams::of_memberships(tx, &places, true, false)?;
    let members: Vec<(MembershipId, User)> = places
        .iter()
        .filter_map(|place| {
            let user = people.iter().find(|user| user.id == place.user)?;
            Some((place.id, user.clone()))
        })
        .collect();
    let known = super::known(tx, ctx)?;
    let mut others = known.agents;
    others.retain(|one| members.iter().all(|(_, user)| user.id != one.id));
    Ok((team, members, others))
}

async fn shown(
    visitor: &Visitor,
    id: TeamId,
    typed: Option<&Form>,
    errors: &[FieldError],
) -> Answer {
    let read = move |tx: &mut Tx<'_>, ctx: &Ctx| read(tx, ctx, id);
    let (team, members, others) = visitor.desk.read(visitor.ctx.clone(), read).await?;
    let reader = visitor.reader();
    let words = reader.words;
    let own = team.slug.is_none();
    let href = routes::team(id.0);
    let name = typed.map_or(team.name.as_str(), |form| form.get("name"));
    let about = team.description.clone().unwrap_or_default();
    let about = typed.map_or(about.as_str(), |form| form.get("description"));
    let people: Vec<(String, String)> =
        others.iter().map(|user| (user.id.to_string(), user.name.clone())).collect();
    let people: Vec<(&str, &str)> =
        people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let joining = errors.iter().find(|error| error.field == "user_id");
    let main = html! {
        @if own { div.narrow { (form(&reader, &href, name, about, errors, Text::SettingsSaveChanges)) } }
        @else { p { (words.say(Text::TeamReadOnly)) " " a href=(routes::HANDBOOK) { (words.say(Text::Handbook)) } } }
        section.stack aria-labelledby="members-heading" {
            h2 #members-heading { (words.say(Text::TeamMembers)) }
            ul.members {
                @for (place, user) in &members {
                    li {
                        a href=(routes::staff(user.id.0)) dir="auto" { (user.name) }
                        @if own { (button::action(&reader, &format!("{href}/members/{place}/removal"), Button::quiet(&words.fill(Text::TeamTakeOut, &[("name", &user.name)])))) }
                    }
                }
            }
            @if own && !people.is_empty() {
                form.stack.narrow method="post" action={ (href) "/members" } {
                    (button::csrf(&reader))
                    (field(words, &Field { error: joining.map(|error| error.description.as_str()), control: Control::Select(&people), ..Field::line("user_id", words.say(Text::TeamAdd)) }))
                    div.field-actions { (button::submit(Button::plain(words.say(Text::TeamAddButton)))) }
                }
            }
        }
        @if own { (super::deletion(&reader, &format!("{href}/deletion"), Text::TeamDelete, Text::TeamDeleteWhy)) }
    };
    page(visitor, &reader, (routes::TEAMS, &team.name), &main, status(errors)).await
}

/// Back to the team, or the page with what is wrong.
async fn done(
    visitor: &Visitor,
    id: TeamId,
    form: Option<&Form>,
    result: Result<(), Error>,
) -> Answer {
    match result {
        Ok(()) => Ok(Redirect::to(&format!("{}?saved=1", routes::team(id.0))).into_response()),
        Err(Error::Invalid(errors)) => shown(visitor, id, form, &errors).await,
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn update(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let input = input(&form);
    let write =
        move |tx: &mut Tx<'_>, ctx: &Ctx| desk::teams::update(tx, ctx, id, &input).map(|_| ());
    let result = visitor.desk.write(visitor.ctx.clone(), write).await;
    done(&visitor, id, Some(&form), result).await
}

pub(super) async fn join(visitor: Visitor, Path(id): Path<String>, form: Form) -> Answer {
    let id = number(&id)?;
    let user = UserId(form.number("user_id").unwrap_or_default());
    let write =
        move |tx: &mut Tx<'_>, ctx: &Ctx| desk::teams::join(tx, ctx, user, id, false).map(|_| ());
    let result = visitor.desk.write(visitor.ctx.clone(), write).await;
    done(&visitor, id, None, result).await
}

pub(super) async fn leave(visitor: Visitor, Path((id, place)): Path<(String, String)>) -> Answer {
    let id = number(&id)?;
    let place = MembershipId(number(&place)?.0);
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::teams::leave(tx, ctx, None, place);
    let result = visitor.desk.write(visitor.ctx.clone(), write).await;
    done(&visitor, id, None, result).await
}

pub(super) async fn delete(visitor: Visitor, Path(id): Path<String>) -> Answer {
    let id = number(&id)?;
    let write = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::teams::delete(tx, ctx, id);
    match visitor.desk.write(visitor.ctx.clone(), write).await {
        Ok(()) => Ok(Redirect::to(&format!("{}?deleted=1", routes::TEAMS)).into_response()),
        Err(Error::Invalid(errors)) => shown(&visitor, id, None, &errors).await,
        Err(error) => Err(error.into()),
    }
}
