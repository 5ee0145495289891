//! People: how they become known, how they change and leave, and their addresses.

mod arrive;
mod change;
mod deliverable;
mod identities;
mod read;
mod search;
mod tags;

pub use arrive::{Input, NewIdentity, create, create_or_update, find_or_create};
pub use change::{delete, hear_sender, set_password, suspend_sender, update};
pub use identities::{
    IdentityInput, add_identity, change_identity, delete_identity, identities, identity,
    make_primary, request_verification, verify,
};
pub use read::{
    Extras, Listed, Related, Wanted, autocomplete, by_keys, count, deleted, extras, list, members,
    related, search, show, show_deleted,
};
pub use search::roles;
pub use store::users::{Filter, Order};
pub use tags::{Retag, clean as clean_tags, of_user as tags, retag};

pub(crate) use arrive::{
    address, blank, insert_with_address, language, name_from_address, nameless, tidy, zone,
};
pub(crate) use deliverable::{first_address, hears_again, mark_undeliverable};
