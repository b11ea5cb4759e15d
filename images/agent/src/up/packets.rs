//! What becomes of the machine's packets, and of those for it. Bytes in, a verdict out.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tunnel::figures::DropReason;
use tunnel::packet::{Packet, Unreachable, clamp_mss, fragmentation_needed, may_be_answered, unreachable};

use crate::file::Service;
use crate::mtu;

/// Headers of IPv4 and TCP, without options.
const HEADERS: u16 = 40;

/// Where the flags and the offset of a fragment are.
const FRAGMENT: usize = 6;

/// What becomes of a packet of the machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outbound {
    /// It goes to this service; its MSS was lowered where it was too large.
    Send(Arc<Service>),
    /// Its sender hears this.
    Answer(Vec<u8>),
    /// Nothing.
    Drop(DropReason),
}

/// The services by address, and our own address.
#[derive(Debug)]
pub struct Packets {
    own: Ipv4Addr,
    services: HashMap<Ipv4Addr, Arc<Service>>,
}

impl Packets {
    /// Packets between an address of ours and these services.
    pub fn new(own: Ipv4Addr, services: &[Arc<Service>]) -> Self {
        let by_address = services.iter().map(|service| (service.virtual_ip, Arc::clone(service)));
        Self { own, services: by_address.collect() }
    }

    /// A packet that the machine sends.
    pub fn outbound(&self, bytes: &mut [u8]) -> Outbound {
        let packet = match Packet::parse(bytes) {
            Ok(packet) => packet,
            Err(DropReason::PacketFragment) => return self.fragment(bytes),
            Err(reason) => return Outbound::Drop(reason),
        };
        if packet.source != self.own {
            return Outbound::Drop(DropReason::PacketSource);
        }
        let Some(service) = self.services.get(&packet.destination) else {
            return match may_be_answered(&packet) {
                true => Outbound::Answer(unreachable(bytes, packet.destination, Unreachable::Host)),
                false => Outbound::Drop(DropReason::Destination),
            };
        };
        let most = mtu::of_service(&service.id);
        if packet.length > most {
            return Outbound::Answer(fragmentation_needed(bytes, packet.destination, most));
        }
        clamp_mss(bytes, most - HEADERS);
        Outbound::Send(Arc::clone(service))
    }

    /// The kernel cuts a datagram that is larger than the device's MTU into fragments: its sender hears with the first how large it
    /// may be, and none of them goes anywhere.
    fn fragment(&self, bytes: &[u8]) -> Outbound {
        let offset = bytes.get(FRAGMENT..).and_then(|tail| tail.first_chunk::<2>());
        let is_first = offset.is_some_and(|field| u16::from_be_bytes(*field) & 0x1FFF == 0);
        match self.services.get(&address(bytes, 16)).filter(|_| is_first && address(bytes, 12) == self.own) {
            Some(service) => {
                let most = mtu::of_service(&service.id);
                Outbound::Answer(fragmentation_needed(bytes, service.virtual_ip, most))
            }
            None => Outbound::Drop(DropReason::PacketFragment),
        }
    }

    /// Whether a packet that came in is for the machine: from a service, to our address, and whole.
    pub fn is_inbound(&self, bytes: &[u8]) -> Result<(), DropReason> {
        let packet = Packet::parse(bytes)?;
        if packet.destination != self.own {
            return Err(DropReason::Destination);
        }
        if !self.services.contains_key(&packet.source) {
            return Err(DropReason::PacketSource);
        }
        Ok(())
    }
}

fn address(bytes: &[u8], at: usize) -> Ipv4Addr {
    let field = bytes.get(at..).and_then(|tail| tail.first_chunk::<4>());
    field.map_or(Ipv4Addr::UNSPECIFIED, |octets| Ipv4Addr::from(*octets))
}

#[cfg(test)]
mod tests {
    use tunnel::packet::{SYN, Segment, Transport, Tuple, protocol, tcp, udp};

    use super::*;
    use crate::file::Protocol;

