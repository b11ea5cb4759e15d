//! The agent: brings a machine, or one connection, to the services that policy lets it reach.
//!
//! | module | does |
//! |---|---|
//! | [`file`], [`config`] | what `ztna agent-config` prints; variables and flags |
//! | [`io`] | connections to intermediates, and which flow gets which packet |
//! | [`probe`] | tries a port, and says in words why it is not reached |
//! | [`connect`] | carries standard input and output to a service |
//! | [`forward`] | listens here, and carries each connection to a service |
//! | [`up`] | a TUN device with routes to the services (Linux), `packets` without I/O |
//! | [`denial`] | a denial in words |
//! | [`names`], [`mtu`] | `<service>.ztna`; how large a packet can be; both without I/O |

pub mod config;
pub mod connect;
pub mod denial;
mod dice;
pub mod file;
pub mod forward;
pub mod io;
pub mod mtu;
pub mod names;
pub mod probe;
pub mod signals;
pub mod up;
