//! `healthcheck <url>`, or `<program> healthcheck <url>`: for images that hold nothing but the program.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// A container whose health takes longer is not healthy.
const PATIENCE: Duration = Duration::from_secs(2);

/// The exit code of a health check where that is what the program was started for: 0 where the URL answers 200, 1 where it
/// does not, 2 where it is no URL. `default` is the URL when none is said.
pub fn asked(default: &str) -> Option<ExitCode> {
    asked_by(std::env::args(), default).map(|url| check(&url))
}

/// The URL to ask: after the name `healthcheck`, which is that of the program in its image, or its first word.
fn asked_by(arguments: impl IntoIterator<Item = String>, default: &str) -> Option<String> {
    let mut words = arguments.into_iter();
    let mut is_named = |word: Option<String>| {
        word.is_some_and(|word| Path::new(&word).file_name().is_some_and(|name| name == "healthcheck"))
    };
    (is_named(words.next()) || is_named(words.next())).then(|| words.next().unwrap_or_else(|| default.into()))
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

    #[test]
    fn it_is_asked_by_the_programs_name_as_terraform_does_and_by_its_first_word() {
        let asked = |words: &[&str]| asked_by(words.iter().map(ToString::to_string), "http://default:1/");
        for words in [
            &["healthcheck", "http://a:1/"][..],
            &["/usr/bin/healthcheck", "http://a:1/"],
            &["/usr/bin/agent", "healthcheck", "http://a:1/"],
        ] {
            assert_eq!(asked(words).as_deref(), Some("http://a:1/"), "{words:?}");
        }
        assert_eq!(asked(&["healthcheck"]).as_deref(), Some("http://default:1/"));
        assert_eq!(asked(&["/usr/bin/agent", "probe", "healthcheck"]), None);
        assert_eq!(asked(&[]), None);
    }
}
