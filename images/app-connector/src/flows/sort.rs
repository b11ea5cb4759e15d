//! What a packet is for.

use tunnel::enforcement::{ConnectorRules, ConnectorService, Protocol};
use tunnel::figures::DropReason;
use tunnel::packet::{IP_HEADER, Packet, Transport, Tuple, echo_reply, has_right_transport_checksum};
use tunnel::time::Instant;

/// Bytes of a UDP header.
const UDP_HEADER: usize = 8;

/// A packet that a service serves.
#[derive(PartialEq, Eq, Debug)]
pub enum Sorted<'a> {
    /// For TCP in user space.
    Tcp,
    /// A datagram for a backend.
    Udp {
        /// As the agent sees it.
        tuple: Tuple,
        /// What it says.
        data: &'a [u8],
        /// Which service it is for.
        service: &'a ConnectorService,
    },
    /// An answer to the packet's sender.
    Answer(Vec<u8>),
}

/// Sorts one bare packet of an intermediate, at an instant.
pub fn sort<'a>(
    rules: Option<&'a ConnectorRules>,
    bytes: &'a [u8],
    now: Instant,
) -> Result<Sorted<'a>, DropReason> {
    let packet = Packet::parse(bytes)?;
    if let Transport::Tcp(_) = packet.transport {
        // What is not served is refused when its SYN is taken: its sender must hear that.
        return Ok(Sorted::Tcp);
    }
    let rules = rules.ok_or(DropReason::NoEnforcement)?;
    if !rules.lease.includes(now) {
        return Err(DropReason::LeaseOver);
    }
    let service = rules.service_at(packet.destination).ok_or(DropReason::Destination)?;
    match packet.transport {
        Transport::Udp { destination, .. } => {
            serves(service, Protocol::Udp, destination)?;
            let whole = bytes.get(..usize::from(packet.length)).unwrap_or(bytes);
            if !has_right_transport_checksum(whole) {
                return Err(DropReason::PacketChecksum);
            }
            let data = whole.get(IP_HEADER + UDP_HEADER..).unwrap_or_default();
            Ok(Sorted::Udp { tuple: packet.tuple(), data, service })
        }
        Transport::Echo { reply: false, .. } => {
            echo_reply(bytes).map(Sorted::Answer).ok_or(DropReason::PacketMalformed)
        }
        // We ask nobody, so nothing is an answer or an error of ours.
        Transport::Echo { reply: true, .. } | Transport::Error { .. } | Transport::Tcp(_) => {
            Err(DropReason::NoFlow)
        }
    }
}

/// Whether a service has this protocol and port.
pub(crate) fn serves(service: &ConnectorService, protocol: Protocol, port: u16) -> Result<(), DropReason> {
    if service.protocol != protocol {
        return Err(DropReason::Protocol);
    }
    if service.ports.includes(port) { Ok(()) } else { Err(DropReason::Port) }
}
