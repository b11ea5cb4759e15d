//! The file, indexed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::scalars::Prefix;
use super::windows::{Time, Windows};
use super::{Audience, Client, Lease, PortSet, Service, View};
use crate::digest::Digest;
use crate::identity::Device;
use crate::time::Instant;

/// Everything of an intermediate's file but its lease.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub services: BTreeMap<String, Arc<Service>>,
    pub by_address: HashMap<Ipv4Addr, Arc<Service>>,
    /// The first is anyone else's.
    pub classes: Vec<Arc<Class>>,
    pub class_of: HashMap<String, usize>,
    pub without_certificate: Option<Arc<Class>>,
    pub revoked: HashSet<Digest>,
    pub revoked_principals: HashSet<String>,
    pub client_cas: Option<BTreeSet<Digest>>,
    pub connectors: HashMap<String, BTreeSet<String>>,
}

/// Principals who are treated alike.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// By service, for those that they could ever reach.
    pub reaches: BTreeMap<String, Reach>,
    /// Those that depend on the client's facts.
    pub conditional: Vec<String>,
    /// By service, the next begin of a grant, also beyond the lease.
    pub opens_at: BTreeMap<String, Instant>,
    pub depends_on_source: bool,
}

/// What a class may do with one service.
#[derive(Debug)]
pub(super) struct Reach {
    pub service: Arc<Service>,
    pub grants: Vec<Grant>,
    /// Grants if observed denies denied; none where that is the same.
    pub observed: Option<Vec<Grant>>,
    /// What it comes to for everybody; none where it depends on source or device.
    pub open: Option<Opening>,
}

/// One grant, its service being known.
#[derive(Debug)]
pub(super) struct Grant {
    pub ports: PortSet,
    pub time: Time,
    pub sources: Option<Vec<Prefix>>,
    pub device: BTreeMap<String, Vec<String>>,
}

/// What the grants of a class and a service come to for one client.
#[derive(Debug, Default)]
pub(super) struct Opening {
    pub granted: Windows,
    /// What would be left if observed denies denied.
    pub observed: Option<Windows>,
}

impl Grant {
    /// Whether it depends on the client's address or device.
    pub fn is_conditional(&self) -> bool {
        self.sources.is_some() || !self.device.is_empty()
    }

    /// Whether the address is known and in one of the prefixes, or does not matter.
    pub fn matches_source(&self, source: Option<IpAddr>) -> bool {
        let within = |prefixes: &Vec<Prefix>| {
            source.is_some_and(|one| prefixes.iter().any(|prefix| prefix.includes(one)))
        };
        self.sources.as_ref().is_none_or(within)
    }

    /// The attributes that are unknown or have none of the values.
    pub fn missing<'a>(&'a self, device: &'a Device) -> impl Iterator<Item = &'a str> {
        let lacks = |(name, values): &(&String, &Vec<String>)| {
            device.get(*name).is_none_or(|value| !values.contains(value))
        };
        self.device.iter().filter(lacks).map(|(name, _)| name.as_str())
    }

    /// Whether a client's facts satisfy it.
    pub fn matches(&self, client: &Client) -> bool {
        self.matches_source(client.source) && self.missing(&client.device).next().is_none()
    }
}

impl Reach {
    /// What it comes to for a client.
    pub fn opening_for(&self, client: &Client) -> Opening {
        let unite = |grants: &[Grant]| {
            let matching = grants.iter().filter(|grant| grant.matches(client));
            Windows::unite(matching.map(|grant| (&grant.ports, grant.time)), &self.service.ports)
        };
        Opening { granted: unite(&self.grants), observed: self.observed.as_deref().map(unite) }
    }

    /// Whether it is the same for every client.
    pub fn is_unconditional(&self) -> bool {
        let observed = self.observed.iter().flatten();
        !self.grants.iter().chain(observed).any(Grant::is_conditional)
    }
}

impl Index {
    /// The class whose grants count; none for clients without certificate where they are not let in.
    pub fn class(&self, audience: &Audience) -> Option<&Arc<Class>> {
        match audience {
            Audience::Principal(name) => {
                self.classes.get(self.class_of.get(name.as_str()).copied().unwrap_or(0))
            }
            Audience::WithoutCertificate => self.without_certificate.as_ref(),
        }
    }

    /// What one client may do.
    pub fn view(self: &Arc<Index>, client: &Client, lease: Lease) -> View {
        let class = self.class(&client.audience).cloned().unwrap_or_default();
        let conditional = class.conditional.iter().filter_map(|id| class.reaches.get_key_value(id));
        let own = conditional.map(|(id, reach)| (id.clone(), reach.opening_for(client))).collect();
        View { lease, index: Arc::clone(self), class, own: Arc::new(own), client: Arc::new(client.clone()) }
    }
}
