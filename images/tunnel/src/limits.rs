//! Limits, each a constant with its reason, and the buckets that hold rates. What is over a limit is dropped and counted, or the
//! connection closed with code 3; nobody is ever shut out for longer than a second.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

mod bucket;
mod table;

pub use bucket::{Bucket, Rate};
pub use table::Buckets;

/// Connections that an intermediate carries: 10,000 idle ones take 320 MB at 32 kB each, and 20,000 fit a 1 GB machine.
pub const CLIENTS: usize = 20_000;

/// Connections from one address: at least 64 are promised, and an office behind one NAT has a few hundred agents.
pub const CLIENTS_PER_ADDRESS: usize = 512;

/// Registrations of one connection in a second: at least 100 are promised; an agent sends each of its services three times
/// in 4 s.
pub const REGISTRATIONS: Rate = Rate { each_second: 200, at_once: 400 };

/// Services for which one connection may be registered: more than any environment has (2,000).
pub const REGISTERED: usize = 4_096;

/// Datagrams of one connection in a second: 1 Gbit/s of 1,200 bytes is 104,000.
pub const DATAGRAMS: Rate = Rate { each_second: 200_000, at_once: 50_000 };

/// Datagrams of one address in a second, all its connections together.
pub const DATAGRAMS_PER_ADDRESS: Rate = Rate { each_second: 400_000, at_once: 100_000 };

/// Handshakes of one address in a second: an office of 512 that comes back after an outage is in again within 6 s.
pub const HANDSHAKES_PER_ADDRESS: Rate = Rate { each_second: 100, at_once: 200 };

/// Handshakes under way at once: each takes about 1 ms of a core, so a full second of work, and some 40 kB each.
pub const HANDSHAKES: usize = 1_000;

/// Flows of one client: a browser opens some hundred; a flow takes about 200 bytes.
pub const FLOWS_PER_CLIENT: usize = 4_096;

/// Flows of one certificate, all its connections together: two machines that use up theirs. With as many connections as an
/// address may have, one person would otherwise take every flow that there is, and the memory of every connector.
pub const FLOWS_PER_CERTIFICATE: usize = 2 * FLOWS_PER_CLIENT;

/// Flows that one connection begins in a second: each costs a line of the access log when it ends, some 500 bytes, and a reset
/// ends it at once. A benchmark of short connections reaches about 2,000.
pub const FLOWS_BEGUN: Rate = Rate { each_second: 4_000, at_once: 8_000 };

/// Flows of all clients: 200 MB.
pub const FLOWS: usize = 1_000_000;

/// Bytes queued towards one client: 0.1 s at 20 Mbit/s, about what a 64 kB window needs at 30 ms.
pub const QUEUED: usize = 256 * 1024;

/// Bytes that one TCP flow of a connector has on its way at most: 140 Mbit/s at 30 ms, 42 at 100 ms.
pub const WINDOW: usize = 512 * 1024;

/// Bytes of datagrams of one connection that wait until they are read; what has no room is counted as `memory-limit`. It holds what
/// two flows of a connector have on their way at once, which come in one burst where this machine was busy: half of what two flows had
/// lost 1,800 datagrams in a transfer of 20 MB. An eighth is for headers and what quinn counts for each. It is taken while they wait and
/// not before, so idle connections have none.
pub const RECEIVED: usize = 2 * WINDOW / 8 * 9;

/// Bytes that QUIC holds towards one connection: little, since it is first in, first out, so that the fair queue before it decides.
pub const SENT: usize = 64 * 1024;

/// Answers about drops (ICMP and TCP resets) to one client in a second: enough that each new flow hears why it fails, too few
/// to be used as an amplifier.
pub const ANSWERS: Rate = Rate { each_second: 100, at_once: 100 };

/// Who shares the limits of an address: an IPv4 address is one network's, and of IPv6 everybody has a /64 (RFC 6177), whose
/// 2^64 addresses would be as many times the limit.
pub fn sharing(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

/// Addresses whose rates are remembered at once; a bucket takes about 40 bytes.
pub const ADDRESSES: usize = 65_536;

/// A UDP flow without packets ends after this time; configurable. RFC 4787 asks for 2 minutes.
pub const UDP_IDLE: Duration = Duration::from_secs(120);

/// A TCP flow without packets ends after this time. RFC 5382 asks for 2 hours and 4 minutes.
pub const TCP_IDLE: Duration = Duration::from_secs(2 * 3600 + 240);

/// A TCP flow that is over is remembered for its last acknowledgments.
pub const TCP_OVER: Duration = Duration::from_secs(10);

/// An ICMP echo waits this long for its reply. RFC 5508 asks for 60 s.
pub const ECHO_IDLE: Duration = Duration::from_secs(60);

/// An inner address is kept for a client that is gone.
pub const ADDRESS_KEPT: Duration = Duration::from_secs(60);

/// Our connectors ping this often.
pub const CONNECTOR_PING: Duration = Duration::from_millis(500);

/// A connector that is silent for this long is not ready.
pub const CONNECTOR_SILENT: Duration = Duration::from_millis(1_500);

/// The UDP payload of the macOS agent, which never sets its maximum, in bytes.
pub const FOREIGN_PAYLOAD: usize = 1_200;

/// The largest DATAGRAM content that a client with UDP payloads of this size can send to connection ids of this length: less
/// 1 byte of short header, the id, 4 bytes of packet number, 16 of AEAD tag, 1 of frame type and 2 of frame length.
pub const fn foreign_datagram(payload: usize, connection_id: usize) -> usize {
    payload.saturating_sub(1 + connection_id + 4 + 16 + 3)
}

/// The largest DATAGRAM content that quinn offers for UDP payloads of this size and connection ids of this length
/// (`max_datagram_size()`): it counts 9 bytes for frame type and length where 3 are used.
pub const fn own_datagram(payload: usize, connection_id: usize) -> usize {
    payload.saturating_sub(1 + connection_id + 4 + 16 + 9)
}
