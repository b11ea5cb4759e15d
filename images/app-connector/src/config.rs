//! Configuration: variables `ZTNA_...`, or flags of the same words. What is wrong is one sentence.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use client::{Credentials, Source};
use component::log;
use component::own::{OwnCertificate, certified_key};
use component::words::{self, given, named};
use tracing_subscriber::EnvFilter;
use tunnel::config::{Component, Invalid, Kind, socket_address};
use tunnel::limits::UDP_IDLE;

/// How long TCP flows may take to end after SIGTERM, in seconds: less than the 30 that a deployment waits.
const DRAIN: u64 = 20;

/// What variables and flags say, as text.
#[derive(Parser, Clone, Debug)]
#[command(name = "app-connector", version, about)]
pub struct Words {
    /// Which component this is: connector/<id>
    #[arg(long, env = "ZTNA_COMPONENT")]
    pub component: String,
    /// Where health, readiness, figures and metrics are served: IP:port
    #[arg(long, env = "ZTNA_HTTP", default_value = "127.0.0.1:9091")]
    pub http: String,
    /// The enforcement file, which the policy agent writes
    #[arg(long, env = "ZTNA_ENFORCEMENT")]
    pub enforcement: PathBuf,
    /// PEM file with the connector's certificate chain and key
    #[arg(long, env = "ZTNA_TLS")]
    pub tls: Option<String>,
    /// The same as text
    #[arg(long, env = "ZTNA_TLS_PEM", hide_env_values = true)]
    pub tls_pem: Option<String>,
    /// PEM file of the CAs of the intermediates; the system's roots when left out
    #[arg(long, env = "ZTNA_SERVER_CAS")]
    pub server_cas: Option<String>,
    /// The same as text
    #[arg(long, env = "ZTNA_SERVER_CAS_PEM")]
    pub server_cas_pem: Option<String>,
    /// Digest of the image that runs, for the figures
    #[arg(long, env = "ZTNA_IMAGE")]
    pub image: Option<String>,
    /// What is logged: error, warn, info, debug, trace, or directives
    #[arg(long, env = "ZTNA_LOG", default_value = "info")]
    pub log: String,
    /// Seconds after which an idle UDP flow ends
    #[arg(long, env = "ZTNA_UDP_IDLE", default_value_t = UDP_IDLE.as_secs())]
    pub udp_idle: u64,
    /// Seconds that TCP flows may take to end after SIGTERM
    #[arg(long, env = "ZTNA_DRAIN", default_value_t = DRAIN)]
    pub drain: u64,
    /// Verify the configuration and exit: 0 right, 2 wrong
    #[arg(long)]
    pub check: bool,
}

/// The configuration, verified.
pub struct Config {
    /// `connector/<id>`.
    pub component: String,
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// The enforcement file.
    pub enforcement: PathBuf,
    /// Our own certificate, and the servers' CAs, for every connection.
    pub credentials: Arc<Credentials>,
    /// Where our own certificate comes from.
    pub tls: Source,
    /// What is logged.
    pub log: EnvFilter,
    /// Digest of the image.
    pub image: Option<String>,
    /// How long UDP flows may be idle.
    pub udp_idle: Duration,
    /// How long TCP flows may take to end after SIGTERM.
    pub drain: Duration,
}

impl Config {
    /// Verifies what was given; reads no file.
    pub fn read(words: &Words) -> Result<Self, Invalid> {
        let tls = Source::of(("ZTNA_TLS", path(&words.tls)), ("ZTNA_TLS_PEM", words.tls_pem.clone()))?;
        let none =
            || Invalid("ZTNA_TLS or ZTNA_TLS_PEM: expected the connector's certificate and key".into());
        let tls = tls.ok_or_else(none)?;
        let cas = Source::of(
            ("ZTNA_SERVER_CAS", path(&words.server_cas)),
            ("ZTNA_SERVER_CAS_PEM", words.server_cas_pem.clone()),
        )?;
        Ok(Self {
            component: named("ZTNA_COMPONENT", component(&words.component))?,
            http: named("ZTNA_HTTP", socket_address(&words.http))?,
            enforcement: words.enforcement.clone(),
            credentials: Arc::new(Credentials::new(Some(tls.clone()), cas)),
            tls,
            log: named("ZTNA_LOG", log::filter(&words.log))?,
            image: given(words.image.clone()),
            udp_idle: Duration::from_secs(words.udp_idle.max(1)),
            drain: Duration::from_secs(words.drain),
        })
    }

    /// Reads certificate, key and CAs, without which nothing can begin.
    pub fn verify_files(&self) -> Result<OwnCertificate, Invalid> {
        self.credentials.verify()?;
        own(&self.tls)
    }

    /// Reads the enforcement file, where it is there already.
    pub fn verify_enforcement(&self) -> Result<(), Invalid> {
        words::verify_enforcement(&self.enforcement, &self.component)
    }
}

/// Our own certificate, as readiness and figures tell of it.
pub fn own(tls: &Source) -> Result<OwnCertificate, Invalid> {
    match tls {
        Source::File { variable, path } => words::read(variable, path, certified_key),
        Source::Text { variable, pem } => named(variable, certified_key(pem.as_bytes())),
    }
    .map(OwnCertificate::new)
}

/// clap takes no empty path, and an empty variable is one that is not set.
fn path(text: &Option<String>) -> Option<PathBuf> {
    text.as_ref().map(PathBuf::from)
}

fn component(text: &str) -> Result<String, Invalid> {
    match text.parse::<Component>() {
        Ok(Component { kind: Kind::Connector, .. }) => Ok(text.to_owned()),
        _ => Err(Invalid(format!("expected connector/<id>, found {text:?}"))),
    }
}
