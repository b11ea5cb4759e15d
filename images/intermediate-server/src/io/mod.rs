//! Everything that touches the world: sockets, clocks, files, signals.

mod accept;
mod access_log;
mod alone;
mod clock;
mod connection;
mod handshakes;
mod identifiers;
mod lanes;
mod log;
mod own;
mod peer;
mod quic;
mod reload;
mod running;
mod server;
mod sockets;
mod start;
mod status;
mod tls;
mod trust;
mod watch;

pub use log::start as start_log;
pub use own::{OwnCertificate as Own, certified_key};
pub use reload::run as reload;
pub use running::Running;
pub use start::{Setup, lanes, run_id, start};
pub use status::Status;
pub use trust::Trust;
