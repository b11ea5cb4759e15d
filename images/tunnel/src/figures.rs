//! What is counted: drop reasons, metrics, and the figures of an ack.

mod handshake;
mod metrics;
mod reason;

pub use handshake::Handshake;
pub use metrics::{CONTENT_TYPE, Common, ConnectorMetrics, IntermediateMetrics, Level, Metrics, Total};
pub use reason::DropReason;

use serde::Serialize;

use crate::time::Instant;

/// `GET /figures`: what a component's policy agent puts into its ack. Totals since the start; `figures.schema.json`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AckFigures {
    /// Connections that are open now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<u64>,
    /// Flows that are live now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flows: Option<u64>,
    /// Datagrams relayed since the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datagrams: Option<u64>,
    /// Bytes relayed since the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Digest of the image that runs, as the deployment said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// When the component's own certificate ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_not_after: Option<Instant>,
}
