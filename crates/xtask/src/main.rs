//! demo, test, bench: the commands of the project.

fn main() {}
