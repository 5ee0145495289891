//! Which team had a ticket while a promise waited, so that one that was passed on at the last minute is seen. (SLA-09)

use jiff::Timestamp;

use crate::{Envelope, TeamId, Ticket};

/// The teams that had a ticket from when a clock began to count until an instant, each from when to when, in order.
pub fn stations(
    log: &[Envelope],
    clock: usize,
    until: Timestamp,
) -> Vec<(TeamId, Timestamp, Timestamp)> {
    let mut found = Vec::new();
    let mut ticket: Option<Ticket> = None;
    let mut since: Option<Timestamp> = None;
    for envelope in log.iter().take_while(|envelope| envelope.at <= until) {
        let Some(ticket) = &mut ticket else {
            ticket = Ticket::opened(envelope.ticket, envelope.at, &envelope.event);
            continue;
        };
        let team = ticket.team;
        ticket.fold(envelope.at, &envelope.event);
        if let Some(from) = since.filter(|_| ticket.team != team) {
            found.push((team, from, envelope.at));
            since = Some(envelope.at);
        }
        since = since.or_else(|| ticket.clocks.get(clock).map(|clock| clock.started_at));
    }
    if let (Some(ticket), Some(from)) = (ticket, since) {
        found.push((ticket.team, from, until));
    }
    found
}
