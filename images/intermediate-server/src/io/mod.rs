//! Everything that touches the world: sockets, clocks, files, signals.

mod accept;
mod access_log;
mod alone;
mod connection;
mod enforce;
mod handshakes;
mod identifiers;
mod intake;
mod lanes;
mod log;
mod peer;
mod quic;
mod reload;
mod running;
mod server;
mod sockets;
mod start;
mod tls;
mod trust;

pub use reload::run as reload;
pub use running::Running;
pub use start::{Setup, lanes, start};
pub use trust::Trust;
