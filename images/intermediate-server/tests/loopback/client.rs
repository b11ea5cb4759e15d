//! A QUIC client that plays an agent or a connector.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, ConnectionError, Endpoint, IdleTimeout, TransportConfig, VarInt};
use tunnel::wire::Message;

use crate::certificates::{Ca, Leaf};

/// What an answer may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How long one waits to see that nothing comes.
pub const SILENCE: Duration = Duration::from_millis(300);

/// One client.
pub struct Client {
    pub connection: Connection,
    pub endpoint: Endpoint,
}

/// How a client behaves.
#[derive(Clone, Copy)]
pub struct Habits {
    pub payload: u16,
    pub ping: Option<Duration>,
}

impl Default for Habits {
    fn default() -> Self {
        Self { payload: 1350, ping: None }
    }
}

pub fn config(ca: &Ca, leaf: Option<&Leaf>, habits: Habits) -> ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca.der.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let mut tls = match leaf {
        Some(leaf) => builder.with_client_auth_cert(leaf.chain.clone(), leaf.key()).unwrap(),
        None => builder.with_no_client_auth(),
    };
    tls.alpn_protocols = vec![b"ztna-v1".to_vec()];
    let mut transport = TransportConfig::default();
    transport
        .initial_mtu(habits.payload)
        .min_mtu(habits.payload)
        .mtu_discovery_config(None)
        .keep_alive_interval(habits.ping)
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(30_000))));
    let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
    config.transport_config(Arc::new(transport));
    config
}

impl Client {
    pub async fn connect(to: SocketAddr, ca: &Ca, leaf: Option<&Leaf>) -> Client {
        Self::with(to, ca, leaf, Habits::default()).await
    }

    pub async fn with(to: SocketAddr, ca: &Ca, leaf: Option<&Leaf>, habits: Habits) -> Client {
        Self::attempt(to, ca, leaf, habits).await.unwrap()
    }

    pub async fn attempt(
        to: SocketAddr,
        ca: &Ca,
        leaf: Option<&Leaf>,
        habits: Habits,
    ) -> Result<Client, ConnectionError> {
        let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let connecting = endpoint.connect_with(config(ca, leaf, habits), to, "localhost").unwrap();
        Ok(Client { connection: connecting.await?, endpoint })
    }

    pub fn say(&self, message: &Message<'_>) {
        self.send(message.to_bytes().unwrap());
    }

    pub fn send(&self, datagram: Vec<u8>) {
        let _ = self.connection.send_datagram(Bytes::from(datagram));
    }

    /// The next datagram but observed addresses.
    pub async fn next(&self) -> Bytes {
        let next = self.within(PATIENCE).await;
        next.unwrap_or_else(|| {
            panic!("expected a datagram; the connection's end: {:?}", self.connection.close_reason())
        })
    }

    pub async fn within(&self, time: Duration) -> Option<Bytes> {
        let read = async {
            loop {
                let datagram = self.connection.read_datagram().await.ok()?;
                if datagram[0] != 0x01 {
                    return Some(datagram);
                }
            }
        };
        tokio::time::timeout(time, read).await.ok().flatten()
    }

    pub async fn hears_nothing(&self) {
        if let Some(datagram) = self.within(SILENCE).await {
            panic!("expected nothing, found {datagram:02x?}");
        }
    }

    /// Registers, and expects to be accepted.
    pub async fn registers(&self, service: &str) {
        self.say(&Message::Register(service));
        self.is_accepted(service).await;
    }

    /// Offers to serve, and expects to be accepted.
    pub async fn serves(&self, service: &str) {
        self.say(&Message::Serve(service));
        self.is_accepted(service).await;
    }

    pub async fn is_accepted(&self, service: &str) {
        assert_eq!(Message::decode(&self.next().await), Ok(Message::Accepted(service)));
    }

    pub async fn is_refused(&self, service: &str) {
        let refusal = tunnel::wire::Refusal::NotAuthorized;
        assert_eq!(Message::decode(&self.next().await), Ok(Message::Refused(refusal, service)));
    }

    pub fn to_service(&self, service: &str, packet: &[u8]) {
        self.say(&Message::ToService(service, packet));
    }

    /// Waits for the connection's end; the application's code and reason.
    pub async fn closed(&self) -> (u64, String) {
        match tokio::time::timeout(PATIENCE, self.connection.closed()).await.expect("the connection's end") {
            ConnectionError::ApplicationClosed(close) => {
                (close.error_code.into_inner(), String::from_utf8_lossy(&close.reason).into_owned())
            }
            other => panic!("expected an application close, found {other:?}"),
        }
    }
}
