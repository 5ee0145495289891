//! Tickets and everything decided about them. Pure.
