//! What is rendered, under which names; and that the reasons are those of the schema.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tunnel::figures::{AckFigures, ConnectorMetrics, DropReason, Handshake, IntermediateMetrics};
use tunnel::time::Instant;

/// Lines that are no comment: names with labels, and values.
fn samples(text: &str) -> Vec<(&str, &str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' ')).collect()
}

fn names(text: &str) -> Vec<&str> {
    let mut names: Vec<_> = samples(text).iter().map(|(name, _)| name.split('{').next().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    samples(text).into_iter().find(|(found, _)| *found == name).map(|(_, value)| value)
}

#[test]
fn an_intermediates_names() {
    let expected = [
        "ztna_active_connections",
        "ztna_datagrams_relayed_total",
        "ztna_drops_total",
        "ztna_flows",
        "ztna_handshakes_total",
        "ztna_lease_seconds",
        "ztna_registration_rejections_total",
        "ztna_registrations_total",
        "ztna_relay_bytes_total",
        "ztna_retry_token_failures_total",
        "ztna_retry_tokens_validated_total",
        "ztna_signaling_sessions_total",
        "ztna_uptime_seconds",
    ];
    assert_eq!(names(&IntermediateMetrics::default().common.render()), expected);
}

#[test]
fn a_connectors_names() {
    let expected = [
        "ztna_connector_active_connections",
        "ztna_connector_drops_total",
        "ztna_connector_flows",
        "ztna_connector_forwarded_bytes_total",
        "ztna_connector_forwarded_packets_total",
        "ztna_connector_lease_seconds",
        "ztna_connector_reconnections_total",
        "ztna_connector_tcp_errors_total",
        "ztna_connector_tcp_sessions_total",
        "ztna_connector_uptime_seconds",
    ];
    assert_eq!(names(&ConnectorMetrics::default().common.render()), expected);
}

#[test]
fn what_is_counted_is_shown() {
    let metrics = IntermediateMetrics::default();
    metrics.common.dropped(DropReason::NotNow);
    metrics.common.dropped_many(DropReason::NotNow, 4);
    metrics.handshake(Handshake::Refused);
    metrics.relay_bytes.inc_by(1_200);
    metrics.common.flows.set(3);
    let text = metrics.common.render();
    assert_eq!(value(&text, r#"ztna_drops_total{reason="not-now"}"#), Some("5"));
    assert_eq!(
        value(&text, r#"ztna_drops_total{reason="draining"}"#),
        Some("0"),
        "there before it is counted"
    );
    assert_eq!(value(&text, r#"ztna_handshakes_total{result="refused"}"#), Some("1"));
    assert_eq!(value(&text, "ztna_relay_bytes_total"), Some("1200"));
    assert_eq!(value(&text, "ztna_flows"), Some("3"));
    assert_eq!((metrics.common.drops(DropReason::NotNow), metrics.handshakes(Handshake::Refused)), (5, 1));
    assert!(
        text.contains("# TYPE ztna_drops_total counter") && text.contains("# TYPE ztna_flows gauge"),
        "{text}"
    );
}

#[test]
fn every_index_is_its_own_reasons() {
    for (place, reason) in DropReason::ALL.iter().enumerate() {
        assert_eq!(reason.index(), place);
        assert_eq!(DropReason::from_name(reason.name()), Some(*reason));
    }
    assert_eq!(DropReason::from_name("allowed"), None);
}

#[test]
fn the_reasons_are_those_of_the_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../schemas/drop-reason.schema.json")).unwrap();
    let names: Vec<_> = DropReason::ALL.iter().map(|reason| json!(reason.name())).collect();
    assert_eq!(schema["enum"], Value::Array(names));
}

#[test]
fn the_acks_figures_are_those_of_the_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../../schemas/figures.schema.json")).unwrap();
    let all = AckFigures {
        connections: Some(1),
        flows: Some(2),
        datagrams: Some(3),
        bytes: Some(4),
        image: Some("sha256:00".to_owned()),
        certificate_not_after: Some(Instant::from_seconds(1_800_000_000)),
    };
    let written = serde_json::to_value(&all).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut expected = keys(&schema["properties"]);
    expected.sort();
    assert_eq!(keys(&written), expected);
    assert_eq!(written["certificateNotAfter"], "2027-01-15T08:00:00Z");
    assert_eq!(serde_json::to_string(&AckFigures::default()).unwrap(), "{}");
}
