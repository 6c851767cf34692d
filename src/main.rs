//! Poolhouse.
fn main() {}
