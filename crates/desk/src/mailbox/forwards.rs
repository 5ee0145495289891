//! One of us passes a customer's mail on: the customer is the requester, and who passed it on is its submitter. (CH-03)

use domain::{Role, User};
use store::Tx;

use super::{End, Mail};
use crate::tickets::{Person, open};
use crate::{Error, sessions};

impl Mail<'_> {
    /// The customer for whom one of us writes: the one copied in, else the sender of the mail that is passed on. Nobody, if
    /// that would be one of us.
    pub(super) fn on_behalf_of(
        &self,
        tx: &mut Tx<'_>,
        sender: &User,
    ) -> Result<Option<User>, Error> {
        let copied = self.copies(tx)?.into_iter().next();
        let original = self.message.original_sender.as_ref().filter(|original| {
            sessions::is_address(&original.email) && !self.is_ours(&original.folded())
        });
        let original = original.map(|original| Person::Address {
            email: original.email.clone(),
            name: original.name.clone(),
        });
        // Who is copied in hears of it; a name in a text may be anybody's.
        let Some(Person::Address { email, name }) = copied.or(original) else { return Ok(None) };
        let customer = crate::users::find_or_create(tx, self.ctx, &email, name.as_deref())?;
        let is_one = customer.role < Role::Agent && !customer.suspended && customer.id != sender.id;
        Ok(is_one.then_some(customer))
    }

    /// A ticket of the customer's. What was passed on is the customer's question; what one of us only wrote about it is not.
    pub(super) fn pass_on(
        &self,
        tx: &mut Tx<'_>,
        sender: &User,
        requester: &User,
    ) -> Result<End, Error> {
        let mut new = self.new_ticket(tx, Person::Known(requester.id), sender)?;
        new.submitter = Some(sender.id);
        new.author = Some(if self.message.forwarded { requester.id } else { sender.id });
        new.ccs = self.copies(tx)?;
        let done = open(tx, &self.as_sender(sender), &new)?;
        Ok(End::said(&done, "created"))
    }
}
