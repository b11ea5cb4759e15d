//! Whether the network changed: which of our addresses the system would use towards a server. Asking sends no packet and needs
//! no right, on every system alike; a change of address, of route or of the whole network shows in it.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

/// How often it is asked: a change must be answered within 5 s, the new connection included.
const EVERY: Duration = Duration::from_secs(1);

/// Our address towards a server; none where there is no way to it.
pub fn own_address(server: SocketAddr) -> Option<IpAddr> {
    let any = if server.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(server).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// Waits until our address towards a server is there and another than `before`; returns it.
pub async fn changed(server: SocketAddr, before: Option<IpAddr>) -> IpAddr {
    loop {
        tokio::time::sleep(EVERY).await;
        match own_address(server) {
            Some(now) if Some(now) != before => return now,
            _ => {}
        }
    }
}
