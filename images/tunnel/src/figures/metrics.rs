//! `/metrics`, by the client library of the Prometheus project: atomics without a lock on the hot path, escaped labels,
//! counters that end in `_total` by themselves, and the text format that every Prometheus reads.

use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{DropReason, Handshake};

/// What `Content-Type` says of rendered metrics.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A total since the start.
pub type Total = Counter<u64, AtomicU64>;
/// A value that rises and falls.
pub type Level = Gauge<i64, AtomicI64>;

/// A total for each value of one label, all of them there with 0 from the start, so that an alarm sees the first rise.
#[derive(Clone, Debug)]
pub struct Totals(Vec<Total>);

impl Totals {
    fn add(&self, index: usize, count: u64) {
        if let Some(total) = self.0.get(index) {
            total.inc_by(count);
        }
    }

    fn get(&self, index: usize) -> u64 {
        self.0.get(index).map_or(0, Counter::get)
    }
}

/// What both programs count.
#[derive(Debug)]
pub struct Common {
    registry: Registry,
    prefix: &'static str,
    drops: Totals,
    /// Connections that are open now.
    pub active_connections: Level,
    /// Flows that are live now.
    pub flows: Level,
    /// Seconds until the enforcement file's lease ends; 0 where none runs.
    pub lease_seconds: Level,
    /// Seconds since the start.
    pub uptime_seconds: Level,
}

impl Common {
    fn new(prefix: &'static str) -> Common {
        let mut made = Common {
            registry: Registry::default(),
            prefix,
            drops: Totals(Vec::new()),
            active_connections: Level::default(),
            flows: Level::default(),
            lease_seconds: Level::default(),
            uptime_seconds: Level::default(),
        };
        made.active_connections = made.level("active_connections", "Connections that are open now");
        made.flows = made.level("flows", "Flows that are live now");
        made.lease_seconds =
            made.level("lease_seconds", "Seconds until the lease of the enforcement file ends");
        made.uptime_seconds = made.level("uptime_seconds", "Seconds since the start");
        let reasons: Vec<_> = DropReason::ALL.iter().map(|reason| reason.name()).collect();
        made.drops = made.totals("drops", "What was dropped, refused or cut, by reason", "reason", &reasons);
        made
    }

    /// A total with this name after the prefix and before `_total`.
    fn total(&mut self, name: &str, help: &str) -> Total {
        let total = Total::default();
        self.registry.register(format!("{}{name}", self.prefix), help, total.clone());
        total
    }

    fn level(&mut self, name: &str, help: &str) -> Level {
        let level = Level::default();
        self.registry.register(format!("{}{name}", self.prefix), help, level.clone());
        level
    }

    fn totals(&mut self, name: &str, help: &str, label: &'static str, values: &[&'static str]) -> Totals {
        let family = Family::<[(&'static str, &'static str); 1], Total>::default();
        let own = values.iter().map(|&value| family.get_or_create_owned(&[(label, value)])).collect();
        self.registry.register(format!("{}{name}", self.prefix), help, family);
        Totals(own)
    }

    /// Counts something dropped, refused or cut.
    pub fn dropped(&self, reason: DropReason) {
        self.dropped_many(reason, 1);
    }

    /// Counts several of them.
    pub fn dropped_many(&self, reason: DropReason, count: u64) {
        self.drops.add(reason.index(), count);
    }

    /// How many were dropped for a reason since the start.
    pub fn drops(&self, reason: DropReason) -> u64 {
        self.drops.get(reason.index())
    }

    /// All metrics as text: the body of `/metrics`.
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

/// What `/figures` and `/metrics` need of either program.
pub trait Metrics: Default + Send + Sync + 'static {
    /// What both programs count.
    fn common(&self) -> &Common;
    /// Inner packets carried since the start.
    fn packets(&self) -> u64;
    /// Their bytes.
    fn bytes(&self) -> u64;
}

impl Metrics for IntermediateMetrics {
    fn common(&self) -> &Common {
        &self.common
    }

    fn packets(&self) -> u64 {
        self.datagrams_relayed.get()
    }

    fn bytes(&self) -> u64 {
        self.relay_bytes.get()
    }
}

impl Metrics for ConnectorMetrics {
    fn common(&self) -> &Common {
        &self.common
    }

    fn packets(&self) -> u64 {
        self.forwarded_packets.get()
    }

    fn bytes(&self) -> u64 {
        self.forwarded_bytes.get()
    }
}

/// What an intermediate counts: `ztna_...`.
#[derive(Debug)]
pub struct IntermediateMetrics {
    /// What both programs count.
    pub common: Common,
    handshakes: Totals,
    /// Bytes of inner packets relayed.
    pub relay_bytes: Total,
    /// Inner packets relayed.
    pub datagrams_relayed: Total,
    /// Registrations accepted.
    pub registrations: Total,
    /// Registrations refused.
    pub registration_rejections: Total,
    /// Streams for direct paths between clients, every one of them refused.
    pub signaling_sessions: Total,
    /// Retry tokens that were good.
    pub retry_tokens_validated: Total,
    /// Retry tokens that were not.
    pub retry_token_failures: Total,
}

impl Default for IntermediateMetrics {
    fn default() -> Self {
        let mut common = Common::new("ztna_");
        let results = Handshake::ALL.map(Handshake::name);
        IntermediateMetrics {
            handshakes: common.totals("handshakes", "Handshakes by result", "result", &results),
            relay_bytes: common.total("relay_bytes", "Bytes of inner packets relayed"),
            datagrams_relayed: common.total("datagrams_relayed", "Inner packets relayed"),
            registrations: common.total("registrations", "Registrations accepted"),
            registration_rejections: common.total("registration_rejections", "Registrations refused"),
            signaling_sessions: common.total("signaling_sessions", "Streams for direct paths, all refused"),
            retry_tokens_validated: common.total("retry_tokens_validated", "Retry tokens that were good"),
            retry_token_failures: common.total("retry_token_failures", "Retry tokens that were not"),
            common,
        }
    }
}

impl IntermediateMetrics {
    /// Counts a handshake.
    pub fn handshake(&self, result: Handshake) {
        self.handshakes.add(result as usize, 1);
    }

    /// How many handshakes ended like this since the start.
    pub fn handshakes(&self, result: Handshake) -> u64 {
        self.handshakes.get(result as usize)
    }
}

/// What a connector counts: `ztna_connector_...`.
#[derive(Debug)]
pub struct ConnectorMetrics {
    /// What both programs count.
    pub common: Common,
    /// Inner packets forwarded, both ways.
    pub forwarded_packets: Total,
    /// Their bytes.
    pub forwarded_bytes: Total,
    /// TCP flows begun.
    pub tcp_sessions: Total,
    /// TCP flows that ended in an error.
    pub tcp_errors: Total,
    /// Connections to intermediates made again.
    pub reconnections: Total,
}

impl Default for ConnectorMetrics {
    fn default() -> Self {
        let mut common = Common::new("ztna_connector_");
        ConnectorMetrics {
            forwarded_packets: common.total("forwarded_packets", "Inner packets forwarded, both ways"),
            forwarded_bytes: common.total("forwarded_bytes", "Bytes of inner packets forwarded"),
            tcp_sessions: common.total("tcp_sessions", "TCP flows begun"),
            tcp_errors: common.total("tcp_errors", "TCP flows that ended in an error"),
            reconnections: common.total("reconnections", "Connections to intermediates made again"),
            common,
        }
    }
}
