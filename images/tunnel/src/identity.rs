//! Who a client is, from its certificate; and under which CA.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::digest::Digest;
use crate::time::Instant;

mod cas;
mod names;
mod read;

pub use cas::ClientCas;

/// What a client's certificate says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// SHA-256 of the certificate's DER encoding.
    pub fingerprint: Digest,
    /// The one e-mail SAN, else the one CN.
    pub principal: Principal,
    /// What is known of the device.
    pub device: Device,
    /// The services of its `agent.<service>.ztna` SANs: no other may be asked for. None is no limit; `*` is a
    /// service of that name, not every service.
    pub limit: Option<BTreeSet<String>>,
    /// The id of its `connector.<id>.ztna` SAN: it may serve what the enforcement file gives that connector.
    pub connector: Option<String>,
    /// First instant at which it is valid.
    pub not_before: Instant,
    /// Last instant at which it is valid, included (RFC 5280 section 4.1.2.5).
    pub not_after: Instant,
}

impl Identity {
    /// Reads a certificate whose signature, chain and key usage TLS has verified.
    pub fn read(der: &[u8]) -> Result<Identity, Unusable> {
        read::identity(der)
    }

    /// Whether the certificate is valid at an instant.
    pub fn is_valid_at(&self, instant: Instant) -> bool {
        self.not_before <= instant && instant <= self.not_after
    }
}

/// A principal: ASCII in lower case, an e-mail address or a machine's name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Principal(String);

impl Principal {
    /// Reads a name in any letter case; none where no policy could mean it.
    pub fn read(name: &str) -> Option<Principal> {
        names::principal(name).map(Principal)
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

/// What is known of a device: attribute -> value. What is unknown (not stated, or stated twice) is not in it; what no
/// policy lists satisfies no grant by itself.
pub type Device = BTreeMap<String, String>;

/// Why a certificate is not one client's: close code 1, or 2 where it is revoked or expired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unusable {
    /// The bytes are no certificate.
    NotACertificate,
    /// It is a CA's.
    IsCa,
    /// Neither an e-mail SAN nor a CN.
    NoPrincipal,
    /// Several e-mail SANs, or several CNs and no e-mail SAN.
    SeveralPrincipals,
    /// A principal that no policy could name.
    NotAPrincipal(String),
    /// Several `connector.<id>.ztna` SANs.
    SeveralConnectors,
}

impl fmt::Display for Unusable {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::NotACertificate => to.write_str("not an X.509 certificate"),
            Unusable::IsCa => to.write_str("the certificate of a CA, not of a client"),
            Unusable::NoPrincipal => to.write_str("no e-mail SAN and no CN: nobody's certificate"),
            Unusable::SeveralPrincipals => to.write_str("names several principals: exactly one is expected"),
            Unusable::NotAPrincipal(name) => {
                write!(to, "{name:?} is no principal: an e-mail address or a machine's name is expected")
            }
            Unusable::SeveralConnectors => {
                to.write_str("names several connectors: at most one connector.<id>.ztna is expected")
            }
        }
    }
}

impl std::error::Error for Unusable {}
