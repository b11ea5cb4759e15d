//! What becomes of handshakes.

/// How a handshake ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Handshake {
    /// In a connection.
    Accepted,
    /// The certificate was refused after TLS: missing, unusable, expired, revoked, or of a CA that is not accepted.
    Refused,
    /// TLS or QUIC failed.
    Failed,
    /// The client was sent a Retry first.
    Retried,
    /// It was over a limit.
    Limited,
}

impl Handshake {
    /// Every result.
    pub const ALL: [Handshake; 5] =
        [Handshake::Accepted, Handshake::Refused, Handshake::Failed, Handshake::Retried, Handshake::Limited];

    /// The label's value.
    pub const fn name(self) -> &'static str {
        match self {
            Handshake::Accepted => "accepted",
            Handshake::Refused => "refused",
            Handshake::Failed => "failed",
            Handshake::Retried => "retried",
            Handshake::Limited => "limited",
        }
    }
}
