//! Finding what a condition only names.

use domain::conditions::{Condition, CustomField, Resolve};
use domain::{Kind, Severity, fold};
use store::Tx;
use store::page::Page;

use crate::Error;

/// How many people or organizations one name may stand for.
const MOST: i64 = 100;

/// Looks names up in the storage.
pub(super) struct Lookup<'t, 's> {
    pub(super) tx: &'t mut Tx<'s>,
}

impl Resolve for Lookup<'_, '_> {
    type Error = Error;

    fn people(&mut self, name: &str) -> Result<Vec<i64>, Error> {
        if name.contains('@') {
            return Ok(store::users::by_email(self.tx, name)?
                .map(|user| user.id.0)
                .into_iter()
                .collect());
        }
        let words: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let filter = store::users::Filter { words, ..store::users::Filter::default() };
        let order = store::users::Order::Id;
        let people = store::users::page(self.tx, &filter, order, &Page::first(MOST))?;
        Ok(people.into_iter().map(|user| user.id.0).collect())
    }

    fn teams(&mut self, name: &str) -> Result<Vec<i64>, Error> {
        let name = fold(name);
        let teams = store::teams::names(self.tx)?.into_iter();
        let same = teams
            .filter(|(_, slug, has)| slug.as_deref() == Some(name.as_str()) || fold(has) == name);
        Ok(same.map(|(id, _, _)| id.0).collect())
    }

    fn organizations(&mut self, name: &str) -> Result<Vec<i64>, Error> {
        if let Some(one) = store::organizations::by_name(self.tx, name)? {
            return Ok(vec![one.id.0]);
        }
        let filter = store::organizations::Filter {
            prefix: Some(name.to_owned()),
            ..store::organizations::Filter::default()
        };
        let order = store::organizations::Order::Id;
        let found = store::organizations::page(self.tx, &filter, order, &Page::first(MOST))?;
        Ok(found.into_iter().map(|one| one.id.0).collect())
    }

    fn custom(&mut self, field: CustomField, value: Option<&str>) -> Result<Condition, Error> {
        let own = Condition::Custom(field, value.map(str::to_owned));
        let fields = store::fields::all(self.tx, "ticket")?;
        let known = fields.iter().find(|one| match field {
            CustomField::Type => one.kind == "tickettype",
            CustomField::Id(id) => one.id.0 == id,
        });
        let Some(known) = known else { return Ok(own) };
        // The desk's own fields are parts of the ticket itself.
        Ok(match (known.key.as_deref(), value) {
            (Some("severity"), None) => Condition::Severity(None),
            (Some("severity"), Some(value)) => value.parse::<Severity>().map_or_else(
                |_| Condition::never(),
                |severity| Condition::Severity(Some(severity)),
            ),
            (Some("kind"), None) => Condition::Kind(None),
            (Some("kind"), Some(value)) => value
                .parse::<Kind>()
                .map_or_else(|_| Condition::never(), |kind| Condition::Kind(Some(kind))),
            (Some("area"), value) => Condition::Area(value.map(str::to_owned)),
            _ => Condition::Custom(CustomField::Id(known.id.0), value.map(str::to_owned)),
        })
    }
}
