//! Everything that touches intermediates: sessions, registrations, who gets which packet.

mod flows;
mod mux;
mod registrations;
mod uplink;

pub use mux::{Mux, Port};
pub use uplink::{Settled, Uplink};
