//! Sending over one connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quinn::{Connection, SendDatagramError, VarInt};

/// One connection to one intermediate. Copies are the same connection.
#[derive(Clone, Debug)]
pub struct Link {
    server: Arc<str>,
    connection: Connection,
}

/// Why a datagram was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unsent {
    /// The connection takes no more for now: congestion control lets nothing through.
    Full,
    /// It is longer than this, the most that fits.
    TooLarge(usize),
    /// The connection is gone.
    Gone,
}

impl fmt::Display for Unsent {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsent::Full => to.write_str("the connection takes no more for now"),
            Unsent::TooLarge(most) => write!(to, "at most {most} bytes fit"),
            Unsent::Gone => to.write_str("the connection is gone"),
        }
    }
}

impl std::error::Error for Unsent {}

impl PartialEq for Link {
    fn eq(&self, other: &Link) -> bool {
        self.connection.stable_id() == other.connection.stable_id()
    }
}

impl Eq for Link {}

impl Link {
    pub(crate) fn new(server: Arc<str>, connection: Connection) -> Self {
        Self { server, connection }
    }

    /// The server's id.
    pub fn server(&self) -> &Arc<str> {
        &self.server
    }

    /// A number that no other connection has while this one lives.
    pub fn id(&self) -> usize {
        self.connection.stable_id()
    }

    /// The most bytes that a datagram may have now.
    pub fn most(&self) -> usize {
        self.connection.max_datagram_size().unwrap_or(0)
    }

    /// How many bytes of datagrams it takes now without waiting.
    pub fn space(&self) -> usize {
        self.connection.datagram_send_buffer_space()
    }

    /// The time of a round trip to the server.
    pub fn rtt(&self) -> Duration {
        self.connection.rtt()
    }

    /// Sends a datagram if the connection takes it now; never in place of one that waits already.
    pub fn send(&self, datagram: Bytes) -> Result<(), Unsent> {
        let most = self.most();
        if datagram.len() > most && self.is_up() {
            return Err(Unsent::TooLarge(most));
        }
        if self.space() < datagram.len() {
            return Err(if self.is_up() { Unsent::Full } else { Unsent::Gone });
        }
        self.connection.send_datagram(datagram).map_err(|fault| self.unsent(&fault))
    }

    /// Sends a datagram as soon as the connection takes it.
    pub async fn send_wait(&self, datagram: Bytes) -> Result<(), Unsent> {
        self.connection.send_datagram_wait(datagram).await.map_err(|fault| self.unsent(&fault))
    }

    /// Whether the connection is there.
    pub fn is_up(&self) -> bool {
        self.connection.close_reason().is_none()
    }

    /// Closes the connection; its session comes back by itself.
    pub fn close(&self, why: &str) {
        self.connection.close(VarInt::from_u32(0), why.as_bytes());
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn unsent(&self, fault: &SendDatagramError) -> Unsent {
        match fault {
            SendDatagramError::TooLarge => Unsent::TooLarge(self.most()),
            _ => Unsent::Gone,
        }
    }
}
