//! Whom the rules are asked about.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::identity::{Device, Identity, Principal};

/// Which grants count.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Audience {
    /// Those of the principal's class, or of *anyone else* where no class names it.
    Principal(Principal),
    /// Those of clients without certificate.
    WithoutCertificate,
}

/// The facts of one client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Client {
    /// Which grants count.
    pub audience: Audience,
    /// Its outer address; one that is IPv4 mapped into IPv6 is IPv4. None is unknown and satisfies no grant with sources.
    pub source: Option<IpAddr>,
    /// What is known of its device.
    pub device: Device,
    /// The services to which its certificate limits it.
    pub limit: Option<BTreeSet<String>>,
}

impl Client {
    /// A client with a certificate, seen from an address.
    pub fn new(identity: &Identity, source: IpAddr) -> Client {
        Client {
            audience: Audience::Principal(identity.principal.clone()),
            source: Some(source.to_canonical()),
            device: identity.device.clone(),
            limit: identity.limit.clone(),
        }
    }

    /// One of whom nothing is known: for what no fact changes.
    pub(super) fn nobody() -> Client {
        Client { audience: Audience::WithoutCertificate, source: None, device: Device::new(), limit: None }
    }

    /// A client without certificate, seen from an address.
    pub fn without_certificate(source: IpAddr) -> Client {
        Client {
            audience: Audience::WithoutCertificate,
            source: Some(source.to_canonical()),
            device: Device::new(),
            limit: None,
        }
    }
}
