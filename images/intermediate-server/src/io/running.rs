//! A server that listens, and how it ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use quinn::Endpoint;
use tunnel::figures::DropReason;

use super::server::Server;
use crate::relay::Close;

/// From SIGTERM to the end there are 3 s; the rest is for the log.
const DRAIN: Duration = Duration::from_millis(2_500);

/// A server that listens.
pub struct Running {
    /// What its tasks share.
    pub server: Arc<Server>,
    /// Its endpoints.
    pub(super) endpoints: Vec<Endpoint>,
}

impl Running {
    /// The addresses on which it listens, each once.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let mut all: Vec<_> =
            self.endpoints.iter().filter_map(|endpoint| endpoint.local_addr().ok()).collect();
        all.dedup();
        all
    }

    /// Not ready any more; closes every connection, so that clients go elsewhere, and waits until they know or 3 s are over.
    pub async fn drain(&self) {
        let server = &self.server;
        server.status.draining();
        server.relay(|relay, now| relay.drain(now));
        for endpoint in &self.endpoints {
            let code = quinn::VarInt::from_u32(Close::GoingAway as u32);
            endpoint.close(code, DropReason::Draining.name().as_bytes());
        }
        let idle = async {
            for endpoint in &self.endpoints {
                endpoint.wait_idle().await;
            }
        };
        let _ = tokio::time::timeout(DRAIN, idle).await;
        server.access_log.close();
    }
}
