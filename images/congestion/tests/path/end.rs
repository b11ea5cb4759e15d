//! One end of one connection, of the QUIC that the programs use, without a socket and without a clock.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use quinn_proto::congestion::ControllerFactory;
use quinn_proto::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn_proto::{
    ClientConfig, Connection, ConnectionHandle, DatagramEvent, EcnCodepoint, Endpoint, EndpointConfig,
    ServerConfig, TransportConfig,
};
use rustls::RootCertStore;
use rustls::pki_types::PrivatePkcs8KeyDer;

/// What every packet has at most, as our programs have it.
const MTU: u16 = 1350;

/// Bytes of one datagram.
const DATAGRAM: usize = 1200;

/// Bytes that wait to be sent: less than any window that is looked for.
const WAITING: usize = 64 * 1024;

/// What is sent, and how it is marked.
pub type Packet = (Option<EcnCodepoint>, BytesMut);

pub struct End {
    endpoint: Endpoint,
    connection: Option<(ConnectionHandle, Connection)>,
    pub received: u64,
}

fn address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 4433).into()
}

fn transport(controller: Arc<dyn ControllerFactory + Send + Sync>) -> Arc<TransportConfig> {
    let mut config = TransportConfig::default();
    config
        .initial_mtu(MTU)
        .min_mtu(MTU)
        .mtu_discovery_config(None)
        .datagram_send_buffer_size(WAITING)
        .datagram_receive_buffer_size(Some(1 << 20))
        .congestion_controller_factory(controller);
    Arc::new(config)
}

/// A sender that this controller holds back, and who it sends to.
pub fn pair(controller: Arc<dyn ControllerFactory + Send + Sync>, seed: u8, now: Instant) -> [End; 2] {
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
    config.transport_config(transport(Arc::clone(&controller)));
    let mut endpoint = EndpointConfig::default();
    endpoint.rng_seed(Some([seed; 32]));
    let endpoint = Arc::new(endpoint);
    let server = Endpoint::new(Arc::clone(&endpoint), Some(Arc::new(config)), false, None);
    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
    config.transport_config(transport(controller));
    let mut client = Endpoint::new(endpoint, None, false, None);
    let connection = client.connect(now, config, address(), "localhost").unwrap();
    [
        End { endpoint: client, connection: Some(connection), received: 0 },
        End { endpoint: server, connection: None, received: 0 },
    ]
}

impl End {
    /// Takes a packet.
    pub fn take(&mut self, (mark, packet): Packet, now: Instant) {
        let mut answer = Vec::new();
        match self.endpoint.handle(now, address(), None, mark, packet, &mut answer) {
            Some(DatagramEvent::NewConnection(incoming)) => {
                self.connection = Some(self.endpoint.accept(incoming, now, &mut answer, None).unwrap());
            }
            Some(DatagramEvent::ConnectionEvent(_, event)) => self.connection().handle_event(event),
            Some(DatagramEvent::Response(_)) | None => {}
        }
        while let Some((_, connection)) = &mut self.connection
            && let Some(datagram) = connection.datagrams().recv()
        {
            self.received += datagram.len() as u64;
        }
    }

    /// Lets time pass, and says what it sends. A sender always has something.
    pub fn packets(&mut self, is_sender: bool, now: Instant) -> Vec<Packet> {
        let Some((handle, connection)) = &mut self.connection else { return Vec::new() };
        if connection.poll_timeout().is_some_and(|at| at <= now) {
            connection.handle_timeout(now);
        }
        while let Some(event) = connection.poll_endpoint_events() {
            if let Some(event) = self.endpoint.handle_event(*handle, event) {
                connection.handle_event(event);
            }
        }
        let mut sent = Vec::new();
        loop {
            while is_sender && connection.datagrams().send(Bytes::from_static(&[7; DATAGRAM]), false).is_ok()
            {
            }
            let mut packet = Vec::new();
            let Some(transmit) = connection.poll_transmit(now, 1, &mut packet) else { return sent };
            packet.truncate(transmit.size);
            sent.push((transmit.ecn, BytesMut::from(&packet[..])));
        }
    }

    /// When it wants to be asked again.
    pub fn next(&mut self) -> Option<Instant> {
        self.connection.as_mut().and_then(|(_, connection)| connection.poll_timeout())
    }

    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection.as_mut().unwrap().1
    }
}
