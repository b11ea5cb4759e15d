//! One packet there, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use client::Unsent;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tunnel::packet::{Packet, Tuple};

use super::packets::{answer, goodbye, question, tuple};
use crate::dice::dice;
use crate::file::Service;
use crate::io::Uplink;

/// How long each packet of the first hop is waited for: nothing but the server is asked.
const ONE_HOP: [Duration; 3] = [Duration::from_millis(700); 3];

/// How long each packet of the whole way is waited for: TCP sends a SYN again after 1 s, 2 s, ... (RFC 6298).
const WHOLE_WAY: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// Hops that a packet may pass where it is to arrive.
const FAR: u8 = 64;

/// What became of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The other side took it.
    Reached,
    /// A TCP reset: a denial, where it is the server's; a backend that is down, where it is the connector's.
    Reset,
    /// ICMP administratively prohibited.
    Prohibited,
    /// Any other ICMP unreachable.
    Unreachable,
    /// ICMP time exceeded: it was let through, and came no further.
    Expired,
    /// Nothing.
    Silence,
    /// There was no connection to send it over.
    Gone,
}

/// Trials of one port of a service.
pub struct Trial<'a> {
    pub uplink: &'a Arc<Uplink>,
    pub service: &'a Service,
    pub port: u16,
}

impl Trial<'_> {
    /// Whether the server lets a packet pass: it may pass one hop only, so none goes further.
    pub async fn one_hop(&self) -> Answer {
        self.ask(1, &ONE_HOP).await
    }

    /// Whether the backend answers.
    pub async fn whole_way(&self) -> Answer {
        self.ask(FAR, &WHOLE_WAY).await
    }

    async fn ask(&self, ttl: u8, pauses: &[Duration]) -> Answer {
        let protocol = self.service.protocol;
        let Some((port, mut answers)) = self.uplink.mux.open(protocol.number(), dice()) else {
            return Answer::Gone;
        };
        let (from, to) = ((self.uplink.inner, port.number), (self.service.virtual_ip, self.port));
        let tuple = tuple(protocol, from, to);
        let question = question(tuple, protocol, dice() as u32, ttl);
        for pause in pauses {
            if let Err(Unsent::Gone) = self.uplink.send(self.service, &question).await {
                return Answer::Gone;
            }
            if let Ok(answer) = timeout(*pause, self.next(tuple, &mut answers)).await {
                return answer;
            }
        }
        Answer::Silence
    }

    /// The first answer that means something; a connection that it opened is closed.
    async fn next(&self, tuple: Tuple, answers: &mut mpsc::Receiver<Bytes>) -> Answer {
        while let Some(bytes) = answers.recv().await {
            let Ok(packet) = Packet::parse(&bytes) else { continue };
            if let Some(end) = goodbye(tuple, &packet) {
                let _ = self.uplink.send(self.service, &end).await;
            }
            if let Some(answer) = answer(&packet) {
                return answer;
            }
        }
        Answer::Gone
    }
}
