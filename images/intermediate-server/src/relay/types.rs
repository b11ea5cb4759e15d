//! What goes into the relay.

use std::net::SocketAddr;

use tunnel::digest::Digest;
use tunnel::enforcement::Credentials;
use tunnel::identity::Device;

/// One QUIC connection; later ones have higher numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConnectionId(pub u64);

/// A client, as logs name it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Who {
    /// None: a client without certificate.
    pub principal: Option<String>,
    /// Of its certificate.
    pub fingerprint: Option<Digest>,
    /// What is known of its device.
    pub device: Device,
}

/// A connection whose handshake is over.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its number.
    pub id: ConnectionId,
    /// What it showed; none: no certificate.
    pub credentials: Option<Credentials>,
    /// Its outer address.
    pub outer: SocketAddr,
    /// The largest DATAGRAM that can be sent to it, in bytes.
    pub to_client: usize,
}

/// Application close codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Close {
    /// The server is going away.
    GoingAway = 0,
    /// No usable certificate.
    NoUsableCertificate = 1,
    /// The certificate is expired or revoked.
    ExpiredOrRevoked = 2,
    /// Over a limit.
    OverLimit = 3,
    /// Come back through Retry.
    ComeBack = 4,
}
