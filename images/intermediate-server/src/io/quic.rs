//! How QUIC is set up: what of quinn's many settings is not its default, and why.

use std::sync::Arc;
use std::time::Duration;

use quinn::crypto::rustls::QuicServerConfig;
use quinn::{EndpointConfig, IdleTimeout, ServerConfig, TransportConfig, VarInt};
use tunnel::limits::{RECEIVED, SENT};
use tunnel::packet::OWN_PAYLOAD;

use super::identifiers::{Generator, Resets, Secrets, Tokens};

/// `ztna-v1` gives up a silent connection after 30 s; clients ping every 10 s.
const IDLE: Duration = Duration::from_secs(30);

/// A Retry token is good for 60 s in `ztna-v1`.
const RETRY_TOKEN: Duration = Duration::from_secs(60);

/// Streams are refused; so many may wait for that at once.
const STREAMS: u32 = 2;

/// Bytes that a stream may carry until it is refused.
const STREAM_BYTES: u32 = 1024;

/// A stateless reset is smaller than what it answers, and after a restart each client needs one.
const RESET_INTERVAL: Duration = Duration::from_millis(1);

/// The endpoint of one lane.
pub fn endpoint_config(secrets: &Arc<Secrets>, lane: u8, lanes: u8) -> EndpointConfig {
    let mut config = EndpointConfig::new(Arc::new(Resets(Arc::clone(secrets))));
    let generator = Arc::clone(secrets);
    config
        .cid_generator(move || Box::new(Generator::new(Arc::clone(&generator), lane, lanes)))
        .min_reset_interval(RESET_INTERVAL);
    config
}

/// The server side of every lane.
pub fn server_config(tls: QuicServerConfig, secrets: &Arc<Secrets>) -> ServerConfig {
    let mut config = ServerConfig::with_crypto(Arc::new(tls));
    config
        .token_key(Arc::new(Tokens(Arc::clone(secrets))))
        .retry_token_lifetime(RETRY_TOKEN)
        .transport_config(Arc::new(transport_config()));
    config
}

fn transport_config() -> TransportConfig {
    let mut config = TransportConfig::default();
    let idle = u32::try_from(IDLE.as_millis()).unwrap_or(u32::MAX);
    config
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(idle))))
        // Our own programs start at and stay within 1,350: quinn would go down to `min_mtu` on loss, and searching takes packets.
        .initial_mtu(OWN_PAYLOAD)
        .min_mtu(OWN_PAYLOAD)
        .mtu_discovery_config(None)
        .datagram_receive_buffer_size(Some(RECEIVED))
        .datagram_send_buffer_size(SENT)
        .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(STREAM_BYTES))
        .receive_window(VarInt::from_u32(STREAMS * STREAM_BYTES))
        .send_window(u64::from(STREAM_BYTES))
        .allow_spin(false);
    config
}
