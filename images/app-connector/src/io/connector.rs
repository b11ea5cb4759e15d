//! What all tasks share.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use client::{Client, Link, Source};
use component::own::OwnCertificate;
use component::status::Status;
use stack::host::Host;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tunnel::enforcement::{ConnectorRules, ConnectorService, IntermediateAddress};
use tunnel::figures::{ConnectorMetrics, DropReason};
use tunnel::time::Now;
use tunnel::wire::Announcement;

use super::udp::UdpFlow;
use crate::backends::Names;
use crate::config;
use crate::flows::{Announced, Registrations, Table};

/// The rules in force; none: nothing is served.
pub(super) type Rules = Option<Arc<ConnectorRules>>;

/// What all tasks share.
pub struct Connector {
    pub(super) component: String,
    /// Where our own certificate comes from, and what is told of it.
    pub(super) tls: Source,
    pub(super) own: Arc<OwnCertificate>,
    pub(super) status: Arc<Status<ConnectorMetrics>>,
    pub(super) host: Arc<Host>,
    pub(super) names: Names,
    pub(super) client: Client,
    pub(super) rules: watch::Sender<Rules>,
    pub(super) servers: Mutex<Servers>,
    pub(super) udp: Mutex<Table<UdpFlow>>,
}

/// The intermediates that were ever connected to, by id.
#[derive(Default)]
pub(super) struct Servers(HashMap<Arc<str>, Served>);

/// One intermediate.
pub(super) struct Served {
    /// Its number in the stack, which outlives a connection: flows go on over the next one.
    pub number: u64,
    pub link: Option<Link>,
    pub registrations: Registrations,
    pub announced: Announced,
    /// Carries what the stack has to the connection.
    pub pump: Option<AbortHandle>,
}

impl Servers {
    pub fn get(&mut self, id: &str) -> Option<&mut Served> {
        self.0.get_mut(id)
    }

    /// The one with this id, known from now on.
    pub fn of(&mut self, id: &Arc<str>) -> &mut Served {
        let number = self.0.len() as u64 + 1;
        self.0.entry(Arc::clone(id)).or_insert_with(|| Served {
            number,
            link: None,
            registrations: Registrations::default(),
            announced: Announced::default(),
            pump: None,
        })
    }

    /// Those that are not among these are left: nobody says that they are down.
    pub fn keep(&mut self, ids: &[IntermediateAddress]) {
        for (_, served) in self.0.iter_mut().filter(|(id, _)| !ids.iter().any(|one| *one.id == ***id)) {
            served.leave();
        }
    }

    pub fn all(&mut self) -> impl Iterator<Item = &mut Served> {
        self.0.values_mut()
    }

    fn numbered(&self, number: u64) -> Option<&Served> {
        self.0.values().find(|one| one.number == number)
    }
}

impl Served {
    /// The connection is not there any more.
    pub fn leave(&mut self) {
        self.link = None;
        self.pump.iter().for_each(AbortHandle::abort);
    }
}

impl Connector {
    pub(super) fn now(&self) -> Now {
        self.status.clock.now()
    }

    /// Reads our own certificate anew, for readiness and figures; connections read it themselves.
    pub(super) fn renew(&self) {
        match config::own(&self.tls) {
            Ok(own) => self.own.replace_by(&own),
            Err(fault) => tracing::error!(%fault, "the certificate stays as it was"),
        }
    }

    pub(super) fn dropped(&self, reason: DropReason) {
        self.status.metrics.common.dropped(reason);
    }

    pub(super) fn servers(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn udp(&self) -> MutexGuard<'_, Table<UdpFlow>> {
        self.udp.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The largest packet that a link carries now.
    pub(super) fn mtu(&self, number: u64) -> usize {
        let servers = self.servers();
        let link = servers.numbered(number).and_then(|one| one.link.as_ref());
        link.map(Link::most).filter(|most| *most > 0).unwrap_or(FALLBACK)
    }

    /// Who is behind an inner address, as a link announced it.
    pub(super) fn who(&self, number: u64, inner: Ipv4Addr) -> Option<Announcement> {
        let now = self.now().monotonic;
        self.servers().numbered(number)?.announced.who(inner, now).cloned()
    }

    /// Says what is due, and whether anything is served.
    pub(super) fn register(&self) {
        let now = self.now().monotonic;
        let (mut due, mut is_open) = (Vec::new(), false);
        for served in self.servers().all() {
            let Some(link) = &served.link else { continue };
            due.extend(served.registrations.due(now).into_iter().map(|message| (link.clone(), message)));
            is_open |= served.registrations.is_serving();
        }
        for (link, message) in due {
            // It is said again where it does not get through.
            let _ = link.send(message.into());
        }
        self.status.open(is_open);
    }
}

/// What a connection carries before it says how much: connection ids of the longest kind.
const FALLBACK: usize =
    tunnel::limits::own_datagram(tunnel::packet::OWN_PAYLOAD as usize, tunnel::keys::CONNECTION_ID);

/// Whether a service is still what it was.
pub(super) fn is_same(rules: &Rules, service: &ConnectorService) -> bool {
    rules.as_ref().is_some_and(|rules| rules.service(&service.id) == Some(service))
}