    const OWN: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
    const WEB: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);

    fn packets() -> Packets {
        let service = Service {
            id: "web".into(),
            virtual_ip: WEB,
            protocol: Protocol::Udp,
            ports: vec![(53, 53)],
            owner: None,
        };
        Packets::new(OWN, &[Arc::new(service)])
    }

    fn tuple(source: Ipv4Addr, destination: Ipv4Addr) -> Tuple {
        Tuple { protocol: protocol::UDP, source, source_port: 9, destination, destination_port: 53 }
    }

    fn outbound(mut bytes: Vec<u8>) -> (Outbound, Vec<u8>) {
        (packets().outbound(&mut bytes), bytes)
    }

    /// The ICMP type, code and MTU of an answer.
    fn error(outbound: Outbound) -> (u8, u8, u16) {
        let Outbound::Answer(bytes) = outbound else { panic!("{outbound:?}") };
        assert_eq!(Packet::parse(&bytes).unwrap().destination, OWN);
        (bytes[20], bytes[21], u16::from_be_bytes([bytes[26], bytes[27]]))
    }

    #[test]
    fn what_fits_goes_to_its_service_and_one_byte_more_does_not() {
        let most = usize::from(mtu::of_service("web")) - 28;
        let (sent, _) = outbound(udp(tuple(OWN, WEB), &vec![0; most]).unwrap());
        assert!(matches!(sent, Outbound::Send(service) if service.id == "web"));
        let (larger, _) = outbound(udp(tuple(OWN, WEB), &vec![0; most + 1]).unwrap());
        assert_eq!(error(larger), (3, 4, mtu::of_service("web")));
    }

    #[test]
    fn the_first_fragment_tells_the_sender_and_the_others_are_lost() {
        for (field, told) in [([0x20, 0], true), ([0x20, 1], false), ([0, 0xB9], false)] {
            let mut bytes = udp(tuple(OWN, WEB), b"part").unwrap();
            bytes[6..8].copy_from_slice(&field);
            // The header's checksum, over again (RFC 1071).
            bytes[10..12].fill(0);
            let sum =
                bytes[..20].chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum::<u32>();
            bytes[10..12].copy_from_slice(&(!((sum & 0xFFFF) + (sum >> 16)) as u16).to_be_bytes());
            match outbound(bytes).0 {
                answer @ Outbound::Answer(_) if told => assert_eq!(error(answer).1, 4),
                other => assert_eq!((told, other), (false, Outbound::Drop(DropReason::PacketFragment))),
            }
        }
    }

    #[test]
    fn other_sources_other_destinations_and_no_packets_go_nowhere() {
        let elsewhere = Ipv4Addr::new(10, 100, 0, 9);
        assert_eq!(error(outbound(udp(tuple(OWN, elsewhere), b"?").unwrap()).0), (3, 1, 0));
        let (foreign, _) = outbound(udp(tuple(elsewhere, WEB), b"?").unwrap());
        assert_eq!(foreign, Outbound::Drop(DropReason::PacketSource));
        assert_eq!(outbound(vec![0x60; 40]).0, Outbound::Drop(DropReason::PacketMalformed));
    }

    #[test]
    fn the_mss_of_a_syn_is_lowered_to_what_fits() {
        let segment =
            Segment { source: 9, destination: 53, sequence: 1, acknowledgment: 0, flags: SYN, data: 0 };
        let syn = tcp(tuple(OWN, WEB), &segment, 9, &[2, 4, 0x05, 0xB4], &[]).unwrap();
        let (_, sent) = outbound(syn);
        assert_eq!(u16::from_be_bytes([sent[42], sent[43]]), mtu::of_service("web") - 40);
        assert!(matches!(Packet::parse(&sent).unwrap().transport, Transport::Tcp(_)));
    }

    #[test]
    fn in_comes_what_a_service_sends_to_us() {
        let is_in = |from, to| packets().is_inbound(&udp(tuple(from, to), b"!").unwrap());
        assert_eq!(is_in(WEB, OWN), Ok(()));
        assert_eq!(is_in(WEB, Ipv4Addr::LOCALHOST), Err(DropReason::Destination));
        assert_eq!(is_in(Ipv4Addr::new(10, 100, 0, 3), OWN), Err(DropReason::PacketSource));
        assert!(packets().is_inbound(b"").is_err());
    }
}
