//! The TUN device of Linux: made, routed to, and carried.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;
use route_manager::{Route, RouteManager};
use tokio::sync::mpsc;
use tun_rs::{AsyncDevice, DeviceBuilder};
use tunnel::config::Invalid;

use super::packets::{Outbound, Packets};
use super::resolver;
use crate::config::Config;
use crate::file::Service;
use crate::io::Uplink;
use crate::mtu;
use crate::signals::Signals;

/// Room for one packet of the machine: the device's MTU is smaller, unless somebody changes it.
const LONGEST: usize = 65_535;

/// Makes the device, and carries its packets until a signal ends it. Device, routes and names go with the program.
pub async fn run(config: &Config, name: &str, address: Ipv4Addr) -> Result<(), Invalid> {
    let mut signals = Signals::new()?;
    let services = &config.file.services;
    let device = Arc::new(make(name, address, services)?);
    add_routes(name, services)?;
    let ids = services.iter().map(|service| service.id.clone()).collect();
    let (uplink, from_uplink) = Uplink::start(config, address, ids, true);
    let packets = Arc::new(Packets::new(address, services));
    tokio::spawn(out_of(Arc::clone(&device), Arc::clone(&packets), Arc::clone(&uplink)));
    tokio::spawn(into(device, packets, from_uplink));
    resolver::start(name, address, services).await;
    tracing::info!(device = name, %address, services = services.len(), "up");
    signals.ended(config, &uplink).await;
    uplink.close().await;
    Ok(())
}

fn make(name: &str, address: Ipv4Addr, services: &[Arc<Service>]) -> Result<AsyncDevice, Invalid> {
    let mtu = mtu::of_device(services.iter().map(|service| service.id.as_str()));
    let made = DeviceBuilder::new().name(name).ipv4(address, 32, None).mtu(mtu).build_async();
    made.map_err(|fault| {
        Invalid(format!(
            "cannot make the device {name}: {fault}; it needs /dev/net/tun and the capability CAP_NET_ADMIN \
             (without them use forward, connect or probe)"
        ))
    })
}

fn add_routes(name: &str, services: &[Arc<Service>]) -> Result<(), Invalid> {
    let failed = |fault: io::Error| Invalid(format!("cannot add a route to {name}: {fault}"));
    let mut routes = RouteManager::new().map_err(failed)?;
    for service in services {
        let route = Route::new(IpAddr::V4(service.virtual_ip), 32).with_if_name(name.to_owned());
        routes.add(&route).map_err(failed)?;
    }
    Ok(())
}

/// Carries what the machine sends. The device waits while the connection takes nothing: so its queue fills, and the machine's
/// own congestion control sees it.
async fn out_of(device: Arc<AsyncDevice>, packets: Arc<Packets>, uplink: Arc<Uplink>) {
    let mut buffer = vec![0; LONGEST];
    loop {
        let Ok(length) = device.recv(&mut buffer).await else { return ended("reading") };
        let packet = &mut buffer[..length];
        match packets.outbound(packet) {
            Outbound::Send(service) => drop(uplink.send(&service, packet).await),
            Outbound::Answer(answer) => drop(device.send(&answer).await),
            Outbound::Drop(reason) => tracing::debug!(%reason, "a packet of the machine goes nowhere"),
        }
    }
}

async fn into(device: Arc<AsyncDevice>, packets: Arc<Packets>, mut from_uplink: mpsc::Receiver<Bytes>) {
    while let Some(packet) = from_uplink.recv().await {
        match packets.is_inbound(&packet) {
            Ok(()) => drop(device.send(&packet).await),
            Err(reason) => tracing::debug!(%reason, "a packet is not for the machine"),
        }
    }
}

/// Without the device there is nothing to do: whoever watches the program starts it again.
fn ended(what: &str) {
    tracing::error!("{what} the device failed: it is gone");
    std::process::exit(1);
}
