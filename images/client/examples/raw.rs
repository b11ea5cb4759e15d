//! A client that sends what it is told and shows what comes, so that what a hostile one could do can be tried.
//!
//! `raw <host:port> <server name> <PEM of CAs> [<PEM of chain and key>]`: each line of the standard input is a datagram in
//! hexadecimal; each line of the output is `up`, `got <hexadecimal>`, `unsent <why>` or `down <why>`.

use std::env::args;
use std::io::{Error, Write, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use client::{Credentials, Event, Link, PING, Server, Settings, Source, start};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

fn main() -> Result<ExitCode, Error> {
    let words: Vec<String> = args().skip(1).collect();
    let [address, name, cas, tls @ ..] = words.as_slice() else {
        say("down expected <host:port> <server name> <PEM of CAs> [<PEM of chain and key>]")?;
        return Ok(ExitCode::from(2));
    };
    let file = |path: &String| Source::File { variable: "a word", path: PathBuf::from(path) };
    let credentials = Arc::new(Credentials::new(tls.first().map(file), Some(file(cas))));
    let server = Server { id: "one".into(), address: address.clone(), name: name.clone() };
    Runtime::new()?.block_on(talk(Settings { credentials, ping: PING, hello: false }, server))?;
    Ok(ExitCode::SUCCESS)
}

/// Lines of the standard input, until its end.
fn lines() -> UnboundedReceiver<String> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || stdin().lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    receiver
}

async fn talk(settings: Settings, server: Server) -> Result<(), Error> {
    let (client, mut events) = start(settings);
    client.servers(vec![server]);
    let mut lines = lines();
    let mut link: Option<Link> = None;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(Event::Up(up)) => {
                    say("up")?;
                    link = Some(up);
                }
                Some(Event::Datagrams { datagrams, .. }) => {
                    for datagram in datagrams {
                        say(&format!("got {}", hex(&datagram)))?;
                    }
                }
                Some(Event::Down { why, .. }) => {
                    say(&format!("down {why}"))?;
                    link = None;
                }
                None => return Ok(()),
            },
            line = lines.recv() => match line {
                Some(line) => send(link.as_ref(), &line)?,
                None => {
                    client.close().await;
                    return Ok(());
                }
            },
        }
    }
}

fn send(link: Option<&Link>, line: &str) -> Result<(), Error> {
    let Some(bytes) = unhex(line) else { return say("unsent it is not hexadecimal") };
    match link.map(|link| link.send(Bytes::from(bytes))) {
        None => say("unsent there is no connection"),
        Some(Err(why)) => say(&format!("unsent {why}")),
        Some(Ok(())) => Ok(()),
    }
}

fn say(line: &str) -> Result<(), Error> {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.trim().as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
