//! `<service>.ztna` on this machine: a resolver on the inner address, and the system told of it.

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::Arc;

use tokio::net::UdpSocket;

use crate::file::Service;
use crate::names::{DOMAIN, Names};

/// DNS's port.
const PORT: u16 = 53;

/// The longest question over UDP that makes sense: RFC 1035's 512 bytes, and what EDNS adds.
const LONGEST: usize = 4096;

/// Begins to answer, and tells the system. Without either the services are reached by their addresses.
pub async fn start(device: &str, address: Ipv4Addr, services: &[Arc<Service>]) {
    let names = Names::new(services.iter().map(|service| (service.id.clone(), service.virtual_ip)));
    match UdpSocket::bind((address, PORT)).await {
        Ok(socket) => drop(tokio::spawn(answer(socket, names))),
        Err(fault) => return tracing::warn!(%fault, "no resolver on {address}: names are not resolved"),
    }
    let (name, resolver) = (device.to_owned(), address.to_string());
    match tokio::task::spawn_blocking(move || tell(&name, &resolver)).await {
        Ok(Ok(())) => tracing::info!("the system resolves <service>.{DOMAIN}"),
        Ok(Err(why)) => {
            tracing::warn!(why, "tell your resolver to ask {address} for names that end in .{DOMAIN}")
        }
        Err(_) => {}
    }
}

async fn answer(socket: UdpSocket, names: Names) {
    let mut question = vec![0; LONGEST];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut question).await else { continue };
        if let Some(answer) = names.answer(&question[..length]) {
            let _ = socket.send_to(&answer, peer).await;
        }
    }
}

/// Tells systemd-resolved that this device's resolver answers for the domain, and for nothing else.
fn tell(device: &str, resolver: &str) -> Result<(), String> {
    let domain = format!("~{DOMAIN}");
    let orders: [&[&str]; 3] =
        [&["dns", device, resolver], &["domain", device, &domain], &["default-route", device, "false"]];
    orders.iter().try_for_each(|words| {
        let done = Command::new("resolvectl").args(*words).output();
        match done {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                Err(format!("resolvectl {}: {}", words.join(" "), said.trim()))
            }
            Err(fault) => Err(format!("resolvectl: {fault}")),
        }
    })
}
