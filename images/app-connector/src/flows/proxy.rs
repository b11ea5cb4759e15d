//! The header of the PROXY protocol, version 2, which the backend reads before anything else.

use std::net::{IpAddr, SocketAddr};

/// What begins every header of version 2 (section 2.2 of the specification).
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// Version 2, a connection that was proxied.
const PROXY: u8 = 0x21;

/// TCP over IPv4, and over IPv6.
const FAMILIES: [u8; 2] = [0x11, 0x21];

/// The first of the types that applications define for themselves: the principal.
const PRINCIPAL: u8 = 0xE0;

/// A header that says where a client is (its outer address), where it connected to (the virtual address), and who it is. Both
/// addresses become IPv6 where one is.
pub fn header(client: SocketAddr, to: SocketAddr, principal: Option<&str>) -> Vec<u8> {
    let (mut ips, ports) = ([client.ip(), to.ip()], [client.port(), to.port()]);
    let is_ipv6 = ips.iter().any(IpAddr::is_ipv6);
    if is_ipv6 {
        ips = ips.map(|ip| match ip {
            IpAddr::V4(ip) => IpAddr::V6(ip.to_ipv6_mapped()),
            IpAddr::V6(_) => ip,
        });
    }
    let mut body = Vec::new();
    for ip in ips {
        match ip {
            IpAddr::V4(ip) => body.extend(ip.octets()),
            IpAddr::V6(ip) => body.extend(ip.octets()),
        }
    }
    ports.iter().for_each(|port| body.extend(port.to_be_bytes()));
    if let Some(principal) = principal {
        body.push(PRINCIPAL);
        body.extend((principal.len() as u16).to_be_bytes());
        body.extend(principal.as_bytes());
    }
    let mut header = SIGNATURE.to_vec();
    header.extend([PROXY, FAMILIES[usize::from(is_ipv6)]]);
    header.extend((body.len() as u16).to_be_bytes());
    header.extend(body);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv4_with_a_principal() {
        let (client, to) = ("192.0.2.7:4000".parse().unwrap(), "10.100.0.2:8080".parse().unwrap());
        let expected = [
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x11".as_slice(),
            &[192, 0, 2, 7, 10, 100, 0, 2, 0x0F, 0xA0, 0x1F, 0x90, 0xE0, 0, 2],
            b"al",
        ];
        assert_eq!(header(client, to, Some("al")), expected.concat());
    }

    #[test]
    fn both_become_ipv6_where_one_is() {
        let (client, to) = ("[2001:db8::1]:4000".parse().unwrap(), "10.100.0.2:8080".parse().unwrap());
        let header = header(client, to, None);
        assert_eq!((header[13], header.len()), (0x21, 16 + 36));
        assert_eq!(header[32..48], "::ffff:10.100.0.2".parse::<std::net::Ipv6Addr>().unwrap().octets());
    }
}
