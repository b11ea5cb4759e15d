//! The agent's file: what `ztna agent-config` prints, `schemas/agent-config.schema.json`. Keys that it does not know are ignored,
//! so that a newer file works; what it knows is verified.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::sync::Arc;

use serde::Deserialize;
use tunnel::config::Invalid;
use tunnel::packet::protocol;

/// The version that is read here.
const VERSION: u64 = 1;

/// The longest id that a service can have (`schemas/common.schema.json`).
const LONGEST_ID: usize = 63;

/// Where the agent connects, and which services it knows.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentFile {
    schema_version: u64,
    /// The environment's id.
    pub environment: String,
    /// Whose file it is; for messages alone.
    #[serde(default)]
    pub principal: Option<String>,
    /// The environment's intermediates.
    pub intermediates: Vec<Intermediate>,
    /// The services that can be asked for.
    pub services: Vec<Arc<Service>>,
}

/// One intermediate.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intermediate {
    /// Its id.
    pub id: String,
    /// The name or address to connect to.
    pub address: String,
    /// UDP port.
    pub port: u16,
    /// The name or address that its certificate must carry.
    pub server_name: String,
}

/// One service.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its address inside the tunnel.
    pub virtual_ip: Ipv4Addr,
    /// What it speaks.
    pub protocol: Protocol,
    /// Port intervals, both ends included.
    pub ports: Vec<(u16, u16)>,
    /// The team to ask for access.
    #[serde(default)]
    pub owner: Option<String>,
}

/// What a service speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Protocol {
    /// Its number in IPv4.
    pub fn number(self) -> u8 {
        match self {
            Protocol::Tcp => protocol::TCP,
            Protocol::Udp => protocol::UDP,
        }
    }
}

impl Service {
    /// Whether the service has the port.
    pub fn has_port(&self, port: u16) -> bool {
        self.ports.iter().any(|(first, last)| (*first..=*last).contains(&port))
    }
}

impl AgentFile {
    /// Reads and verifies the file's bytes.
    pub fn read(bytes: &[u8]) -> Result<AgentFile, Invalid> {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let file: AgentFile = serde_path_to_error::deserialize(&mut reader)
            .map_err(|fault| Invalid(format!("{}: {}", fault.path(), fault.inner())))?;
        file.verify().map_err(|fault| Invalid(format!("{fault}; make it with: npx ztna agent-config")))?;
        Ok(file)
    }

    /// The service with this id.
    pub fn service(&self, id: &str) -> Option<&Arc<Service>> {
        self.services.iter().find(|service| service.id == id)
    }

    fn verify(&self) -> Result<(), String> {
        if self.schema_version != VERSION {
            return Err(format!("schemaVersion: expected {VERSION}, found {}", self.schema_version));
        }
        if self.intermediates.is_empty() {
            return Err("intermediates: expected at least one".into());
        }
        once("intermediates", self.intermediates.iter().map(|one| &one.id))?;
        once("services", self.services.iter().map(|one| &one.id))?;
        once("services", self.services.iter().map(|one| one.virtual_ip))?;
        self.services.iter().try_for_each(|service| service.verify())
    }
}

impl Service {
    fn verify(&self) -> Result<(), String> {
        let id = &self.id;
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(format!("services: expected an id of 1 to {LONGEST_ID} characters, found {id:?}"));
        }
        let is_wrong = |(first, last): &&(u16, u16)| *first == 0 || first > last;
        match self.ports.iter().find(is_wrong) {
            Some((first, last)) => {
                Err(format!("services: {id}: ports: expected first and last, found {first} and {last}"))
            }
            None => Ok(()),
        }
    }
}

/// Says what is there twice.
fn once<T: Eq + std::hash::Hash + std::fmt::Display>(
    place: &str,
    all: impl Iterator<Item = T>,
) -> Result<(), String> {
    let mut known = HashSet::new();
    for one in all {
        if known.contains(&one) {
            return Err(format!("{place}: {one} is there twice"));
        }
        known.insert(one);
    }
    Ok(())
}
