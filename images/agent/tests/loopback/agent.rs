//! The program under test.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

/// How long something may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What an agent is given.
pub struct Agent {
    pub config: PathBuf,
    pub tls: PathBuf,
    cas: PathBuf,
    namespace: Option<String>,
}

/// An agent that runs on.
pub struct Running {
    child: Child,
    lines: mpsc::Receiver<Value>,
}

impl Agent {
    pub fn new(config: PathBuf, tls: PathBuf, cas: PathBuf) -> Self {
        Self { config, tls, cas, namespace: None }
    }

    /// The same in a network namespace.
    pub fn inside(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_agent");
        let mut command = match &self.namespace {
            None => Command::new(program),
            Some(name) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", name, program]);
                command
            }
        };
        command
            .env("ZTNA_CONFIG", &self.config)
            .env("ZTNA_TLS", &self.tls)
            .env("ZTNA_SERVER_CAS", &self.cas)
            .args(words);
        command
    }

    /// Runs it to its end: exit code, and what it says.
    pub fn run(&self, words: &[&str]) -> (i32, String) {
        let Output { status, stderr, .. } = self.command(words).output().unwrap();
        (status.code().unwrap(), String::from_utf8(stderr).unwrap().trim().to_owned())
    }

    pub fn probe(&self, service: &str, port: u16) -> (i32, String) {
        self.run(&["probe", service, &port.to_string()])
    }

    /// Starts it; its log is read meanwhile.
    pub fn start(&self, words: &[&str]) -> Running {
        let mut child =
            self.command(words).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().expect("the agent");
        let log = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if std::env::var_os("ZTNA_TEST_LOG").is_some() {
                    eprintln!("{line}");
                }
                let _ = sender.send(serde_json::from_str(&line).unwrap_or(Value::String(line)));
            }
        });
        Running { child, lines }
    }

    /// Starts forwarding to a port of a service; where it listens.
    pub fn forward(&self, service: &str, port: u16) -> (Running, SocketAddr) {
        let running = self.start(&["forward", &format!("0:{service}:{port}")]);
        let line = running.says(|line| line["message"] == "listening");
        let local = line["local"].as_str().unwrap().parse().unwrap();
        (running, local)
    }
}

impl Running {
    /// The next line of its log that is meant.
    pub fn says(&self, is_meant: impl Fn(&Value) -> bool) -> Value {
        let end = std::time::Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(std::time::Instant::now());
            let line = self.lines.recv_timeout(left).expect("a line of the log");
            if is_meant(&line) {
                return line;
            }
        }
    }

    pub fn says_text(&self, text: &str) -> Value {
        self.says(|line| line["message"].as_str().is_some_and(|message| message.contains(text)))
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    pub fn ended(mut self) -> i32 {
        crate::server::eventually(PATIENCE, || self.child.try_wait().unwrap()).code().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
