//! Everything that touches the world: sockets, clocks, files, signals.

mod accept;
mod access_log;
mod alone;
mod clock;
mod connection;
mod identifiers;
mod lanes;
mod log;
mod peer;
mod quic;
mod reload;
mod server;
mod sockets;
mod status;
mod tls;
mod watch;

pub use log::start as start_log;
pub use reload::run as reload;
pub use server::{Running, Setup, lanes, run_id, start};
pub use status::Status;
pub use tls::{OwnCertificate as Own, Trust, certified_key};
