//! What is due: wake-ups and the outbox.
