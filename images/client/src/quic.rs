//! How QUIC is set up: what of quinn's many settings is not its default, and why.

use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, IdleTimeout, TransportConfig, VarInt};
use tunnel::packet::OWN_PAYLOAD;

/// `ztna-v1` gives up a silent connection after 30 s.
const IDLE: Duration = Duration::from_secs(30);

/// Datagrams that wait for congestion control, in bytes: as many as 20 Mbit/s at 100 ms have under way. More would only be
/// delay; a sender that finds it full waits.
const SEND_BUFFER: usize = 256 * 1024;

/// Datagrams that wait for their reader, in bytes: 10 ms at a gigabit a second.
const RECEIVE_BUFFER: usize = 1 << 20;

/// The client side of one connection.
pub fn config(tls: QuicClientConfig, ping: Duration) -> ClientConfig {
    let mut transport = TransportConfig::default();
    let idle = u32::try_from(IDLE.as_millis()).unwrap_or(u32::MAX);
    transport
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(idle))))
        .keep_alive_interval(Some(ping))
        // Our own programs start at and stay within 1,350: quinn would go down to `min_mtu` on loss, and searching takes packets.
        .initial_mtu(OWN_PAYLOAD)
        .min_mtu(OWN_PAYLOAD)
        .mtu_discovery_config(None)
        .congestion_controller_factory(Arc::new(congestion::Factory))
        .datagram_send_buffer_size(SEND_BUFFER)
        .datagram_receive_buffer_size(Some(RECEIVE_BUFFER))
        // Direct paths and their streams do not exist here.
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .allow_spin(false);
    let mut config = ClientConfig::new(Arc::new(tls));
    config.transport_config(Arc::new(transport));
    config
}
