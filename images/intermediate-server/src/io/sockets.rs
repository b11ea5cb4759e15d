//! UDP sockets: several per address, with room for bursts, and none shared with another process.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, OnceLock};

use quinn::{AsyncUdpSocket, Runtime, TokioRuntime};
use socket2::{Domain, Protocol, Socket, Type};

use super::lanes::{Lane, Lanes};

/// What the kernel may hold for a socket in either direction, in bytes, as far as `net.core.rmem_max` allows: 20 ms at a
/// gigabit a second, which is how long a busy task may be away.
const SOCKET_BUFFER: usize = 4 << 20;

/// Opens `count` sockets on one address, of which each is a lane of its own.
///
/// An address that another process has is an error: with shared ports the kernel would give it half of our clients.
pub fn open(address: SocketAddr, count: u8) -> io::Result<Vec<Arc<dyn AsyncUdpSocket>>> {
    let first = bind(address, false)?.local_addr()?;
    let lanes: Lanes = Arc::new(OnceLock::new());
    let sockets = (0..count.max(1)).map(|index| {
        let socket = TokioRuntime.wrap_udp_socket(bind(first, true)?)?;
        Ok(Arc::new(Lane::new(index, socket, Arc::clone(&lanes))))
    });
    let sockets = sockets.collect::<io::Result<Vec<_>>>()?;
    let all = lanes.get_or_init(|| sockets).clone();
    Ok(all.into_iter().map(|lane| lane as Arc<dyn AsyncUdpSocket>).collect())
}

/// Whether an address could not be opened because the machine has no IPv6 at all.
pub fn is_without_ipv6(address: SocketAddr, fault: &io::Error) -> bool {
    /// EAFNOSUPPORT of Linux: the kernel has no IPv6. Where it is turned off there is no address `::` (EADDRNOTAVAIL).
    const NO_FAMILY: i32 = 97;
    let is_none = fault.raw_os_error() == Some(NO_FAMILY) || fault.kind() == io::ErrorKind::AddrNotAvailable;
    address.is_ipv6() && address.ip().is_unspecified() && is_none
}

/// Binds one socket; `shared` is for the lanes of an address that was found free.
fn bind(address: SocketAddr, shared: bool) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // The IPv4 addresses have a socket of their own.
        socket.set_only_v6(true)?;
    }
    if shared {
        socket.set_reuse_port(true)?;
    }
    // Fewer than asked for is no error: the kernel cuts both to its maximum.
    socket.set_recv_buffer_size(SOCKET_BUFFER)?;
    socket.set_send_buffer_size(SOCKET_BUFFER)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}
