//! A connector's side of the file.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{Lease, PortSet, Protocol};

/// What a connector enforces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectorRules {
    /// The file's lease: nothing is served outside it.
    pub lease: Lease,
    /// What it serves, sorted by id.
    pub services: Vec<ConnectorService>,
    /// Where it connects to.
    pub intermediates: Vec<IntermediateAddress>,
}

impl ConnectorRules {
    /// The service with this id.
    pub fn service(&self, id: &str) -> Option<&ConnectorService> {
        self.services.iter().find(|service| service.id == id)
    }

    /// The service with this virtual address.
    pub fn service_at(&self, address: Ipv4Addr) -> Option<&ConnectorService> {
        self.services.iter().find(|service| service.virtual_ip == address)
    }
}

/// A service as a connector knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectorService {
    /// Its id.
    pub id: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its ports.
    pub ports: PortSet,
    /// Its inner address.
    pub virtual_ip: Ipv4Addr,
    /// Where it really runs.
    pub backend: Backend,
    /// Whether each connection to the backend begins with a PROXY protocol header.
    pub proxy_protocol: bool,
}

/// Where a service really runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backend {
    /// A DNS name, or an address (IPv6 without brackets).
    pub host: String,
    /// Every port of the service leads to this one; none: each to itself.
    pub port: Option<u16>,
}

/// An intermediate to connect to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IntermediateAddress {
    /// Its id.
    pub id: String,
    /// A DNS name or an address, also the name in its certificate.
    pub address: String,
    /// UDP port.
    pub port: u16,
}

impl Backend {
    /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
    pub fn read(text: &str) -> Option<Backend> {
        let (host, rest) = match text.strip_prefix('[') {
            Some(after) => {
                let (host, rest) = after.split_once(']')?;
                host.parse::<Ipv6Addr>().ok()?;
                (host, rest)
            }
            None => {
                let (host, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
                is_name(host).then_some((host, rest))?
            }
        };
        let port = match rest.strip_prefix(':') {
            Some(digits) => Some(port(digits)?),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(Backend { host: host.to_owned(), port })
    }
}

/// Letters, digits, dots and hyphens, beginning and ending with a letter or digit: a DNS name or an IPv4 address.
fn is_name(host: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = host.as_bytes();
    bytes.len() <= 253 && outer(bytes.first()) && outer(bytes.last()) && bytes.iter().copied().all(inner)
}

/// A port without leading zeros.
fn port(digits: &str) -> Option<u16> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_plain)
}

impl<'de> Deserialize<'de> for Backend {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Backend, D::Error> {
        let text = String::deserialize(from)?;
        let wrong = || D::Error::custom("expected host, host:port or [IPv6]:port");
        Backend::read(&text).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends() {
        let read = |text| Backend::read(text).map(|Backend { host, port }| (host, port));
        let is = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(read("web.internal:8080"), is("web.internal", Some(8080)));
        assert_eq!(read("web.internal"), is("web.internal", None));
        assert_eq!(read("10.0.0.1:53"), is("10.0.0.1", Some(53)));
        assert_eq!(read("[2001:db8::1]:443"), is("2001:db8::1", Some(443)));
        assert_eq!(read("[::1]"), is("::1", None));
        for wrong in [
            "",
            ":80",
            "a:",
            "a:0",
            "a:080",
            "a:65536",
            "a:+80",
            "-a",
            "a-:80",
            "a b",
            "2001:db8::1",
            "[a]:80",
            "[::1",
            "[::1]80",
            "a:80:90",
            "ü",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
