//! A program that runs, and is gone at the end of its test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The program under test.
pub const CONNECTOR: &str = env!("CARGO_BIN_EXE_app-connector");

/// The intermediate: beside the program under test, where a build of the whole workspace puts it; else built now.
pub fn intermediate() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let path = PathBuf::from(CONNECTOR).with_file_name("intermediate-server");
    let build = || {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--locked", "--package", "intermediate-server", "--manifest-path"]);
        assert!(path.exists() || cargo.arg(manifest).status().unwrap().success());
        path
    };
    BUILT.get_or_init(build).clone()
}

pub struct Process {
    child: Mutex<Child>,
    /// What it logged when it began.
    pub listening: Value,
    pub http: SocketAddr,
}

impl Process {
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let (mut line, mut seen) = (String::new(), String::new());
        let listening = loop {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it does not start: {seen}");
            seen.push_str(&line);
            let value: Value = serde_json::from_str(&line).unwrap_or_default();
            if value["message"] == "listening" {
                break value;
            }
        };
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if std::env::var_os("ZTNA_TEST_LOG").is_some() {
                    eprintln!("{line}");
                }
            }
        });
        let http = listening["http"].as_str().unwrap().parse().unwrap();
        Self { child: Mutex::new(child), listening, http }
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub fn ended(&self, within: Duration) -> ExitStatus {
        eventually(within, || self.child.lock().unwrap().try_wait().unwrap())
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.http).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer[9..12].parse().unwrap(), answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).1).unwrap()
    }

    /// The value of a metric, by its name with labels.
    pub fn metric(&self, name: &str) -> f64 {
        let text = self.get("/metrics").1;
        let line =
            text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
        line.unwrap_or_else(|| panic!("no {name} in\n{text}")).rsplit(' ').next().unwrap().parse().unwrap()
    }

    pub fn drops(&self, reason: &str) -> f64 {
        self.metric(&format!("ztna_connector_drops_total{{reason=\"{reason}\"}}"))
    }

    pub fn is_ready(&self) {
        eventually(Duration::from_secs(15), || (self.get("/readyz").0 == 200).then_some(()));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Asks until there is an answer.
pub fn eventually<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begin.elapsed() < within, "nothing within {within:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
