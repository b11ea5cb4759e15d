//! Configuration: variables `ZTNA_...`, or flags of the same words. What is wrong is one sentence.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use component::log;
use component::own::certified_key;
use component::words::{self, given, named, read};
use rustls::sign::CertifiedKey;
use tracing_subscriber::EnvFilter;
use tunnel::config::{Component, Invalid, Kind, bind_addresses, socket_address};
use tunnel::keys::SharedKeys;
use tunnel::limits::UDP_IDLE;

use crate::io::Trust;

/// What variables and flags say, as text.
#[derive(Parser, Clone, Debug)]
#[command(name = "intermediate-server", version, about)]
pub struct Words {
    /// Which component this is: intermediate/<id>
    #[arg(long, env = "ZTNA_COMPONENT")]
    pub component: String,
    /// UDP port for agents and connectors
    #[arg(long, env = "ZTNA_PORT", default_value = "4433")]
    pub port: String,
    /// Where health, readiness, figures and metrics are served: IP:port
    #[arg(long, env = "ZTNA_HTTP", default_value = "127.0.0.1:9090")]
    pub http: String,
    /// PEM file of the CAs whose client certificates can be accepted
    #[arg(long, env = "ZTNA_CLIENT_CAS")]
    pub client_cas: PathBuf,
    /// PEM file with this server's certificate chain and key
    #[arg(long, env = "ZTNA_TLS")]
    pub tls: PathBuf,
    /// JSON file with the keys that all instances share
    #[arg(long, env = "ZTNA_KEYS")]
    pub keys: PathBuf,
    /// The enforcement file, which the policy agent writes
    #[arg(long, env = "ZTNA_ENFORCEMENT")]
    pub enforcement: PathBuf,
    /// Which instance of the component this is; the host's name when left out
    #[arg(long, env = "ZTNA_INSTANCE")]
    pub instance: Option<String>,
    /// IP addresses to listen on, by comma
    #[arg(long, env = "ZTNA_BIND", default_value = "0.0.0.0,[::]")]
    pub bind: String,
    /// File for a line per flow, or - for the standard output
    #[arg(long, env = "ZTNA_ACCESS_LOG", default_value = "-")]
    pub access_log: String,
    /// What is logged: error, warn, info, debug, trace, or directives
    #[arg(long, env = "ZTNA_LOG", default_value = "info")]
    pub log: String,
    /// Digest of the image that runs, for the figures
    #[arg(long, env = "ZTNA_IMAGE")]
    pub image: Option<String>,
    /// Seconds after which an idle UDP flow ends
    #[arg(long, env = "ZTNA_UDP_IDLE", default_value_t = UDP_IDLE.as_secs())]
    pub udp_idle: u64,
    /// Verify the configuration and exit: 0 right, 2 wrong
    #[arg(long)]
    pub check: bool,
}

/// The files that SIGHUP reads anew.
#[derive(Clone, Debug)]
pub struct Files {
    client_cas: PathBuf,
    tls: PathBuf,
    keys: PathBuf,
}

/// The configuration, verified.
pub struct Config {
    /// `intermediate/<id>`.
    pub component: String,
    /// Which instance.
    pub instance: String,
    /// Where to listen.
    pub addresses: Vec<SocketAddr>,
    /// Where HTTP is served.
    pub http: SocketAddr,
    /// The files that SIGHUP reads anew.
    pub files: Files,
    /// The enforcement file.
    pub enforcement: PathBuf,
    /// The access log; none is the standard output.
    pub access_log: Option<PathBuf>,
    /// What is logged.
    pub log: EnvFilter,
    /// Digest of the image.
    pub image: Option<String>,
    /// How long UDP flows may be idle.
    pub udp_idle: Duration,
}

impl Config {
    /// Verifies what was given; reads no file.
    pub fn read(words: &Words) -> Result<Self, Invalid> {
        let component = named("ZTNA_COMPONENT", component(&words.component))?;
        let port = named("ZTNA_PORT", port(&words.port))?;
        Ok(Self {
            component,
            instance: named("ZTNA_INSTANCE", instance(given(words.instance.clone())))?,
            addresses: named("ZTNA_BIND", bind_addresses(&words.bind, port))?,
            http: named("ZTNA_HTTP", socket_address(&words.http))?,
            files: Files {
                client_cas: words.client_cas.clone(),
                tls: words.tls.clone(),
                keys: words.keys.clone(),
            },
            enforcement: words.enforcement.clone(),
            access_log: given(Some(words.access_log.clone())).filter(|path| path != "-").map(PathBuf::from),
            log: named("ZTNA_LOG", log::filter(&words.log))?,
            image: given(words.image.clone()),
            udp_idle: Duration::from_secs(words.udp_idle.max(1)),
        })
    }

    /// Reads the files without which nothing can begin.
    pub fn verify_files(&self) -> Result<(), Invalid> {
        self.files.own()?;
        self.files.trust()?;
        self.files.keys().map(|_| ())
    }

    /// Reads the enforcement file, where it is there already. A running server goes on without, and says what is wrong.
    pub fn verify_enforcement(&self) -> Result<(), Invalid> {
        words::verify_enforcement(&self.enforcement, &self.component)
    }
}

fn component(text: &str) -> Result<String, Invalid> {
    match text.parse::<Component>()? {
        Component { kind: Kind::Intermediate, .. } => Ok(text.to_owned()),
        Component { .. } => Err(Invalid(format!("expected intermediate/<id>, found {text:?}"))),
    }
}

fn port(text: &str) -> Result<u16, Invalid> {
    text.parse()
        .map_err(|_| Invalid(format!("expected a port from 0 (any free one) to 65535, found {text:?}")))
}

/// As the schema of acks has it: `[A-Za-z0-9][A-Za-z0-9_.-]{0,62}`.
fn instance(text: Option<String>) -> Result<String, Invalid> {
    let text = text.unwrap_or_else(host_name);
    let mut bytes = text.bytes();
    let is_right = bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        && text.len() <= 63;
    let wrong = || Invalid(format!("expected at most 63 letters, digits, _ . and -, found {text:?}"));
    if is_right { Ok(text) } else { Err(wrong()) }
}

/// The host's name, without what follows the 63rd character.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::env::var("HOSTNAME"));
    name.unwrap_or_else(|_| "unnamed".into()).trim().chars().take(63).collect()
}

impl Files {
    /// The server's certificate and key.
    pub fn own(&self) -> Result<CertifiedKey, Invalid> {
        read("ZTNA_TLS", &self.tls, certified_key)
    }

    /// The client CAs.
    pub fn trust(&self) -> Result<Trust, Invalid> {
        read("ZTNA_CLIENT_CAS", &self.client_cas, Trust::read)
    }

    /// The shared keys.
    pub fn keys(&self) -> Result<SharedKeys, Invalid> {
        read("ZTNA_KEYS", &self.keys, |bytes| {
            SharedKeys::read(bytes).map_err(|fault| Invalid(fault.to_string()))
        })
    }
}
