//! Backends: by name or address, whichever address answers first.

mod connect;
mod race;
mod resolve;
#[cfg(test)]
mod testing;

pub use connect::{Unreachable, tcp, udp};
pub use resolve::Names;
