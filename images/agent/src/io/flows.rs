//! TCP in user space: each service is a way of its own for the stack, so that its packets get the header that names it, and
//! flows outlive the connections that carry them.

use std::net::SocketAddrV4;
use std::sync::Arc;

use stack::host::Flow;
use stack::{Link, NoFlow};

use super::uplink::Uplink;
use crate::file::{Protocol, Service};
use crate::mtu;

/// Bytes of packets asked for while there is no connection: they are lost anyway, and sent again by TCP.
const WITHOUT_CONNECTION: usize = 1;

impl Uplink {
    /// Begins a connection to a port of a service; [`Flow::opened`] says when it is there.
    pub fn connect(&self, service: &Service, port: u16) -> Result<Flow, NoFlow> {
        let to = SocketAddrV4::new(service.virtual_ip, port);
        let place = self.place(|one| one.id == service.id).ok_or(NoFlow::Limit)?;
        self.host.connect(place, self.inner, to, usize::from(mtu::of_service(&service.id)))
    }

    /// Time passes for flows, and what they send is carried.
    pub(super) fn begin_flows(self: &Arc<Self>) {
        let host = Arc::clone(&self.host);
        tokio::spawn(async move { host.run().await });
        let is_used = |service: &&Arc<Service>| {
            service.protocol == Protocol::Tcp && self.registered.contains(&service.id)
        };
        for service in self.file.services.iter().filter(is_used) {
            if let Some(place) = self.place(|one| one.id == service.id) {
                tokio::spawn(Arc::clone(self).carry(place, Arc::clone(service)));
            }
        }
    }

    /// Carries what the flows of one service send, as fast as the connection takes it.
    async fn carry(self: Arc<Self>, place: Link, service: Arc<Service>) {
        loop {
            let most = self.link().map_or(WITHOUT_CONNECTION, |link| link.space().max(1));
            for packet in self.host.packets(place, most).await {
                let _ = self.send(&service, &packet).await;
            }
        }
    }

    /// The way by which a packet that came in from a service is told to the stack.
    pub(super) fn place_of(&self, packet: &[u8]) -> Option<Link> {
        let source = packet.get(12..)?.first_chunk::<4>()?;
        self.place(|service| service.virtual_ip.octets() == *source)
    }

    fn place(&self, is_it: impl Fn(&Service) -> bool) -> Option<Link> {
        self.file.services.iter().position(|service| is_it(service)).map(|place| place as Link)
    }
}
