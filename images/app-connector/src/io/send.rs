//! Connections to intermediates that come and go, and what is sent over them.

use std::sync::Arc;

use client::{Ended, Link, Unsent};
use tunnel::figures::DropReason;

use super::connector::Connector;

/// Bytes taken from the stack at once: what waits longer waits in its flow, where it takes turns.
const BATCH: usize = 16 * 1024;

impl Connector {
    pub(super) fn up(self: &Arc<Self>, link: Link) {
        tracing::info!(server = %link.server(), "connected");
        self.renew();
        let now = self.now().monotonic;
        let rules = self.rules.borrow().clone();
        let is_again = {
            let mut servers = self.servers();
            let served = servers.of(link.server());
            served.registrations = Default::default();
            rules.iter().for_each(|rules| served.registrations.serve(rules, now));
            served.link = Some(link.clone());
            let pump = tokio::spawn(Arc::clone(self).pump(served.number, link)).abort_handle();
            let before = served.pump.replace(pump);
            before.iter().for_each(tokio::task::AbortHandle::abort);
            before.is_some()
        };
        if is_again {
            self.status.metrics.reconnections.inc();
        }
        self.register();
    }

    pub(super) fn down(&self, server: &Arc<str>, was_up: bool, why: &Ended) {
        tracing::warn!(%server, %why, "not connected");
        if was_up {
            if let Some(served) = self.servers().get(server) {
                served.leave();
            }
            self.register();
        }
    }

    /// Carries packets of the stack to a connection, as fast as its congestion control takes them.
    async fn pump(self: Arc<Self>, number: u64, link: Link) {
        loop {
            for packet in self.host.packets(number, BATCH).await {
                let length = packet.len() as u64;
                match link.send_wait(packet.into()).await {
                    Ok(()) => {
                        self.status.metrics.forwarded_packets.inc();
                        self.status.metrics.forwarded_bytes.inc_by(length);
                    }
                    Err(Unsent::TooLarge(_)) => self.dropped(DropReason::PacketTooLarge),
                    Err(Unsent::Full) => self.dropped(DropReason::QueueFull),
                    Err(Unsent::Gone) => return,
                }
            }
        }
    }
}
