//! The access log: a JSON line for each flow that ended, `schemas/access-log.schema.json`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde::Serialize;
use tunnel::identity::Device;
use tunnel::packet::protocol;
use tunnel::time::Instant;

use crate::relay::{Denial, End, EndedFlow, Who};

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

static NO_DEVICE: Device = Device::new();

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
    #[serde(skip_serializing_if = "Option::is_none")]
    connector: Option<&'a str>,
    bytes_in: u64,
    bytes_out: u64,
    start: String,
    end: String,
    why: &'a str,
}

impl Default for Line<'_> {
    fn default() -> Self {
        Self {
            environment: "",
            component: "",
            instance: "",
            principal: None,
            fingerprint: None,
            source: String::new(),
            device: &NO_DEVICE,
            service: "",
            protocol: "",
            port: None,
            connector: None,
            bytes_in: 0,
            bytes_out: 0,
            start: String::new(),
            end: String::new(),
            why: "",
        }
    }
}

impl Writer {
    /// The line of a flow that ended.
    pub fn flow(&self, environment: &str, flow: &EndedFlow) -> String {
        let line = self.line(environment, &flow.who, flow.source);
        to_text(&Line {
            service: &flow.service,
            protocol: name_of(flow.protocol),
            port: flow.port,
            // A conversation that no connector knew was with none of them.
            connector: Some(&*flow.connector).filter(|name| !name.is_empty()),
            bytes_in: flow.bytes_in,
            bytes_out: flow.bytes_out,
            start: text(flow.begin),
            end: text(flow.end),
            why: why(flow.why),
            ..line
        })
    }

    /// The line of something denied; none for what passed.
    pub fn denial(&self, environment: &str, denial: &Denial) -> Option<String> {
        let line = self.line(environment, &denial.who, denial.source);
        Some(to_text(&Line {
            service: &denial.service,
            protocol: name_of(denial.protocol),
            port: denial.port,
            bytes_in: u64::from(denial.length),
            start: text(denial.at),
            end: text(denial.at),
            why: denial.reason?.name(),
            ..line
        }))
    }

    fn line<'a>(&'a self, environment: &'a str, who: &'a Who, source: SocketAddr) -> Line<'a> {
        Line {
            environment,
            component: &self.component,
            instance: &self.instance,
            principal: who.principal.as_deref(),
            fingerprint: who.fingerprint.map(|digest| digest.to_string()),
            source: SocketAddr::new(source.ip().to_canonical(), source.port()).to_string(),
            device: &who.device,
            ..Line::default()
        }
    }
}

fn to_text(line: &Line<'_>) -> String {
    serde_json::to_string(line).unwrap_or_default()
}

/// An instant to the millisecond, as the schema has it.
fn text(instant: Instant) -> String {
    Instant::from_micros(instant.as_micros().div_euclid(1000) * 1000).to_string()
}

fn name_of(number: u8) -> &'static str {
    match number {
        protocol::TCP => "tcp",
        protocol::UDP => "udp",
        _ => "icmp",
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

/// Lines that may wait for a slow disk: 32 MB. More are lost and counted, since memory would be gone before long.
const WAITING: usize = 65_536;

/// Where lines go: to a thread of their own, so that a slow disk delays no datagram.
#[derive(Clone, Debug)]
pub struct AccessLog {
    orders: Sender<Order>,
    backlog: Arc<Backlog>,
}

/// What the writing thread is behind with.
#[derive(Debug, Default)]
struct Backlog {
    waiting: AtomicUsize,
    lost: AtomicU64,
}

impl Backlog {
    /// Whether one line more may wait; else it is lost.
    fn enter(&self) -> bool {
        let has_room = self.waiting.load(Ordering::Relaxed) < WAITING;
        if has_room {
            self.waiting.fetch_add(1, Ordering::Relaxed);
        } else {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }

    fn leave(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// Says how many lines were lost since it was said last.
    fn report(&self) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::error!(lost, "lines of the access log are lost: flows end faster than they are written");
        }
    }
}

impl AccessLog {
    /// Opens the file for appending; none is the standard output.
    pub fn open(path: Option<PathBuf>) -> io::Result<Self> {
        let first = open(path.as_ref())?;
        let (orders, received) = channel();
        let backlog = Arc::new(Backlog::default());
        let behind = Arc::clone(&backlog);
        std::thread::Builder::new()
            .name("access-log".into())
            .spawn(move || write(path.as_ref(), first, &received, &behind))?;
        Ok(Self { orders, backlog })
    }

    /// Writes a line.
    pub fn line(&self, line: String) {
        if self.backlog.enter() {
            let _ = self.orders.send(Order::Line(line));
        }
    }

    /// Opens the file anew, after it was moved away.
    pub fn reopen(&self) {
        let _ = self.orders.send(Order::Reopen);
    }

    /// Returns when all lines are written.
    pub fn close(&self) {
        let (done, wait) = channel();
        let _ = self.orders.send(Order::Close(done));
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

fn write(
    path: Option<&PathBuf>,
    mut to: BufWriter<Box<dyn Write + Send>>,
    orders: &Receiver<Order>,
    backlog: &Backlog,
) {
    let report = |result: io::Result<()>| {
        if let Err(error) = result {
            tracing::error!(%error, "the access log cannot be written");
        }
    };
    let mut flushed = std::time::Instant::now();
    loop {
        if flushed.elapsed() >= FLUSH {
            report(to.flush());
            backlog.report();
            flushed = std::time::Instant::now();
        }
        match orders.recv_timeout(FLUSH) {
            Ok(Order::Line(line)) => {
                backlog.leave();
                report(writeln!(to, "{line}"));
            }
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
