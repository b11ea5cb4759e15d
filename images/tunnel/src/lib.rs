//! What the data plane's programs share. No I/O and no clock: bytes and instants come in, values go out, so that
//! every rule here runs in a test, in a fuzzer and in virtual time exactly as it runs in production.
//!
//! | module | in | out |
//! |---|---|---|
//! | [`time`] | readings of the wall clock and of the monotonic clock | [`time::Instant`] that no step of a clock disturbs |
//! | [`wire`] | the bytes of a QUIC datagram | [`wire::Message`], and back |
//! | [`packet`] | the bytes of an inner IPv4 packet | [`packet::Packet`], rewritten in place; ICMP errors and TCP resets |
//! | [`identity`] | a client's certificate chain (DER) | [`identity::Identity`]: principal, device, what the certificate limits |
//! | [`enforcement`] | the enforcement file's bytes | [`enforcement::Enforcement`], from it a [`enforcement::View`] per client, from it a [`enforcement::Verdict`] per datagram |
//! | [`limits`] | a monotonic reading and a cost | whether it is within the limit |
//! | [`figures`] | events | `/metrics`, `/figures`, the closed list of drop reasons |
//! | [`keys`] | the secret file that all instances share | retry, reset and connection-id keys; inner addresses |
//! | [`config`] | the text of variables and flags | component, addresses, certificates |
//!
//! # How a datagram is decided
//!
//! ```text
//! wire::Message::decode(bytes) -> ToService { service, packet }
//!   packet::Packet::parse(packet)                 what cannot be relayed is an Err with its drop reason
//!   view.decide(service, destination, protocol and port or echo, instant) -> Allow { until, .. } | Deny(reason)
//!   packet::rewrite(bytes, &Rewrite { .. })       checksums follow by difference
//!   packet::clamp_mss(bytes, most)
//! ```
//!
//! A [`enforcement::View`] belongs to one client and one enforcement file. It is made when the client connects, when
//! its address changes and when the file does, so that a datagram costs two
//! binary searches in what this client alone may do, however many principals and grants there are.

pub mod config;
pub mod digest;
pub mod enforcement;
pub mod figures;
pub mod identity;
pub mod keys;
pub mod limits;
pub mod packet;
pub mod time;
pub mod wire;
