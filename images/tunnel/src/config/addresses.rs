//! `ZTNA_BIND`, `ZTNA_HTTP`.

use std::net::{IpAddr, SocketAddr};

use super::Invalid;

/// The addresses of `ZTNA_BIND`, separated by commas, IPv6 in brackets or bare, each with the given port.
pub fn bind_addresses(text: &str, port: u16) -> Result<Vec<SocketAddr>, Invalid> {
    let read = |part: &str| -> Result<SocketAddr, Invalid> {
        let bare = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')).unwrap_or(part);
        let address: IpAddr = bare.parse().map_err(|_| {
            Invalid(format!(
                "expected IP addresses separated by commas, such as 0.0.0.0,[::], found {part:?}"
            ))
        })?;
        Ok(SocketAddr::new(address, port))
    };
    let mut all: Vec<SocketAddr> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let address = read(part)?;
        if all.contains(&address) {
            return Err(Invalid(format!("{part} is there twice")));
        }
        all.push(address);
    }
    Ok(all)
}

/// One address with its port, such as `127.0.0.1:9090` or `[::1]:9090`.
pub fn socket_address(text: &str) -> Result<SocketAddr, Invalid> {
    text.parse().map_err(|_| Invalid(format!("expected IP:port, such as 127.0.0.1:9090, found {text:?}")))
}
