//! Tags of people; how tags are written everywhere.

use domain::{User, UserId};
use store::Tx;

use super::change::manageable;
use crate::{Act, Ctx, Error, require};

/// What is done with tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retag {
    /// These are added.
    Add,
    /// These and no others.
    Set,
    /// These are taken away.
    Remove,
}

impl Retag {
    /// The tags after these were added, set or taken away.
    pub fn apply(self, present: &[String], given: &[String]) -> Vec<String> {
        let given = clean(given);
        match self {
            Self::Add => clean(&[present, &given].concat()),
            Self::Set => given,
            Self::Remove => present.iter().filter(|tag| !given.contains(tag)).cloned().collect(),
        }
    }
}

/// Tags as they are kept: lower case, without odd characters, sorted, each once.
pub fn clean(tags: &[String]) -> Vec<String> {
    crate::texts::tags(tags.iter().map(String::as_str))
}

/// A person's tags.
pub fn of_user(tx: &mut Tx<'_>, ctx: &Ctx, id: UserId) -> Result<Vec<String>, Error> {
    require(&ctx.actor, Act::ReadDesk)?;
    let user = store::users::load(tx, id)?.filter(|user| user.active);
    Ok(user.ok_or(Error::NotFound)?.tags)
}

/// Changes a person's tags.
pub fn retag(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: UserId,
    how: Retag,
    tags: &[String],
) -> Result<Vec<String>, Error> {
    let known = manageable(tx, ctx, id)?;
    let tags = how.apply(&known.tags, tags);
    if tags != known.tags {
        store::users::update(tx, &User { tags: tags.clone(), updated_at: ctx.now, ..known })?;
        tx.touch(format!("user:{id}"));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(list: &[&str]) -> Vec<String> {
        list.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn tags_are_lower_case_single_words() {
        assert_eq!(
            clean(&tags(&["VIP", "beta tester", "a!b", "vip", " ", "Größe"])),
            tags(&["ab", "beta", "größe", "tester", "vip"])
        );
    }

    #[test]
    fn tags_are_added_set_or_removed() {
        let present = tags(&["a", "b"]);
        assert_eq!(Retag::Add.apply(&present, &tags(&["C", "a"])), tags(&["a", "b", "c"]));
        assert_eq!(Retag::Set.apply(&present, &tags(&["C"])), tags(&["c"]));
        assert_eq!(Retag::Remove.apply(&present, &tags(&["A", "x"])), tags(&["b"]));
    }
}
