//! Says in the log why a flow is not there, once for many.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use crate::file::Service;
use crate::io::Uplink;
use crate::probe::Probe;

/// The same port of a service is explained no more often than this.
const PAUSE: Duration = Duration::from_secs(2);

/// Explains one port of one service.
#[derive(Debug)]
pub struct Explainer {
    uplink: Arc<Uplink>,
    service: Arc<Service>,
    port: u16,
    is_busy: AtomicBool,
}

impl Explainer {
    /// Nothing is to be explained yet.
    pub fn new(uplink: Arc<Uplink>, service: Arc<Service>, port: u16) -> Arc<Self> {
        Arc::new(Self { uplink, service, port, is_busy: AtomicBool::new(false) })
    }

    /// Asks whether policy is why, and logs its words, or else these.
    pub fn explain(self: &Arc<Self>, otherwise: &'static str) {
        if self.is_busy.swap(true, Ordering::Relaxed) {
            return;
        }
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let probe = Probe { uplink: &this.uplink, id: &this.service.id, port: this.port };
            match probe.policy().await {
                Err(outcome) => tracing::warn!("{}", outcome.words()),
                Ok(_) => tracing::warn!(service = this.service.id, port = this.port, "{otherwise}"),
            }
            sleep(PAUSE).await;
            this.is_busy.store(false, Ordering::Relaxed);
        });
    }
}
