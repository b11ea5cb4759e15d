//! What one client may do under one file.

use std::sync::Arc;

use super::{Ask, Lease, Service, Verdict};
use crate::figures::DropReason;
use crate::time::Instant;
use crate::wire::Because;

/// What one client may do, made for its facts: asking costs two binary searches. Cheap to make and to keep: what it
/// shares with its class is shared in memory.
#[derive(Clone, Debug)]
pub struct View {
    lease: Lease,
}

impl View {
    /// Whether a registration for a service is accepted: the service exists, the principal could ever reach it, and its
    /// certificate is not limited to others.
    pub fn registration(&self, service: &str) -> Result<&Arc<Service>, DropReason> {
        let _ = (service, self.lease);
        todo!()
    }

    /// Decides about one packet for a service at an instant.
    pub fn decide(&self, service: &str, ask: &Ask, at: Instant) -> Verdict {
        let _ = (service, ask, at);
        todo!()
    }

    /// The services that the client could ever reach, sorted by id.
    pub fn reaches(&self) -> impl Iterator<Item = &Arc<Service>> {
        std::iter::empty()
    }

    /// Why a service is denied at an instant, when it opens and whom to ask: the answer to `0x20`. A service of which any port
    /// is allowed is answered `allowed`.
    pub fn why(&self, service: &str, at: Instant) -> Because {
        let _ = (service, at);
        todo!()
    }
}
