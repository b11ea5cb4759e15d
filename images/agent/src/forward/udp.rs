//! UDP: each sender at the local socket is a flow of its own, with an inner port of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use client::Unsent;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tunnel::limits::UDP_IDLE;
use tunnel::packet::{IP_HEADER, Packet, Transport, Tuple, protocol, udp};

use super::explainer::Explainer;
use crate::dice::dice;
use crate::file::Service;
use crate::io::{Port, Uplink};

/// Senders at once; more are not heard until one of these has been idle.
const SENDERS: usize = 1024;

/// The longest datagram that UDP can carry.
const LONGEST: usize = 65_535;

/// Bytes of a UDP header.
const UDP_HEADER: usize = 8;

/// One sender's flow.
struct Flow {
    socket: Arc<UdpSocket>,
    peer: SocketAddr,
    tuple: Tuple,
    explainer: Arc<Explainer>,
}

/// Carries datagrams until the socket fails.
pub async fn carry(socket: UdpSocket, service: Arc<Service>, port: u16, uplink: Arc<Uplink>) {
    let socket = Arc::new(socket);
    let explainer = Explainer::new(Arc::clone(&uplink), Arc::clone(&service), port);
    let mut flows: HashMap<SocketAddr, mpsc::Sender<()>> = HashMap::new();
    let mut tuples: HashMap<SocketAddr, Tuple> = HashMap::new();
    let mut buffer = vec![0; LONGEST];
    loop {
        // An ICMP error about what we sent to a peer that is gone is no end of the socket.
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        flows.retain(|_, heard| !heard.is_closed());
        tuples.retain(|peer, _| flows.contains_key(peer));
        if !flows.contains_key(&peer) {
            let Some((own, answers)) =
                uplink.mux.open(protocol::UDP, dice()).filter(|_| flows.len() < SENDERS)
            else {
                continue;
            };
            let tuple = tuple_of(&uplink, &service, own.number, port);
            let (heard, hears) = mpsc::channel(1);
            flows.insert(peer, heard);
            tuples.insert(peer, tuple);
            let (socket, explainer) = (Arc::clone(&socket), Arc::clone(&explainer));
            tokio::spawn(Flow { socket, peer, tuple, explainer }.answer(own, answers, hears));
        }
        if let Some(heard) = flows.get(&peer) {
            let _ = heard.try_send(());
        }
        if let Some(tuple) = tuples.get(&peer) {
            send(&uplink, &service, *tuple, &buffer[..length]);
        }
    }
}

fn tuple_of(uplink: &Uplink, service: &Service, own: u16, port: u16) -> Tuple {
    Tuple {
        protocol: protocol::UDP,
        source: uplink.inner,
        source_port: own,
        destination: service.virtual_ip,
        destination_port: port,
    }
}

fn send(uplink: &Uplink, service: &Service, tuple: Tuple, data: &[u8]) {
    let Some(packet) = udp(tuple, data) else { return };
    if let Err(Unsent::TooLarge(_)) = uplink.try_send(service, &packet) {
        let most = usize::from(crate::mtu::of_service(&service.id)) - IP_HEADER - UDP_HEADER;
        tracing::warn!(service = service.id, bytes = data.len(), most, "a datagram is too large and lost");
    }
}

impl Flow {
    /// Hands answers to the sender, until it has neither sent nor been answered for long.
    async fn answer(self, _own: Port, mut answers: mpsc::Receiver<Bytes>, mut hears: mpsc::Receiver<()>) {
        loop {
            let next = async {
                tokio::select! {
                    packet = answers.recv() => packet,
                    _ = hears.recv() => Some(Bytes::new()),
                }
            };
            match timeout(UDP_IDLE, next).await {
                Ok(Some(packet)) => self.hand_over(&packet).await,
                _ => return,
            }
        }
    }

    async fn hand_over(&self, bytes: &[u8]) {
        let Ok(packet) = Packet::parse(bytes) else { return };
        match packet.transport {
            Transport::Udp { .. } if packet.tuple() == self.tuple.reversed() => {
                let data = bytes.get(IP_HEADER + UDP_HEADER..usize::from(packet.length)).unwrap_or_default();
                let _ = self.socket.send_to(data, self.peer).await;
            }
            Transport::Error { .. } => {
                self.explainer.explain("the backend cannot be reached");
            }
            _ => {}
        }
    }
}
