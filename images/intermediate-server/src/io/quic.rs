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
        .congestion_controller_factory(Arc::new(congestion::Factory))
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use bytes::Bytes;
    use quinn::crypto::rustls::QuicClientConfig;
    use quinn::{ClientConfig, Connection, Endpoint};
    use rustls::RootCertStore;
    use rustls::pki_types::PrivatePkcs8KeyDer;
    use tokio::time::{sleep, timeout};
    use tunnel::limits::WINDOW;

    use super::*;

    /// Bytes of TCP that a packet of a connector carries, and of the datagram that it is in.
    const DATA: usize = 1240;
    const DATAGRAM: usize = 1300;

    /// Both ends of a connection, of which one is set up as a server of ours is.
    async fn pair() -> (Connection, Connection, [Endpoint; 2]) {
        let own = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let tls = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key.into())
            .unwrap();
        let mut config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls).unwrap()));
        config.transport_config(Arc::new(transport_config()));
        let server = Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(own.cert.der().clone()).unwrap();
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
        config.transport_config(Arc::new(transport_config()));
        let client = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let connecting = client.connect_with(config, server.local_addr().unwrap(), "localhost").unwrap();
        let accepting = async { server.accept().await.unwrap().await };
        let (connected, accepted) = tokio::join!(connecting, accepting);
        (connected.unwrap(), accepted.unwrap(), [client, server])
    }

    #[tokio::test]
    async fn what_two_flows_have_on_their_way_waits_for_its_reader() {
        let (sender, reader, _endpoints) = pair().await;
        let datagram = Bytes::from_static(&[7; DATAGRAM]);
        let all = (2 * WINDOW).div_ceil(DATA) as u64;
        let (mut sent, mut most) = (0, all);
        // The kernel may lose some on the way, which are sent again.
        while reader.stats().frame_rx.datagram < all {
            for _ in sent..most {
                sender.send_datagram_wait(datagram.clone()).await.unwrap();
            }
            (sent, most) = (most, all + sender.stats().path.lost_packets);
            sleep(Duration::from_millis(10)).await;
        }
        let mut read = 0;
        while let Ok(found) = timeout(Duration::from_millis(100), reader.read_datagram()).await {
            found.unwrap();
            read += 1;
        }
        assert_eq!(read, all);
    }
}
