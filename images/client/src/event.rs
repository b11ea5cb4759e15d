//! What sessions tell.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use quinn::ConnectionError;

use crate::link::Link;

/// Application close codes of an intermediate.
pub mod close {
    /// It goes away.
    pub const GOING_AWAY: u64 = 0;
    /// No usable certificate.
    pub const NO_USABLE_CERTIFICATE: u64 = 1;
    /// The certificate is expired or revoked, or its CA not accepted any more.
    pub const EXPIRED_OR_REVOKED: u64 = 2;
    /// Over a limit.
    pub const OVER_LIMIT: u64 = 3;
    /// Come back through Retry.
    pub const COME_BACK: u64 = 4;
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A connection is there. A certificate that the server refuses is noticed only after that: a `Down` follows then.
    Up(Link),
    /// Datagrams came in, in order, at least one.
    Datagrams {
        /// Over which connection.
        link: Link,
        /// Their contents.
        datagrams: Vec<Bytes>,
    },
    /// A connection is gone, or an attempt failed; the session comes back by itself.
    Down {
        /// The server's id.
        server: Arc<str>,
        /// Whether it was up before.
        was_up: bool,
        /// Why.
        why: Ended,
    },
}

/// Why a connection ended, or never came to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The server closed it: an application close code ([`close`]) and its reason, one of `schemas/drop-reason.schema.json`.
    Closed {
        /// The code.
        code: u64,
        /// The reason.
        reason: String,
    },
    /// The server's TLS refuses our certificate.
    Refused(String),
    /// The server's certificate is not what we accept: unknown CA, another name, out of its time.
    Unverified(String),
    /// Nobody answers there, or the name is unknown.
    Unreachable(String),
    /// It was there and is not any more.
    Lost(String),
    /// Our own certificate or CAs cannot be read.
    Credentials(String),
    /// We ended it ourselves.
    Left,
}

/// TLS alerts as QUIC's transport error codes (RFC 9001 section 4.8).
const ALERTS: std::ops::Range<u64> = 0x100..0x200;

impl Ended {
    /// Whether the server takes our certificate no more: coming back is in vain until there is another one.
    pub fn is_about_our_certificate(&self) -> bool {
        let codes = [close::NO_USABLE_CERTIFICATE, close::EXPIRED_OR_REVOKED];
        match self {
            Ended::Closed { code, .. } => codes.contains(code),
            Ended::Refused(_) => true,
            _ => false,
        }
    }

    /// What quinn says, of a connection that was up or of an attempt.
    pub(crate) fn of(error: &ConnectionError, was_up: bool) -> Ended {
        match error {
            ConnectionError::ApplicationClosed(closed) => Ended::Closed {
                code: closed.error_code.into_inner(),
                reason: String::from_utf8_lossy(&closed.reason).into_owned(),
            },
            ConnectionError::ConnectionClosed(closed) if ALERTS.contains(&u64::from(closed.error_code)) => {
                Ended::Refused(closed.error_code.to_string())
            }
            ConnectionError::TransportError(fault) if ALERTS.contains(&u64::from(fault.code)) => {
                Ended::Unverified(fault.reason.clone())
            }
            ConnectionError::LocallyClosed => Ended::Left,
            _ if was_up => Ended::Lost(error.to_string()),
            _ => Ended::Unreachable(error.to_string()),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ended::Closed { code, reason } => {
                write!(to, "the server closed the connection: {reason} (code {code})")
            }
            Ended::Refused(alert) => write!(to, "the server refuses the certificate: {alert}"),
            Ended::Unverified(fault) => write!(to, "the server's certificate is not accepted: {fault}"),
            Ended::Unreachable(fault) => write!(to, "no connection: {fault}"),
            Ended::Lost(fault) => write!(to, "the connection is lost: {fault}"),
            Ended::Credentials(fault) => to.write_str(fault),
            Ended::Left => to.write_str("we left"),
        }
    }
}
