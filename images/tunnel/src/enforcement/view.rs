//! What one client may do under one file.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compile::{Class, Grant, Index, Opening, Reach};
use super::{Ask, Client, Lease, Port, Service, Verdict};
use crate::figures::DropReason;
use crate::time::Instant;
use crate::wire::Because;

/// What one client may do, made for its facts. Asking costs a few look-ups in what this client may do, however many
/// principals and grants of others there are. It is cheap to keep: what a client shares with its class is shared in memory.
#[derive(Clone, Debug)]
pub struct View {
    pub(super) lease: Lease,
    pub(super) index: Arc<Index>,
    pub(super) class: Arc<Class>,
    /// By service, where it depends on the client's facts.
    pub(super) own: Arc<BTreeMap<String, Opening>>,
    pub(super) client: Arc<Client>,
}

impl View {
    /// Whether a registration for a service is accepted: the service exists, the principal could ever reach it, and its
    /// certificate is not limited to others.
    pub fn registration(&self, service: &str) -> Result<&Arc<Service>, DropReason> {
        self.reach(service).map(|reach| &reach.service)
    }

    /// The services that the client could ever reach, sorted by id.
    pub fn reaches(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.class
            .reaches
            .values()
            .map(|reach| &reach.service)
            .filter(|service| self.is_within_limit(&service.id))
    }

    /// Decides about one packet for a service at an instant.
    pub fn decide(&self, service: &str, ask: &Ask, at: Instant) -> Verdict {
        self.allowed(service, ask, at).unwrap_or_else(Verdict::Deny)
    }

    /// Why a service is denied at an instant, when it opens and whom to ask: the answer to `0x20`. A service of which any port
    /// is allowed is answered `allowed`.
    pub fn why(&self, service: &str, at: Instant) -> Because {
        let denied = match self.any_port(service, at) {
            Ok(()) => return Because { reason: "allowed".to_owned(), opens_at: None, owner: None },
            Err(reason) => reason,
        };
        Because {
            reason: denied.name().to_owned(),
            opens_at: self.opens_at(service, at).map(|instant| instant.to_string()),
            owner: self.index.services.get(service).and_then(|service| service.owner.clone()),
        }
    }

    /// What the class has of a service, where the client may ask for it.
    fn reach(&self, service: &str) -> Result<&Reach, DropReason> {
        if !self.is_within_limit(service) {
            return Err(DropReason::CertificateLimit);
        }
        let unknown = || match self.index.services.contains_key(service) {
            true => DropReason::NotAuthorized,
            false => DropReason::ServiceUnknown,
        };
        self.class.reaches.get(service).ok_or_else(unknown)
    }

    fn is_within_limit(&self, service: &str) -> bool {
        self.client.limit.as_ref().is_none_or(|limit| limit.contains(service))
    }

    fn opening<'a>(&'a self, reach: &'a Reach) -> Option<&'a Opening> {
        reach.open.as_ref().or_else(|| self.own.get(&reach.service.id))
    }

    fn allowed(&self, service: &str, ask: &Ask, at: Instant) -> Result<Verdict, DropReason> {
        if !self.lease.includes(at) {
            return Err(DropReason::LeaseOver);
        }
        let reach = self.reach(service)?;
        fits(&reach.service, ask)?;
        let opening = self.opening(reach).ok_or(DropReason::NotNow)?;
        let until = |windows: &super::windows::Windows| match ask.port {
            Port::Of(_, port) => windows.open_until(port, at),
            Port::Echo => windows.any_until(at),
        };
        let Some(end) = until(&opening.granted) else { return Err(self.nearest(reach, ask.port, at)) };
        // What observed policies would say may change before the grant ends; it only costs a line of the log.
        let observed = opening.observed.as_ref().is_some_and(|windows| until(windows).is_none());
        Ok(Verdict::Allow { until: end.min(self.lease.end), observed })
    }

    /// Whether any port of a service is allowed.
    fn any_port(&self, service: &str, at: Instant) -> Result<(), DropReason> {
        if !self.lease.includes(at) {
            return Err(DropReason::LeaseOver);
        }
        let reach = self.reach(service)?;
        let is_open = self.opening(reach).is_some_and(|opening| opening.granted.any_until(at).is_some());
        if is_open { Ok(()) } else { Err(self.nearest(reach, Port::Echo, at)) }
    }

    /// When the client's own grants open next, or, beyond the lease, its class's.
    fn opens_at(&self, service: &str, at: Instant) -> Option<Instant> {
        let opening = self.reach(service).ok().and_then(|reach| self.opening(reach));
        let within = opening.and_then(|opening| opening.granted.next_opening(at));
        let beyond = self.class.opens_at.get(service).copied().filter(|instant| *instant > at);
        within.into_iter().chain(beyond).min()
    }

    /// Why no grant matches: what is missing for the one that needs least. What could be had now (a device, a place) goes
    /// before waiting.
    fn nearest(&self, reach: &Reach, port: Port, at: Instant) -> DropReason {
        let named = |grant: &&Grant| match port {
            Port::Of(_, port) => grant.ports.includes(port),
            Port::Echo => true,
        };
        let mut named = reach.grants.iter().filter(named).peekable();
        if named.peek().is_none() {
            return if reach.grants.is_empty() { DropReason::NotNow } else { DropReason::Port };
        }
        let now = named.filter(|grant| grant.time.0 <= at && at < grant.time.1);
        let lacks = now.map(|grant| self.lacks(grant)).min_by_key(Vec::len);
        lacks.and_then(|lacks| lacks.first().copied()).unwrap_or(DropReason::NotNow)
    }

    /// What a client lacks for a grant whose time it is.
    fn lacks(&self, grant: &Grant) -> Vec<DropReason> {
        let device = grant.missing(&self.client.device).map(reason_of_attribute);
        let elsewhere = (!grant.matches_source(self.client.source)).then_some(DropReason::SourceAddress);
        device.chain(elsewhere).collect()
    }
}

/// Whether a packet is for the service at all.
fn fits(service: &Service, ask: &Ask) -> Result<(), DropReason> {
    if ask.destination != service.virtual_ip {
        return Err(DropReason::Destination);
    }
    match ask.port {
        Port::Of(protocol, _) if protocol != service.protocol => Err(DropReason::Protocol),
        Port::Of(_, port) if !service.ports.includes(port) => Err(DropReason::Port),
        _ => Ok(()),
    }
}

/// The reason that names a device attribute.
fn reason_of_attribute(name: &str) -> DropReason {
    match name {
        "managed" => DropReason::DeviceManaged,
        "os" => DropReason::DeviceOs,
        "diskEncrypted" => DropReason::DeviceDiskEncrypted,
        _ => DropReason::DeviceOther,
    }
}
