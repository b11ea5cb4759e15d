//! `agent up` in a network namespace of its own, which has no other way to the services.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use crate::certificates::connector;
use crate::connector::Connector;
use crate::server::World;
use crate::world::{Company, everything};

/// What runs in the namespace; it prints nothing unless something is wrong.
const SCRIPT: &str = include_str!("up.py");

/// A connection from the inner address that was said.
const OTHER_ADDRESS: &str = "
import socket, time
for _ in range(50):
    try:
        sock = socket.create_connection(('10.100.0.2', 8080), timeout=20)
        break
    except OSError:
        time.sleep(0.2)
assert sock.getsockname()[0] == '100.64.7.7', sock.getsockname()
sock.sendall(b'here')
assert sock.recv(4) == b'here'
";

/// A namespace with one address, and this machine's address towards it.
struct Namespace {
    name: String,
    here: Ipv4Addr,
}

fn ip(words: &str) -> bool {
    let quiet =
        Command::new("ip").args(words.split(' ')).stderr(Stdio::null()).stdout(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

impl Namespace {
    /// None where this machine does not let us make one.
    fn new() -> Option<Self> {
        let number = std::process::id() % 250 + 1;
        let this =
            Self { name: format!("ztna-agent-{number}"), here: Ipv4Addr::new(10, 99, number as u8, 1) };
        let (name, veth) = (&this.name, format!("ztag{number}"));
        let made = std::fs::exists("/dev/net/tun").unwrap_or(false)
            && ip(&format!("netns add {name}"))
            && ip(&format!("link add {veth} type veth peer name outer netns {name}"))
            && ip(&format!("addr add {}/24 dev {veth}", this.here))
            && ip(&format!("link set {veth} up"))
            && ip(&format!("-n {name} addr add 10.99.{number}.2/24 dev outer"))
            && ip(&format!("-n {name} link set lo up"))
            && ip(&format!("-n {name} link set outer up"));
        made.then_some(this)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        ip(&format!("netns del {}", self.name));
    }
}

/// Where everything is expected to be there, what is not is a failure.
fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "skipped: {why}");
    eprintln!("skipped: {why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_machine_reaches_what_policy_allows_and_nothing_else() {
    let Some(namespace) = Namespace::new() else {
        return skip("network namespaces, veth and TUN need root and iproute2");
    };
    let world = World::new();
    let digest = world.enforce(&everything());
    let server = world.start_on(0, &["--bind", &namespace.here.to_string()]);
    server.applied(&digest);
    let leaf = world.ca.client(connector("connector.home.ztna"));
    let company = Company { world, server };
    let address: SocketAddr = company.server.address;
    let _connector = Connector::start(address, &company.world.ca, &leaf).await;
    let running = company.alice().inside(&namespace.name).start(&["up", "--tun", "ztna-test0"]);
    running.says(|line| line["message"] == "up");
    let mut script = Command::new("ip");
    let script = script.args(["netns", "exec", &namespace.name, "python3", "-c", SCRIPT]).output().unwrap();
    let said = String::from_utf8_lossy(&script.stderr);
    assert!(script.status.success(), "{said}");
    running.signal("TERM");
    assert_eq!(running.ended(), 0);
    assert!(!ip(&format!("-n {} link show ztna-test0", namespace.name)), "the device goes with the program");
    // The same with another inner address.
    let words = ["up", "--tun", "ztna-test1", "--address", "100.64.7.7"];
    let _running = company.alice().inside(&namespace.name).start(&words);
    let mut script = Command::new("ip");
    let script =
        script.args(["netns", "exec", &namespace.name, "python3", "-c", OTHER_ADDRESS]).output().unwrap();
    assert!(script.status.success(), "{}", String::from_utf8_lossy(&script.stderr));
}
