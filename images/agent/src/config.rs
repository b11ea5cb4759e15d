//! Configuration: variables `ZTNA_...`, or flags of the same words. What is wrong is one sentence.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use client::{Credentials, Source};
use component::{log, words};
use tracing_subscriber::EnvFilter;
use tunnel::config::Invalid;
use tunnel::identity::{Device, Identity};

use crate::file::{AgentFile, Service};
use crate::forward::Spec;

/// The inner address of every agent: the intermediate gives each connection a unique one.
pub const INNER: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);

/// What variables and flags say, as text.
#[derive(Parser, Clone, Debug)]
#[command(name = "agent", version, about)]
pub struct Words {
    /// JSON file with intermediates and services, as `npx ztna agent-config` prints it
    #[arg(long, env = "ZTNA_CONFIG", global = true)]
    pub config: Option<String>,
    /// PEM file with this principal's certificate chain and key
    #[arg(long, env = "ZTNA_TLS", global = true)]
    pub tls: Option<String>,
    /// The same as text
    #[arg(long, env = "ZTNA_TLS_PEM", global = true, hide_env_values = true)]
    pub tls_pem: Option<String>,
    /// PEM file of the CAs whose intermediates are believed; the system's when left out
    #[arg(long, env = "ZTNA_SERVER_CAS", global = true)]
    pub server_cas: Option<String>,
    /// The same as text
    #[arg(long, env = "ZTNA_SERVER_CAS_PEM", global = true)]
    pub server_cas_pem: Option<String>,
    /// What is logged: error, warn, info, debug, trace, or directives; info, but error for connect and probe
    #[arg(long, env = "ZTNA_LOG", global = true)]
    pub log: Option<String>,
    /// Verify the configuration and exit: 0 right, 2 wrong
    #[arg(long, global = true)]
    pub check: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Subcommand, Clone, Debug)]
pub enum Command {
    /// Make a TUN device with routes to the services, and resolve <service>.ztna (Linux; needs the right to make it)
    Up {
        /// The device's name
        #[arg(long, default_value = "ztna0")]
        tun: String,
        /// The inner address
        #[arg(long, default_value_t = INNER)]
        address: Ipv4Addr,
    },
    /// Listen here, and carry each connection to a service's port
    Forward {
        /// [BIND:]LOCAL:SERVICE:PORT, such as 8080:web-app:8080; BIND is 127.0.0.1 when left out, LOCAL 0 any free port
        #[arg(required = true)]
        specs: Vec<Spec>,
    },
    /// Carry standard input and output to a service's port, as a ProxyCommand of SSH
    Connect {
        /// The service's id
        service: String,
        /// Its port
        port: u16,
    },
    /// Try a service's port and say why not: 0 reached, 1 denied, 2 could not try, 3 allowed but no answer
    Probe {
        /// The service's id
        service: String,
        /// Its port
        port: u16,
    },
}

impl Command {
    /// What is logged when nothing is said: whoever types a command reads its answer, not its log.
    fn default_log(&self) -> &'static str {
        match self {
            Command::Up { .. } | Command::Forward { .. } => "info",
            Command::Connect { .. } | Command::Probe { .. } => "error",
        }
    }
}

/// The configuration, verified.
#[derive(Debug)]
pub struct Config {
    /// Where to connect, and what there is.
    pub file: AgentFile,
    /// Who we are.
    pub credentials: Arc<Credentials>,
    /// What is logged.
    pub log: EnvFilter,
}

impl Config {
    /// Reads and verifies everything.
    pub fn read(given: &Words) -> Result<Self, Invalid> {
        let file = |text: &Option<String>| words::given(text.clone()).map(PathBuf::from);
        let path = file(&given.config).ok_or_else(|| {
            Invalid("ZTNA_CONFIG: expected the file that npx ztna agent-config prints, or --config".into())
        })?;
        let tls = Source::of(("ZTNA_TLS", file(&given.tls)), ("ZTNA_TLS_PEM", given.tls_pem.clone()))?;
        let server_cas = Source::of(
            ("ZTNA_SERVER_CAS", file(&given.server_cas)),
            ("ZTNA_SERVER_CAS_PEM", given.server_cas_pem.clone()),
        )?;
        let default = given.command.as_ref().map_or("info", Command::default_log);
        let level = words::given(given.log.clone()).unwrap_or_else(|| default.to_owned());
        let credentials = Credentials::new(tls, server_cas);
        credentials.verify()?;
        Ok(Self {
            file: words::read("ZTNA_CONFIG", &path, AgentFile::read)?,
            credentials: Arc::new(credentials),
            log: words::named("ZTNA_LOG", log::filter(&level))?,
        })
    }
}

impl Config {
    /// The service with this id.
    pub fn service(&self, id: &str) -> Result<&Arc<Service>, Invalid> {
        let absent = || {
            Invalid(format!(
                "the configuration lists no service {id:?}: print a newer one with npx ztna agent-config"
            ))
        };
        self.file.service(id).ok_or_else(absent)
    }

    /// What our certificate states of the device; nothing where there is none.
    pub fn device(&self) -> Device {
        let certificate = self.credentials.certificate();
        let identity = certificate.and_then(|der| Identity::read(&der).ok());
        identity.map(|identity| identity.device).unwrap_or_default()
    }
}
