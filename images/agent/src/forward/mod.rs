//! `agent forward`: listens here, and carries each connection to a service's port. It begins and goes on whatever policy says now:
//! each connection is tried anew.

mod explainer;
mod spec;
mod tcp;
mod udp;

use std::io;
use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket};
use tunnel::config::Invalid;

use crate::config::{Config, INNER};
use crate::file::{Protocol, Service};
use crate::io::Uplink;
use crate::signals::Signals;

pub use spec::Spec;
pub use tcp::{OPENED, words};

/// Listens on all of these until a signal ends it.
pub async fn run(config: &Config, specs: &[Spec]) -> Result<(), Invalid> {
    let services: Vec<_> = specs.iter().map(|spec| service_of(config, spec)).collect::<Result<_, _>>()?;
    let mut signals = Signals::new()?;
    let ids = services.iter().map(|service| service.id.clone()).collect();
    let (uplink, _) = Uplink::start(config, INNER, ids, false);
    for (spec, service) in specs.iter().zip(services) {
        listen(spec, service, &uplink).await?;
    }
    signals.ended(config, &uplink).await;
    uplink.close().await;
    Ok(())
}

fn service_of(config: &Config, spec: &Spec) -> Result<Arc<Service>, Invalid> {
    config.service(&spec.service).cloned()
}

async fn listen(spec: &Spec, service: Arc<Service>, uplink: &Arc<Uplink>) -> Result<(), Invalid> {
    let failed = |fault: io::Error| Invalid(format!("cannot listen on {}: {fault}", spec.local));
    let local = match service.protocol {
        Protocol::Udp => {
            let socket = UdpSocket::bind(spec.local).await.map_err(failed)?;
            let local = socket.local_addr().map_err(failed)?;
            tokio::spawn(udp::carry(socket, Arc::clone(&service), spec.port, Arc::clone(uplink)));
            local
        }
        Protocol::Tcp => {
            let listener = TcpListener::bind(spec.local).await.map_err(failed)?;
            let local = listener.local_addr().map_err(failed)?;
            tokio::spawn(tcp::carry(listener, Arc::clone(&service), spec.port, Arc::clone(uplink)));
            local
        }
    };
    tracing::info!(%local, service = service.id, port = spec.port, "listening");
    Ok(())
}
