//! How the connector begins and ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::Event;
use component::own::OwnCertificate;
use component::status::Status;
use component::watch;
use ring::rand::{SecureRandom, SystemRandom};
use stack::Settings;
use stack::host::Host;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, sleep};
use tunnel::figures::ConnectorMetrics;
use tunnel::limits::CONNECTOR_PING;

use super::connector::{Connector, Servers};
use super::{memory, tcp};
use crate::backends::Names;
use crate::config::Config;
use crate::flows::Table;

/// How often time passes: registrations, leases and idle flows are looked at within this.
const TICK: Duration = Duration::from_millis(200);

/// How often it is looked whether the last flow ended.
const LOOK: Duration = Duration::from_millis(50);

/// A connector that runs.
pub struct Running(Arc<Connector>);

/// Begins. Needs a tokio runtime.
pub fn start(config: &Config, own: Arc<OwnCertificate>, status: Arc<Status<ConnectorMetrics>>) -> Running {
    let credentials = Arc::clone(&config.credentials);
    let settings = client::Settings { credentials, ping: CONNECTOR_PING, hello: false };
    let (client, events) = client::start(settings);
    let connector = Arc::new(Connector {
        component: config.component.clone(),
        tls: config.tls.clone(),
        own,
        status,
        host: Host::new(Settings { budget: memory::budget(), ..Settings::new(seed()) }),
        names: Names::system(),
        client,
        rules: tokio::sync::watch::Sender::new(None),
        servers: Mutex::new(Servers::default()),
        udp: Mutex::new(Table::new(config.udp_idle)),
    });
    let mut file = watch::Watch::new(config.enforcement.clone());
    file.look(&*connector);
    tokio::spawn(watch::run(file, Arc::clone(&connector)));
    let host = Arc::clone(&connector.host);
    tokio::spawn(async move { host.run().await });
    tokio::spawn(tcp::accept(Arc::clone(&connector)));
    tokio::spawn(listen(Arc::clone(&connector), events));
    tokio::spawn(tick(Arc::clone(&connector)));
    let counted = Arc::downgrade(&connector);
    let refresh = move || counted.upgrade().iter().for_each(|connector| connector.publish());
    connector.status.refresh_by(Box::new(refresh));
    Running(connector)
}

fn seed() -> u64 {
    let mut seed = [0; 8];
    let _ = SystemRandom::new().fill(&mut seed);
    u64::from_ne_bytes(seed)
}

async fn listen(connector: Arc<Connector>, mut events: mpsc::Receiver<Event>) {
    while let Some(event) = events.recv().await {
        connector.event(event);
    }
}

async fn tick(connector: Arc<Connector>) {
    let mut interval = interval(TICK);
    loop {
        interval.tick().await;
        connector.end_lease();
        connector.register();
        let now = connector.now().monotonic;
        connector.udp().sweep(now);
    }
}

impl Running {
    /// SIGHUP: our own certificate is read anew; connections take theirs from the file whenever they begin.
    pub fn reload(&self) {
        self.0.renew();
        self.0.client.hurry();
    }

    /// Not ready any more; waits until the last TCP flow ended, at most so long; then leaves every intermediate. What comes
    /// meanwhile is served: an intermediate cannot be told to send new flows elsewhere while old ones go on. What comes at the
    /// very end is not answered, so that the intermediate hands it to another connector when this one is gone.
    pub async fn drain(&self, most: Duration) {
        self.0.status.draining();
        let end = Instant::now() + most;
        while !self.0.host.close_where_empty() && Instant::now() < end {
            sleep(LOOK).await;
        }
        self.0.host.close();
        self.0.client.close().await;
    }
}

impl Connector {
    /// Sets what is counted elsewhere.
    fn publish(&self) {
        let common = &self.status.metrics.common;
        let level = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        common.flows.set(level(self.host.len() + self.udp().len()));
        let connected = self.servers().all().filter(|served| served.link.is_some()).count();
        common.active_connections.set(level(connected));
    }
}
