//! Builders, a fixed clock and the both-engines harness, for tests only.
