//! Customer support done by engineers, run from a written handbook.

fn main() {}
