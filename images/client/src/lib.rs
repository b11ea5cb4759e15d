//! The QUIC client of `ztna-v1` that the agent and the app connector share: one session per intermediate, each of which
//! comes back by itself.
//!
//! | module | does |
//! |---|---|
//! | [`credentials`] | certificate, key and the servers' CAs, read anew for every connection |
//! | [`backoff`] | how long a session waits before it comes back; no clock |
//! | [`event`] | what is told: up, datagrams, down and why |
//! | [`link`] | sends datagrams over one connection, with back-pressure |
//! | `quic`, `socket`, `network` | how QUIC is set up; its socket; whether the network changed |
//! | `session` | one task per intermediate |
//!
//! ```text
//! let (client, mut events) = client::start(Settings { credentials, ping, hello });
//! client.servers(vec![Server { id, address, name }]);
//! while let Some(event) = events.recv().await { .. Up(link) | Datagrams { .. } | Down { .. } .. }
//! ```

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

pub mod backoff;
pub mod credentials;
pub mod event;
pub mod link;
mod network;
mod quic;
mod session;
mod socket;

pub use credentials::{Credentials, Source};
pub use event::{Ended, Event};
pub use link::{Link, Unsent};

/// `ztna-v1`'s clients ping this often.
pub const PING: Duration = Duration::from_secs(10);

/// Batches of datagrams that wait for their reader; what comes in meanwhile waits in QUIC's own buffer.
const EVENTS: usize = 256;

/// One intermediate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    /// Its id, by which events name it.
    pub id: Arc<str>,
    /// `host:port`, the host being a name, an IPv4 address or an IPv6 address in brackets.
    pub address: String,
    /// The name or IP address that its certificate must carry.
    pub name: String,
}

/// What holds for every session.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who we are, and whose servers we believe.
    pub credentials: Arc<Credentials>,
    /// How often we ping: [`PING`], or for connectors [`tunnel::limits::CONNECTOR_PING`].
    pub ping: Duration,
    /// Whether the first datagram is a `0x20` filled up with zeros, which shows the server that we send and take payloads of
    /// 1,350 bytes: for agents. Connectors are always taken for ours.
    pub hello: bool,
}

/// All sessions. Dropping it ends them; [`Client::close`] waits until that is said to the servers.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    sessions: Mutex<HashMap<Arc<str>, Session>>,
    events: mpsc::Sender<Event>,
    hurry: watch::Sender<u64>,
}

#[derive(Debug)]
struct Session {
    server: Server,
    /// Once it is dropped the session closes its connection and ends.
    _alive: watch::Sender<()>,
    task: JoinHandle<()>,
}

/// Begins, without any server yet. Needs a tokio runtime.
pub fn start(settings: Settings) -> (Client, mpsc::Receiver<Event>) {
    let (events, receiver) = mpsc::channel(EVENTS);
    let client = Client { settings, sessions: Mutex::default(), events, hurry: watch::Sender::new(0) };
    (client, receiver)
}

impl Client {
    /// From now on there are sessions with exactly these servers: new ones begin, others end
    /// (without a `Down`), those that are as they were go on.
    pub fn servers(&self, servers: Vec<Server>) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| servers.contains(&session.server));
        for server in servers {
            if !sessions.contains_key(&server.id) {
                sessions.insert(Arc::clone(&server.id), self.begin(server));
            }
        }
    }

    /// Sessions that wait before they come back try at once: after the network, the certificate or the configuration changed.
    pub fn hurry(&self) {
        self.hurry.send_modify(|count| *count += 1);
    }

    /// Closes every connection with code 0, and waits until that is said (at most 500 ms each, all at once).
    pub async fn close(&self) {
        let sessions = std::mem::take(&mut *self.sessions.lock().unwrap_or_else(PoisonError::into_inner));
        let tasks: Vec<_> = sessions.into_values().map(|session| session.task).collect();
        for task in tasks {
            let _ = task.await;
        }
    }

    fn begin(&self, server: Server) -> Session {
        let (alive, end) = watch::channel(());
        let run = session::Run {
            server: server.clone(),
            settings: self.settings.clone(),
            events: self.events.clone(),
            hurry: self.hurry.subscribe(),
            end,
        };
        Session { server, _alive: alive, task: tokio::spawn(run.run()) }
    }
}
