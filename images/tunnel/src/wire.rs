//! The messages of `ztna-v1`, each in one QUIC datagram; the first byte says which. Everything is big-endian.
//!
//! | first byte | direction | layout after it |
//! |---|---|---|
//! | `0x01` | intermediate -> client | 4 bytes IPv4, 2 bytes port |
//! | `0x10` | agent -> intermediate | 1 byte length, service id |
//! | `0x11` | connector -> intermediate | 1 byte length, service id |
//! | `0x12` | intermediate -> client | status `0x00`, 1 byte length, service id |
//! | `0x13` | intermediate -> client | status `0x01` or `0x02`, 1 byte length, service id |
//! | `0x20` | agent -> intermediate | 1 byte length, service id |
//! | `0x21` | intermediate -> agent | 1 byte length, service id, 2 bytes length, JSON |
//! | `0x22` | intermediate -> connector | 2 bytes length, JSON |
//! | `0x23` | connector -> intermediate | 1 byte length, service id |
//! | `0x2F` | agent -> intermediate | 1 byte length, service id, an IPv4 packet |
//! | `0x40` to `0x4F` | either | it is itself the first byte of an IPv4 packet |
//!
//! What is cut short is ignored, so are bytes after the end. Nothing else may ever be relayed.

use std::net::SocketAddrV4;

mod decode;
mod encode;
mod json;

pub use json::{Announcement, Because};

/// `0x20` to `0x23` are sent to nobody who did not speak first of that kind; a JSON text in them has at most this many
/// bytes, so that it fits the smallest datagram beside the longest id.
pub const MOST_JSON: usize = 500;

/// The longest service id that a length of one byte can say.
pub const MOST_ID: usize = 255;

/// Bytes of a `0x2F` before the packet, without the id.
pub const TO_SERVICE_HEADER: usize = 2;

/// The first bytes.
pub mod first {
    /// Observed address.
    pub const OBSERVED: u8 = 0x01;
    /// Register for a service.
    pub const REGISTER: u8 = 0x10;
    /// Serve a service.
    pub const SERVE: u8 = 0x11;
    /// Registration accepted.
    pub const ACCEPTED: u8 = 0x12;
    /// Registration refused.
    pub const REFUSED: u8 = 0x13;
    /// Why am I denied?
    pub const WHY: u8 = 0x20;
    /// Because.
    pub const BECAUSE: u8 = 0x21;
    /// Who is behind a flow.
    pub const ANNOUNCE: u8 = 0x22;
    /// Serve a service, with announcements.
    pub const SERVE_ANNOUNCED: u8 = 0x23;
    /// A packet for a service.
    pub const TO_SERVICE: u8 = 0x2F;
}

/// One message; it borrows from the datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Message<'a> {
    /// `0x01`: the address from which the intermediate sees the client.
    Observed(SocketAddrV4),
    /// `0x10`: an agent registers for a service.
    Register(&'a str),
    /// `0x11`: a connector offers to serve a service.
    Serve(&'a str),
    /// `0x23`: the same, and it wants announcements (`0x22`) before each flow.
    ServeAnnounced(&'a str),
    /// `0x12`: a registration is accepted.
    Accepted(&'a str),
    /// `0x13`: a registration is refused; the id is empty where it could not be read.
    Refused(Refusal, &'a str),
    /// `0x20`: an agent asks why it is denied a service.
    Why(&'a str),
    /// `0x21`: the answer, with JSON that [`Because`] reads and writes.
    Because(&'a str, &'a [u8]),
    /// `0x22`: who is behind a flow, in JSON that [`Announcement`] reads and writes.
    Announce(&'a [u8]),
    /// `0x2F`: a packet for a service; the packet is everything after the id.
    ToService(&'a str, &'a [u8]),
    /// `0x4.`: a bare packet, first byte included.
    Packet(&'a [u8]),
}

/// Why a registration is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// `0x01`: the id is not UTF-8; said with an empty id.
    Malformed,
    /// `0x02`: not authorized, or nobody serves it.
    NotAuthorized,
}

/// A datagram that is no message. Only [`Malformed::NotText`] of a registration is ever answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Malformed {
    /// It ends before the message does: ignored in silence.
    CutShort,
    /// The service id is not UTF-8. Where `first` is a registration, `0x13` `0x01` with an empty id answers it.
    NotText {
        /// The message's first byte.
        first: u8,
    },
    /// No message begins like this: never relayed.
    Unknown(u8),
    /// An `0x12` or `0x13` with a status that does not exist.
    Status(u8),
}

impl Malformed {
    /// Whether a refusal with an empty id must answer it: a registration whose id is not UTF-8.
    pub fn is_answered(self) -> bool {
        use first::{REGISTER, SERVE, SERVE_ANNOUNCED};
        matches!(self, Malformed::NotText { first: REGISTER | SERVE | SERVE_ANNOUNCED })
    }
}
