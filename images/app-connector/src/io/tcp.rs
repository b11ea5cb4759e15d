//! TCP flows: a backend is connected before the agent hears that it is.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use stack::NoFlow;
use stack::host::Incoming;
use stack::splice::{Ended, splice};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tunnel::enforcement::{ConnectorService, Protocol};
use tunnel::figures::DropReason;
use tunnel::packet::Tuple;

use super::connector::{Connector, Rules, is_same};
use crate::backends;
use crate::flows::{header, serves};

/// How long a flow waits for the announcement of who is behind it: its SYN is sent again, with another one, after 1 s.
const ANNOUNCEMENT: Duration = Duration::from_secs(4);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(20);

/// Takes all who want to connect.
pub(super) async fn accept(connector: Arc<Connector>) {
    loop {
        let incoming = connector.host.incoming().await;
        tokio::spawn(Arc::clone(&connector).tcp(incoming));
    }
}

impl Connector {
    /// One flow from its SYN to its end. Whatever drops it resets both sides.
    async fn tcp(self: Arc<Self>, incoming: Incoming) {
        let mut rules = self.rules.subscribe();
        let service = match self.service_of(&rules.borrow_and_update(), &incoming.tuple) {
            Ok(service) => service,
            // Dropped, it is refused.
            Err(reason) => return self.dropped(reason),
        };
        tokio::select! {
            () = self.carry(incoming, &service) => {}
            () = changed(&mut rules, &service) => {
                tracing::debug!(service = service.id, "a flow is cut: its service is served no more");
            }
        }
    }

    fn service_of(&self, rules: &Rules, tuple: &Tuple) -> Result<ConnectorService, DropReason> {
        let rules = rules.as_ref().ok_or(DropReason::NoEnforcement)?;
        let service = rules.service_at(tuple.destination).ok_or(DropReason::Destination)?;
        serves(service, Protocol::Tcp, tuple.destination_port)?;
        Ok(service.clone())
    }

    async fn carry(&self, incoming: Incoming, service: &ConnectorService) {
        let backend = tokio::select! {
            backend = self.backend(&incoming, service) => backend,
            () = incoming.given_up() => return,
        };
        let backend = match backend {
            Ok(backend) => backend,
            Err((reason, fault)) => {
                tracing::warn!(service = service.id, fault, "a flow is refused");
                self.status.metrics.tcp_errors.inc();
                return self.dropped(reason);
            }
        };
        let mtu = self.mtu(incoming.link);
        let flow = match incoming.accept(mtu) {
            Ok(flow) => flow,
            Err(no) => {
                self.status.metrics.tcp_errors.inc();
                return self.dropped(match no {
                    NoFlow::Memory => DropReason::MemoryLimit,
                    NoFlow::Limit => DropReason::FlowLimit,
                });
            }
        };
        self.status.metrics.tcp_sessions.inc();
        match splice(flow, backend).await {
            Ended::Finished => {}
            Ended::Cut(_) | Ended::Failed(_) => drop(self.status.metrics.tcp_errors.inc()),
        }
    }

    /// A connection to the backend that knows already whose it is, where it wants to.
    async fn backend(
        &self,
        incoming: &Incoming,
        service: &ConnectorService,
    ) -> Result<TcpStream, (DropReason, String)> {
        let port = incoming.tuple.destination_port;
        let unreachable = |fault: &dyn std::fmt::Display| (DropReason::BackendUnreachable, fault.to_string());
        let header = if service.proxy_protocol { Some(self.header(incoming).await?) } else { None };
        let backend = backends::tcp(&self.names, &service.backend, port).await;
        let mut backend = backend.map_err(|fault| unreachable(&fault))?;
        if let Some(header) = header {
            backend.write_all(&header).await.map_err(|fault| unreachable(&fault))?;
        }
        Ok(backend)
    }

    /// The header of the PROXY protocol; nobody gets through without having been announced.
    async fn header(&self, incoming: &Incoming) -> Result<Vec<u8>, (DropReason, String)> {
        let Tuple { source, destination, destination_port, .. } = incoming.tuple;
        let announced = async {
            loop {
                if let Some(who) = self.who(incoming.link, source) {
                    break who;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let late = |_| (DropReason::NoFlow, "nobody was announced for it".to_owned());
        let who = tokio::time::timeout(ANNOUNCEMENT, announced).await.map_err(late)?;
        let to = SocketAddr::new(destination.into(), destination_port);
        Ok(header(who.address, to, who.principal.as_deref()))
    }
}

/// Waits until a service is not what it was.
async fn changed(rules: &mut watch::Receiver<Rules>, service: &ConnectorService) {
    let _ = rules.wait_for(|rules| !is_same(rules, service)).await;
}
