//! The outside world: one module each, each with its fake.
