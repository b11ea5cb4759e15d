//! `[BIND:]LOCAL:SERVICE:PORT`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

/// Where to listen, and what to carry each connection to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spec {
    /// Where to listen; port 0 is any free one.
    pub local: SocketAddr,
    /// The service's id.
    pub service: String,
    /// Its port.
    pub port: u16,
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Spec, String> {
        let wrong =
            || format!("expected [BIND:]LOCAL:SERVICE:PORT, such as 8080:web-app:8080, found {text:?}");
        let (rest, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let (rest, service) = rest.rsplit_once(':').ok_or_else(wrong)?;
        let (bind, local) = match rest.rsplit_once(':') {
            Some((bind, local)) => (address(bind).ok_or_else(wrong)?, local),
            None => (IpAddr::V4(Ipv4Addr::LOCALHOST), rest),
        };
        let port: u16 = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
        let local = local.parse().map_err(|_| wrong())?;
        if service.is_empty() {
            return Err(wrong());
        }
        Ok(Spec { local: SocketAddr::new(bind, local), service: service.to_owned(), port })
    }
}

/// An address, IPv6 in brackets.
fn address(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inside) => inside.parse().ok().map(IpAddr::V6),
        None => text.parse().ok().map(IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String, u16)> {
        let spec: Spec = text.parse().ok()?;
        Some((spec.local.to_string(), spec.service, spec.port))
    }

    fn is(local: &str, service: &str, port: u16) -> Option<(String, String, u16)> {
        Some((local.into(), service.into(), port))
    }

    #[test]
    fn reads_all_its_forms() {
        assert_eq!(read("8080:web-app:443"), is("127.0.0.1:8080", "web-app", 443));
        assert_eq!(read("0:web-app:443"), is("127.0.0.1:0", "web-app", 443));
        assert_eq!(read("0.0.0.0:53:dns:53"), is("0.0.0.0:53", "dns", 53));
        assert_eq!(read("[::1]:53:dns:53"), is("[::1]:53", "dns", 53));
    }

    #[test]
    fn refuses_what_is_none() {
        for text in
            ["", "web", "8080:web", "8080:web:0", "8080::443", "x:web:443", "70000:web:1", "host:1:web:1"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("::1:53:dns:53"), None, "IPv6 is written in brackets");
    }
}
