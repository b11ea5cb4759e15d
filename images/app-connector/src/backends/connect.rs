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

/// How long one address may take: a SYN is sent three times in it.
const ONE: Duration = Duration::from_secs(4);

/// How long all of them may take: the client's own patience is not much longer.
const ALL: Duration = Duration::from_secs(12);

/// How many are tried.
const TRIES: usize = 8;

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

/// A connection to a backend: each of its addresses is tried in turn. `port` is the service's.
pub async fn tcp(names: &Names, backend: &Backend, port: u16) -> Result<TcpStream, Unreachable> {
    let stream = first(names, backend, port, async |address| {
        let late = || Error::new(ErrorKind::TimedOut, "no answer");
        timeout(ONE, TcpStream::connect(address)).await.map_err(|_| late())?
    })
    .await?;
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

/// The first address with which it succeeds; else why it did not with the last.
async fn first<T>(
    names: &Names,
    backend: &Backend,
    port: u16,
    connect: impl AsyncFn(SocketAddr) -> Result<T, Error>,
) -> Result<T, Unreachable> {
    let port = backend.port.unwrap_or(port);
    let attempt = async {
        let mut last = Error::new(ErrorKind::NotFound, "the name has no address");
        for address in names.addresses(&backend.host, port).await?.into_iter().take(TRIES) {
            match connect(address).await {
                Ok(connected) => return Ok(connected),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    };
    let late = || Error::new(ErrorKind::TimedOut, "no answer");
    let done = timeout(ALL, attempt).await.map_err(|_| late()).flatten();
    done.map_err(|fault| Unreachable { backend: format!("{}:{port}", backend.host), fault })
}
