//! `<program> healthcheck <url>`: for images that hold nothing but the program.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

/// A container whose health takes longer is not healthy.
const PATIENCE: Duration = Duration::from_secs(2);

/// The exit code of a health check where that is what the arguments ask for: 0 where the URL answers 200, 1 where it does
/// not, 2 where it is no URL. `default` is the URL when none is said.
pub fn asked(default: &str) -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let is_asked = arguments.next().as_deref() == Some("healthcheck");
    is_asked.then(|| check(arguments.next().as_deref().unwrap_or(default)))
}

fn check(url: &str) -> ExitCode {
    let Some((host, path)) = split(url) else {
        let _ = writeln!(std::io::stderr(), "healthcheck: expected http://host:port/path, found {url:?}");
        return ExitCode::from(2);
    };
    match ask(host, path) {
        Ok(status) if status == "200" => ExitCode::SUCCESS,
        Ok(status) => report(url, &format!("answers {status}")),
        Err(fault) => report(url, &fault.to_string()),
    }
}

fn report(url: &str, fault: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "healthcheck: {url}: {fault}");
    ExitCode::FAILURE
}

/// Host with port, and path.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
    host.contains(':').then_some((host, path))
}

fn ask(host: &str, path: &str) -> std::io::Result<String> {
    let none = || std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    let address = host.to_socket_addrs()?.next().ok_or_else(none)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    let status = head.get(9..).unwrap_or_default();
    Ok(String::from_utf8_lossy(status).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_urls() {
        assert_eq!(split("http://127.0.0.1:9090/healthz"), Some(("127.0.0.1:9090", "/healthz")));
        assert_eq!(split("http://[::1]:9090"), Some(("[::1]:9090", "/")));
        assert_eq!(split("https://127.0.0.1:9090/"), None);
        assert_eq!(split("127.0.0.1"), None);
    }
}
