//! One connection, as others send to it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use quinn::{Connection, SendDatagramError, VarInt};
use tunnel::figures::DropReason;

use crate::relay::{Close, ConnectionId, FairQueue};

/// A connection and what waits for it.
#[derive(Debug)]
pub struct Peer {
    /// The connection.
    pub connection: Connection,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    queue: FairQueue,
    /// Whether a task carries the queue to the connection.
    is_carried: bool,
}

impl Peer {
    /// Nothing waits yet.
    pub fn new(connection: Connection) -> Self {
        Self { connection, waiting: Mutex::default() }
    }

    /// Sends a datagram, at once while the connection takes it, else when its sender's turn comes.
    /// The error says what is lost, and how many datagrams: this one or others that waited.
    pub fn send(self: &Arc<Self>, from: ConnectionId, datagram: Bytes) -> Result<(), (DropReason, u64)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.is_carried && self.connection.datagram_send_buffer_space() >= datagram.len() {
            return match self.connection.send_datagram(datagram) {
                Err(SendDatagramError::TooLarge) => Err((DropReason::PacketTooLarge, 1)),
                // The connection is gone, or takes no datagrams: its reader says so.
                _ => Ok(()),
            };
        }
        let is_full = waiting.queue.push(from.0, datagram).is_err();
        let lost = waiting.queue.given_up() + u64::from(is_full);
        if !waiting.is_carried {
            waiting.is_carried = true;
            tokio::spawn(Arc::clone(self).carry());
        }
        if lost > 0 { Err((DropReason::QueueFull, lost)) } else { Ok(()) }
    }

    /// Carries what waits to the connection, as fast as congestion control lets it.
    async fn carry(self: Arc<Self>) {
        while let Some(datagram) = self.next() {
            if let Err(SendDatagramError::ConnectionLost(_)) =
                self.connection.send_datagram_wait(datagram).await
            {
                return;
            }
        }
    }

    fn next(&self) -> Option<Bytes> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let next = waiting.queue.pop();
        waiting.is_carried = next.is_some();
        next
    }

    /// Closes the connection and says why.
    pub fn close(&self, code: Close, why: &str) {
        self.connection.close(VarInt::from_u32(code as u32), why.as_bytes());
    }
}
