//! A server process in a folder of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::certificates::{Ca, Leaf};

/// A folder that is removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("ztna-server-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let (path, new) = (self.0.join(name), self.0.join(format!("{name}.new")));
        fs::write(&new, content).unwrap();
        fs::rename(&new, &path).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Everything that a server needs: a CA, a certificate, keys, a folder.
pub struct World {
    pub folder: Folder,
    pub ca: Ca,
    pub own: Leaf,
    pub component: &'static str,
}

impl World {
    pub fn new() -> Self {
        let (folder, ca) = (Folder::new(), Ca::new("Test CA"));
        let own = ca.server();
        folder.write("cas.pem", &ca.pem);
        folder.write("tls.pem", &own.pem);
        let world = Self { folder, ca, own, component: "intermediate/one" };
        world.rotate(2, 1);
        world
    }

    /// Writes keys of two generations. Those of another world are others: its servers are nobody's second instance.
    pub fn rotate(&self, current: u8, previous: u8) {
        let own = tunnel::digest::Digest::of(&self.ca.der).to_string();
        self.folder.write("keys.json", keys(&own, current, previous));
    }

    pub fn enforce(&self, file: &Value) -> String {
        let bytes = file.to_string();
        self.folder.write("enforcement.json", &bytes);
        tunnel::digest::Digest::of(bytes.as_bytes()).to_string()
    }

    pub fn start(&self) -> Server {
        self.start_on(0, &[])
    }

    /// Starts the program; port 0 is any free one.
    pub fn start_on(&self, port: u16, flags: &[&str]) -> Server {
        Server::from(self.command(port, flags).spawn().unwrap())
    }

    /// What starts the program.
    pub fn command(&self, port: u16, flags: &[&str]) -> Command {
        let path = |name: &str| self.folder.0.join(name);
        let mut command = Command::new(crate::program());
        command
            .env_clear()
            .env("ZTNA_COMPONENT", self.component)
            .env("ZTNA_PORT", port.to_string())
            .env("ZTNA_HTTP", "127.0.0.1:0")
            .env("ZTNA_BIND", "127.0.0.1")
            .env("ZTNA_CLIENT_CAS", path("cas.pem"))
            .env("ZTNA_TLS", path("tls.pem"))
            .env("ZTNA_KEYS", path("keys.json"))
            .env("ZTNA_ENFORCEMENT", path("enforcement.json"))
            .env("ZTNA_ACCESS_LOG", path("access.log"))
            .env("ZTNA_INSTANCE", "test")
            .env("ZTNA_LOG", std::env::var("ZTNA_TEST_LOG").unwrap_or_else(|_| "info".into()))
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    pub fn access_log(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.0.join("access.log")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Keys of two generations, by the seconds when they were made.
fn keys(own: &str, current: u8, previous: u8) -> String {
    let generation = |made: u8| {
        let key = |kind: u8| format!("{made:02x}{kind:02x}{}", &own[..60]);
        format!(
            r#"{{"retry":"{}","reset":"{}","connectionId":"{}","created":{made}}}"#,
            key(1),
            key(2),
            key(3)
        )
    };
    format!(r#"{{"current":{},"previous":{}}}"#, generation(current), generation(previous))
}

/// A running server.
pub struct Server {
    child: Mutex<Child>,
    pub address: SocketAddr,
    pub http: SocketAddr,
}

impl From<Child> for Server {
    fn from(mut child: Child) -> Self {
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let (mut line, mut seen) = (String::new(), String::new());
        let listening = loop {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server does not start: {seen}");
            seen.push_str(&line);
            let value: Value = serde_json::from_str(&line).unwrap_or_default();
            if value["message"] == "listening" {
                break value;
            }
        };
        // What is logged later must not fill the pipe.
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                if std::env::var_os("ZTNA_TEST_LOG").is_some() {
                    eprintln!("{line}");
                }
            }
        });
        let addresses = listening["addresses"].as_str().unwrap();
        let addresses = addresses.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap();
        let http = listening["http"].as_str().unwrap().parse().unwrap();
        Self { child: Mutex::new(child), address: addresses.parse().unwrap(), http }
    }
}

impl Server {
    pub fn signal(&self, name: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Waits until it ended.
    pub fn ended(&self, within: Duration) -> ExitStatus {
        eventually(within, || self.child.lock().unwrap().try_wait().unwrap())
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.http).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer[9..12].parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
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
        self.metric(&format!("ztna_drops_total{{reason=\"{reason}\"}}"))
    }

    /// Waits until this file is in force.
    pub fn applied(&self, digest: &str) {
        eventually(Duration::from_secs(5), || (self.json("/applied")["digest"] == digest).then_some(()));
    }
}

impl Drop for Server {
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

/// A path of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
