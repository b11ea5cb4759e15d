//! Which flow of ours gets a packet: by protocol and inner port.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;
use tunnel::packet::{Packet, Transport, Tuple};

/// Inner ports of flows: those that no service is registered for (RFC 6335).
const PORTS: std::ops::RangeInclusive<u16> = 49152..=65535;

/// Packets that wait for one flow: a window of 256 kB in packets of 1,272 bytes, and as much again. Those beyond are lost, as
/// from a full queue of a network card.
const WAITING: usize = 512;

type Flows = Mutex<HashMap<(u8, u16), mpsc::Sender<Bytes>>>;

/// The flows of this process.
#[derive(Debug, Default)]
pub struct Mux(Arc<Flows>);

/// The inner port of one flow; it is free again when this is dropped.
#[derive(Debug)]
pub struct Port {
    /// The port.
    pub number: u16,
    protocol: u8,
    flows: Arc<Flows>,
}

impl Drop for Port {
    fn drop(&mut self) {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner).remove(&(self.protocol, self.number));
    }
}

impl Mux {
    /// A port of its own for a flow, and what comes in for it; none where all are taken. `dice` is any number: ports are taken in
    /// no order, so that a flow of another process with the same inner address is not met.
    pub fn open(&self, protocol: u8, dice: u64) -> Option<(Port, mpsc::Receiver<Bytes>)> {
        let mut flows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = PORTS.len() as u64;
        let number = (0..count)
            .filter_map(|step| u16::try_from(u64::from(*PORTS.start()) + (dice % count + step) % count).ok())
            .find(|number| !flows.contains_key(&(protocol, *number)))?;
        let (sender, receiver) = mpsc::channel(WAITING);
        flows.insert((protocol, number), sender);
        Some((Port { number, protocol, flows: Arc::clone(&self.0) }, receiver))
    }

    /// Hands a packet to its flow; returns whether there is one.
    pub fn dispatch(&self, bytes: &Bytes) -> bool {
        let Ok(packet) = Packet::parse(bytes) else { return false };
        let Tuple { protocol, source_port, destination_port, .. } = packet.tuple();
        // An error quotes what we sent.
        let ours =
            if matches!(packet.transport, Transport::Error { .. }) { source_port } else { destination_port };
        let flows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let flow = flows.get(&(protocol, ours));
        flow.is_some_and(|flow| flow.try_send(bytes.slice(..usize::from(packet.length))).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tunnel::packet::{Tuple, prohibited, protocol, udp};

    use super::*;

    fn tuple(source_port: u16, destination_port: u16) -> Tuple {
        let (source, destination) = (Ipv4Addr::new(10, 100, 0, 3), Ipv4Addr::new(100, 64, 0, 1));
        Tuple { protocol: protocol::UDP, source, source_port, destination, destination_port }
    }

    #[tokio::test]
    async fn a_packet_and_an_error_about_one_go_to_their_flow_until_it_is_gone() {
        let mux = Mux::default();
        let (one, mut to_one) = mux.open(protocol::UDP, 0).unwrap();
        let (two, mut to_two) = mux.open(protocol::UDP, 0).unwrap();
        assert_ne!(one.number, two.number);
        let answer = udp(tuple(53, one.number), b"!").unwrap();
        assert!(mux.dispatch(&Bytes::from([&answer[..], b"padding"].concat())));
        assert_eq!(to_one.recv().await.unwrap(), answer);
        let sent = udp(tuple(53, two.number).reversed(), b"?").unwrap();
        assert!(mux.dispatch(&Bytes::from(prohibited(&sent, Ipv4Addr::new(10, 100, 0, 3)))));
        assert_eq!(to_two.recv().await.unwrap()[20], 3);
        drop(one);
        assert!(!mux.dispatch(&Bytes::from(answer)));
        assert!(!mux.dispatch(&Bytes::from_static(b"not a packet")));
    }

    #[test]
    fn all_ports_can_be_taken_once() {
        let mux = Mux::default();
        let mut all: Vec<_> =
            (0..PORTS.len() as u64).map(|dice| mux.open(protocol::TCP, dice).unwrap().0).collect();
        assert!(mux.open(protocol::TCP, 7).is_none());
        all.pop();
        assert!(mux.open(protocol::TCP, 7).is_some());
    }
}
