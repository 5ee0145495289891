//! Tickets as they were written last, kept for the next list.
//!
//! Most of a list's time goes into writing each ticket, and most tickets have not changed since they were listed before.
//! What is kept holds for one version of the ticket, one state of the ticket fields and one address of ours, all of which
//! are read anew for every list; so nothing old is ever shown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use desk::tickets::Stored;
use desk::{Ctx, Error, Tx};
use domain::TicketId;

use super::json;

/// How many tickets are kept, at some four kilobytes each.
const CAPACITY: usize = 4096;

/// A ticket, and how the API writes it.
pub(crate) struct Rendered {
    /// The ticket.
    pub(crate) stored: Stored,
    /// Its JSON.
    pub(crate) json: String,
    version: i64,
    fields: u64,
    base: Arc<str>,
}

/// What is kept. A cheap handle.
#[derive(Clone, Default)]
pub(crate) struct Shelf {
    tickets: Arc<Mutex<HashMap<TicketId, Arc<Rendered>>>>,
}

impl Shelf {
    /// The tickets with these numbers and versions, in this order, of which those that are not kept are read.
    pub(crate) fn fetch(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        wanted: &[(TicketId, i64)],
        base: &str,
    ) -> Result<Vec<Arc<Rendered>>, Error> {
        let fields = desk::tickets::beside::fields_fingerprint(tx)?;
        let mut found = self.kept(wanted, fields, base);
        let missing: Vec<TicketId> = wanted
            .iter()
            .zip(&found)
            .filter(|(_, kept)| kept.is_none())
            .map(|((id, _), _)| *id)
            .collect();
        if !missing.is_empty() {
            let custom = json::custom_fields(tx)?;
            let shared: Arc<str> = base.into();
            let mut fresh = HashMap::new();
            for listed in desk::tickets::many(tx, ctx, &missing)? {
                let json = serde_json::to_string(&json::ticket(&listed, &custom, base))
                    .expect("a ticket is made of plain values");
                let id = listed.stored.ticket.id;
                let version =
                    wanted.iter().find(|(wanted, _)| *wanted == id).map_or(0, |(_, v)| *v);
                let (stored, base) = (listed.stored, Arc::clone(&shared));
                fresh.insert(id, Arc::new(Rendered { stored, json, version, fields, base }));
            }
            self.keep(&fresh);
            for ((id, _), place) in wanted.iter().zip(&mut found) {
                if place.is_none() {
                    *place = fresh.get(id).cloned();
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn kept(
        &self,
        wanted: &[(TicketId, i64)],
        fields: u64,
        base: &str,
    ) -> Vec<Option<Arc<Rendered>>> {
        let tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |kept: &&Arc<Rendered>, version: i64| {
            kept.version == version && kept.fields == fields && *kept.base == *base
        };
        wanted
            .iter()
            .map(|(id, version)| tickets.get(id).filter(|kept| fits(kept, *version)).cloned())
            .collect()
    }

    fn keep(&self, fresh: &HashMap<TicketId, Arc<Rendered>>) {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() + fresh.len() > CAPACITY {
            // Any half will do: what is listed again comes back.
            let mut count = 0;
            tickets.retain(|_, _| {
                count += 1;
                count % 2 == 0
            });
        }
        tickets.extend(fresh.iter().map(|(id, rendered)| (*id, Arc::clone(rendered))));
    }
}
