//! The use cases, synchronous, over one transaction.
