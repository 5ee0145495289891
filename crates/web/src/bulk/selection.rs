//! What is to be changed: the tickets that were selected by hand, or all of a list.

use desk::{Ctx, Tx};
use domain::TicketId;
use maud::{Markup, html};

use super::MOST;
use crate::form::Form;
use crate::lists;
use crate::problem::Problem;
use crate::visitor::Visitor;
use crate::words::{Text, Words};

/// In the place of numbers: all of the list.
const WHOLE: &str = "all";

/// Tickets, each once, and how a form names them.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// The tickets; of a list that is longer than what is changed at once the first ones.
    pub(super) ids: Vec<TicketId>,
    /// Whether all of a list was asked for.
    pub(super) whole: bool,
}

impl Selection {
    /// Those a form names, of the list at this address.
    pub(super) async fn read(visitor: &Visitor, form: &Form, from: &str) -> Result<Self, Problem> {
        let named = || form.pairs().filter(|(name, _)| *name == "id").map(|(_, id)| id);
        if named().any(|id| id == WHOLE) {
            let ids = lists::whole(visitor, from, MOST).await?;
            return Ok(Self { ids, whole: true });
        }
        let mut ids: Vec<TicketId> = named().filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Self { ids, whole: false })
    }

    /// Whether nothing is done about it: there is none, or there are too many.
    pub(super) fn is_out(&self) -> bool {
        self.ids.is_empty() || self.ids.len() > MOST
    }

    /// "#7", or "12 tickets".
    pub(super) fn said(&self, words: Words) -> String {
        match self.ids.as_slice() {
            [id] => words.fill(Text::ScopeTicket, &[("id", id)]),
            ids => words.count(Text::ScopeTickets, i64::try_from(ids.len()).unwrap_or(i64::MAX)),
        }
    }

    /// What a form or an address names them by.
    fn names(&self) -> Vec<String> {
        if self.whole {
            vec![WHOLE.to_owned()]
        } else {
            self.ids.iter().map(TicketId::to_string).collect()
        }
    }

    /// The fields that name them.
    pub(super) fn fields(&self) -> Markup {
        html! { @for id in self.names() { input type="hidden" name="id" value=(id); } }
    }

    /// The fields that name each ticket as it is now, and no other.
    pub(super) async fn as_it_is(&self, visitor: &Visitor) -> Result<Markup, Problem> {
        let tickets = self.some(visitor, MOST).await?;
        Ok(html! {
            input type="hidden" name="idempotency_key" value=(desk::token());
            @for ticket in tickets.iter().map(|one| &one.ticket) {
                input type="hidden" name="id" value=(ticket.id);
                input type="hidden" name="seen" value={ (ticket.id) "." (ticket.seq) };
            }
        })
    }

    /// The part of an address that names them.
    pub(super) fn address(&self) -> String {
        self.names().iter().fold(String::new(), |whole, id| whole + "&id=" + id)
    }

    /// As many of the tickets as say what can be chosen for all of them.
    pub(super) async fn some(
        &self,
        visitor: &Visitor,
        most: usize,
    ) -> Result<Vec<desk::tickets::Stored>, Problem> {
        let ids: Vec<TicketId> = self.ids.iter().copied().take(most).collect();
        let read = move |tx: &mut Tx<'_>, ctx: &Ctx| desk::pages::these(tx, ctx, &ids);
        Ok(visitor.desk.read(visitor.ctx.clone(), read).await?.tickets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_every_ticket_or_all_of_the_list() {
        let some = Selection { ids: vec![TicketId(7), TicketId(8)], whole: false };
        assert_eq!(some.address(), "&id=7&id=8");
        assert_eq!(Selection { whole: true, ..some }.address(), "&id=all");
    }
}
