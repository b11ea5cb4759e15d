//! The access log: a JSON line for each flow that ended, `schemas/access-log.schema.json`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde::Serialize;
use tunnel::identity::Device;
use tunnel::packet::protocol;

use crate::relay::{End, EndedFlow};

/// A line is in the file after this time at the latest.
const FLUSH: Duration = Duration::from_millis(200);

/// Who writes, for each line.
#[derive(Clone, Debug)]
pub struct Writer {
    /// Our component.
    pub component: String,
    /// Our instance.
    pub instance: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    environment: &'a str,
    component: &'a str,
    instance: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    source: String,
    device: &'a Device,
    service: &'a str,
    protocol: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    connector: &'a str,
    bytes_in: u64,
    bytes_out: u64,
    start: String,
    end: String,
    why: &'a str,
}

impl Writer {
    /// The line of one flow.
    pub fn line(&self, environment: &str, flow: &EndedFlow) -> String {
        let line = Line {
            environment,
            component: &self.component,
            instance: &self.instance,
            principal: flow.who.principal.as_deref(),
            fingerprint: flow.who.fingerprint.map(|digest| digest.to_string()),
            source: std::net::SocketAddr::new(flow.source.ip().to_canonical(), flow.source.port()).to_string(),
            device: &flow.who.device,
            service: &flow.service,
            protocol: match flow.protocol {
                protocol::TCP => "tcp",
                protocol::UDP => "udp",
                _ => "icmp",
            },
            port: flow.port,
            connector: &flow.connector,
            bytes_in: flow.bytes_in,
            bytes_out: flow.bytes_out,
            start: flow.begin.to_string(),
            end: flow.end.to_string(),
            why: why(flow.why),
        };
        serde_json::to_string(&line).unwrap_or_default()
    }
}

/// Why a flow ended, in the schema's words.
fn why(end: End) -> &'static str {
    match end {
        End::Finished => "finished",
        End::Idle => "idle",
        End::Cut(reason) => reason.name(),
        End::ConnectorGone => "connector-gone",
        End::AgentGone => "agent-gone",
        End::GoingAway => "going-away",
    }
}

/// What the writing thread is told.
enum Order {
    Line(String),
    Reopen,
    Close(Sender<()>),
}

/// Where lines go: to a thread of their own, so that a slow disk delays no datagram.
#[derive(Clone, Debug)]
pub struct AccessLog(Sender<Order>);

impl AccessLog {
    /// Opens the file for appending; none is the standard output.
    pub fn open(path: Option<PathBuf>) -> io::Result<Self> {
        let first = open(path.as_ref())?;
        let (orders, received) = channel();
        std::thread::Builder::new().name("access-log".into()).spawn(move || write(path.as_ref(), first, &received))?;
        Ok(Self(orders))
    }

    /// Writes a line.
    pub fn line(&self, line: String) {
        let _ = self.0.send(Order::Line(line));
    }

    /// Opens the file anew, after it was moved away.
    pub fn reopen(&self) {
        let _ = self.0.send(Order::Reopen);
    }

    /// Returns when all lines are written.
    pub fn close(&self) {
        let (done, wait) = channel();
        let _ = self.0.send(Order::Close(done));
        let _ = wait.recv_timeout(Duration::from_secs(1));
    }
}

fn open(path: Option<&PathBuf>) -> io::Result<BufWriter<Box<dyn Write + Send>>> {
    let to: Box<dyn Write + Send> = match path {
        Some(path) => Box::new(append(path)?),
        None => Box::new(io::stdout()),
    };
    Ok(BufWriter::new(to))
}

fn append(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn write(path: Option<&PathBuf>, mut to: BufWriter<Box<dyn Write + Send>>, orders: &Receiver<Order>) {
    let report = |result: io::Result<()>| {
        if let Err(error) = result {
            tracing::error!(%error, "the access log cannot be written");
        }
    };
    let mut flushed = Instant::now();
    loop {
        if flushed.elapsed() >= FLUSH {
            report(to.flush());
            flushed = Instant::now();
        }
        match orders.recv_timeout(FLUSH) {
            Ok(Order::Line(line)) => report(writeln!(to, "{line}")),
            Ok(Order::Reopen) => {
                report(to.flush());
                match open(path) {
                    Ok(new) => to = new,
                    Err(error) => report(Err(error)),
                }
            }
            Ok(Order::Close(done)) => {
                report(to.flush());
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return report(to.flush()),
        }
    }
}
