//! A connector's side of the file.

use std::net::Ipv4Addr;

use super::{Lease, PortSet, Protocol};

/// What a connector enforces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectorRules {
    /// The file's lease: nothing is served outside it.
    pub lease: Lease,
    /// What it serves, sorted by id.
    pub services: Vec<ConnectorService>,
    /// Where it connects to.
    pub intermediates: Vec<IntermediateAddress>,
}

/// A service as a connector knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectorService {
    /// Its id.
    pub id: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its ports.
    pub ports: PortSet,
    /// Its inner address.
    pub virtual_ip: Ipv4Addr,
    /// Where it really runs.
    pub backend: Backend,
    /// Whether each connection to the backend begins with a PROXY protocol header.
    pub proxy_protocol: bool,
}

/// Where a service really runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backend {
    /// A DNS name, or an address (IPv6 without brackets).
    pub host: String,
    /// Every port of the service leads to this one; none: each to itself.
    pub port: Option<u16>,
}

/// An intermediate to connect to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IntermediateAddress {
    /// Its id.
    pub id: String,
    /// A DNS name or an address, also the name in its certificate.
    pub address: String,
    /// UDP port.
    pub port: u16,
}
