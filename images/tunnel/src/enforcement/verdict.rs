//! The question about one datagram, and its answer.

use std::net::Ipv4Addr;

use super::Protocol;
use crate::figures::DropReason;
use crate::packet::{Packet, Transport};
use crate::time::Instant;

/// What a packet wants of a service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Inner destination: it must be the service's virtual address.
    pub destination: Ipv4Addr,
    /// The port, or an echo.
    pub port: Port,
}

/// What a grant must include.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Port {
    /// A port of a protocol.
    Of(Protocol, u16),
    /// ICMP echo: allowed where any port of the service is.
    Echo,
}

impl Ask {
    /// What a packet of an agent asks. None for an ICMP error, which belongs to a flow or to nothing, and for an echo reply.
    pub fn of(packet: &Packet) -> Option<Ask> {
        let port = match packet.transport {
            Transport::Tcp(segment) => Port::Of(Protocol::Tcp, segment.destination),
            Transport::Udp { destination, .. } => Port::Of(Protocol::Udp, destination),
            Transport::Echo { reply: false, .. } => Port::Echo,
            Transport::Echo { reply: true, .. } | Transport::Error { .. } => return None,
        };
        Some(Ask { destination: packet.destination, port })
    }
}

/// The answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Let it pass.
    Allow {
        /// Until then (excluded) the same client with the same file gets the same answer, so that a flow need not ask again.
        until: Instant,
        /// Policies that are only observed would deny it: log it.
        observed: bool,
    },
    /// Drop it.
    Deny(DropReason),
}

impl Verdict {
    /// Whether it passes.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Verdict::Allow { .. })
    }
}
