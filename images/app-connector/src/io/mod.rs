//! Everything that touches the world: intermediates, backends, clocks, files, signals.

mod connector;
mod datagrams;
mod enforce;
mod memory;
mod run;
mod send;
mod tcp;
mod udp;

pub use run::{Running, start};
