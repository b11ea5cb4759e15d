//! `agent up`: a TUN device with routes to the services, and a resolver for their names.

#[cfg(target_os = "linux")]
mod device;
#[cfg(any(target_os = "linux", test))]
mod packets;
#[cfg(target_os = "linux")]
mod resolver;

use std::net::Ipv4Addr;

use tunnel::config::Invalid;

use crate::config::Config;

/// Carries the machine's packets until a signal ends it.
#[cfg(target_os = "linux")]
pub async fn run(config: &Config, name: &str, address: Ipv4Addr) -> Result<(), Invalid> {
    device::run(config, name, address).await
}

/// There is a TUN device on Linux alone.
#[cfg(not(target_os = "linux"))]
pub async fn run(_config: &Config, _name: &str, _address: Ipv4Addr) -> Result<(), Invalid> {
    Err(Invalid("up needs Linux: use forward, connect or probe here".into()))
}
