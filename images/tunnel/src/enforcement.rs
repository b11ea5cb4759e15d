//! The enforcement file: read strictly, indexed, asked.
//!
//! `Enforcement::read` accepts exactly what `schemas/enforcement.schema.json` describes (unknown keys, doubled keys and
//! values outside their bounds are refused), plus what a schema cannot say: services, virtual addresses and principals
//! are unique, every reference leads somewhere, intervals are in order. What is refused leaves the file before it
//! in force until its lease ends.

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::digest::Digest;
use crate::time::Instant;

mod admission;
mod client;
mod compile;
mod connector;
mod file;
mod ports;
mod read;
mod scalars;
mod verdict;
mod view;
mod windows;

pub use admission::Credentials;
pub use client::{Audience, Client};
pub use connector::{Backend, ConnectorRules, ConnectorService, IntermediateAddress};
pub use ports::PortSet;
pub use verdict::{Ask, Port, Verdict};
pub use view::View;

/// Bytes that an enforcement file may have: 10,000 principals with 2,000 services come to about 12 MB.
pub const MOST_BYTES: usize = 64 << 20;

/// One enforcement file, valid and indexed.
#[derive(Debug)]
pub struct Enforcement {
    /// SHA-256 of the file's bytes: what `/applied` tells.
    pub digest: Digest,
    /// The environment's id.
    pub environment: String,
    /// Where the entry stands in its log: epoch, then sequence.
    pub position: (u64, u64),
    /// When it may be enforced.
    pub lease: Lease,
    /// What to enforce.
    pub rules: Rules,
}

/// From when until when a file may be enforced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lease {
    /// First instant.
    pub begin: Instant,
    /// Excluded.
    pub end: Instant,
}

impl Lease {
    /// Whether it runs at an instant.
    pub fn includes(&self, instant: Instant) -> bool {
        self.begin <= instant && instant < self.end
    }
}

/// What to enforce, by kind of component.
#[derive(Debug)]
pub enum Rules {
    /// For an intermediate.
    Intermediate(Arc<IntermediateRules>),
    /// For a connector.
    Connector(Arc<ConnectorRules>),
}

/// A file that is not enforced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// SHA-256 of the file's bytes.
    pub digest: Digest,
    /// Why, in one sentence of at most 500 bytes: where, what was expected, what was found.
    pub reason: String,
}

impl Enforcement {
    /// Reads a file for the component with this name (`intermediate/<id>` or `connector/<id>`).
    pub fn read(bytes: &[u8], component: &str) -> Result<Enforcement, Refused> {
        read::enforcement(bytes, component)
    }

    /// The rules, where the file is an intermediate's.
    pub fn intermediate(&self) -> Option<&Arc<IntermediateRules>> {
        match &self.rules {
            Rules::Intermediate(rules) => Some(rules),
            Rules::Connector(_) => None,
        }
    }

    /// The rules, where the file is a connector's.
    pub fn connector(&self) -> Option<&Arc<ConnectorRules>> {
        match &self.rules {
            Rules::Connector(rules) => Some(rules),
            Rules::Intermediate(_) => None,
        }
    }
}

/// Inner protocols of services.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A service as an intermediate knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its ports.
    pub ports: PortSet,
    /// Its inner address.
    pub virtual_ip: Ipv4Addr,
    /// The team that answers for it.
    pub owner: Option<String>,
}

/// What an intermediate enforces. Ask it for a [`View`] per client.
#[derive(Debug)]
pub struct IntermediateRules {
    /// The file's lease: nothing is allowed outside it.
    pub lease: Lease,
    index: Arc<compile::Index>,
}

impl IntermediateRules {
    /// The service with this id.
    pub fn service(&self, id: &str) -> Option<&Arc<Service>> {
        self.index.services.get(id)
    }

    /// The service with this virtual address.
    pub fn service_at(&self, address: Ipv4Addr) -> Option<&Arc<Service>> {
        self.index.by_address.get(&address)
    }

    /// All services, sorted by id.
    pub fn services(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.index.services.values()
    }

    /// Whether the environment lets clients without certificate in.
    pub fn admits_without_certificate(&self) -> bool {
        self.index.without_certificate.is_some()
    }

    /// Whether a connector may serve a service.
    pub fn may_serve(&self, connector: &str, service: &str) -> bool {
        self.index.connectors.get(connector).is_some_and(|services| services.contains(service))
    }

    /// Whether some grant or deny of the audience's class depends on the source address: such a client is closed (code 4)
    /// when its address changes, any other migrates.
    pub fn depends_on_source(&self, audience: &Audience) -> bool {
        self.index.class(audience).is_some_and(|class| class.depends_on_source)
    }

    /// What a client may do, for as long as its facts and this file stay as they are.
    pub fn view(&self, client: &Client) -> View {
        self.index.view(client, self.lease)
    }
}
