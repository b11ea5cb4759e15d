//! Connections to backends.

use std::fmt;
use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tunnel::enforcement::Backend;

use super::Names;
use super::race::race;

/// How long names and addresses may take together: the client's own patience is not much longer.
const ALL: Duration = Duration::from_secs(12);

/// A backend that says nothing for so long is asked whether it is there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Why a backend cannot be reached.
#[derive(Debug)]
pub struct Unreachable {
    backend: String,
    fault: Error,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.backend, self.fault)
    }
}

/// A connection to a backend, by whichever of its addresses answers first. `port` is the service's.
pub async fn tcp(names: &Names, backend: &Backend, port: u16) -> Result<TcpStream, Unreachable> {
    let stream = first(names, backend, port, TcpStream::connect).await?;
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE));
    Ok(stream)
}

/// A socket that sends to a backend and hears only from it.
pub async fn udp(names: &Names, backend: &Backend, port: u16) -> Result<UdpSocket, Unreachable> {
    first(names, backend, port, async |address| {
        let any: SocketAddr = match address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(address).await?;
        Ok(socket)
    })
    .await
}

/// The address with which it succeeds first; else why it did not with the last.
async fn first<T: Send + 'static, F>(
    names: &Names,
    backend: &Backend,
    port: u16,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, Unreachable>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let port = backend.port.unwrap_or(port);
    let attempt = async {
        let mut last = Error::new(ErrorKind::NotFound, "the name has no address");
        for candidate in names.candidates(&backend.host) {
            match race(names.addresses(&candidate, port).await, &connect).await {
                // Only a name without address may have been meant to be another one.
                Err(fault) if fault.kind() == ErrorKind::NotFound => last = fault,
                ended => return ended,
            }
        }
        Err(last)
    };
    let late = || Error::new(ErrorKind::TimedOut, "no answer");
    let done = timeout(ALL, attempt).await.map_err(|_| late()).flatten();
    done.map_err(|fault| Unreachable { backend: format!("{}:{port}", backend.host), fault })
}
