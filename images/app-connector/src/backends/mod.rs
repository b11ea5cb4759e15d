//! Backends: by name or address, several addresses tried.

mod connect;
mod resolve;

pub use connect::{Unreachable, tcp, udp};
pub use resolve::Names;
