//! Handshakes that are begun and left: there is room for others all the same.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use quinn::{Connecting, Endpoint};
use tunnel::limits::{HANDSHAKES, HANDSHAKES_PER_ADDRESS};

use crate::certificates::person;
use crate::client::{Client, Habits, config};
use crate::enforcement::everything;
use crate::server::{World, eventually};

/// The upper four bits of a Retry packet (RFC 9000 section 17.2.5).
const RETRY: u8 = 0xF0;

/// Carries an address' packets to the server, and of what comes back nothing but Retry: so its owner shows that the address is
/// its own, begins a handshake, and never goes on.
fn left_after_retry(address: [u8; 4], server: SocketAddr) -> SocketAddr {
    let inside = UdpSocket::bind("127.0.0.1:0").unwrap();
    let outside = UdpSocket::bind(SocketAddr::from((address, 0))).unwrap();
    let to = inside.local_addr().unwrap();
    let (back, there) = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
    let (said, client) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut packet = [0; 2_000];
        while let Ok((length, from)) = inside.recv_from(&mut packet) {
            let _ = said.send(from);
            let _ = there.send_to(&packet[..length], server);
        }
    });
    std::thread::spawn(move || {
        let (mut packet, client) = ([0; 2_000], client.recv().unwrap());
        while let Ok((length, _)) = outside.recv_from(&mut packet) {
            if packet[0] & RETRY == RETRY {
                let _ = back.send_to(&packet[..length], client);
            }
        }
    });
    to
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn as_many_as_may_be_under_way_shut_nobody_out() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(person("alice@example.com"));
    let habits = Habits::default();
    let each = HANDSHAKES_PER_ADDRESS.at_once as usize;
    let mut left: Vec<(Endpoint, Vec<Connecting>)> = Vec::new();
    for host in 1..=u8::try_from(HANDSHAKES / each + 2).unwrap() {
        let to = left_after_retry([127, 0, 2, host], server.address);
        let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let config = config(&world.ca, Some(&leaf), habits);
        let connect = |_| endpoint.connect_with(config.clone(), to, "localhost").unwrap();
        let connecting = (0..each).map(connect).collect();
        left.push((endpoint, connecting));
    }
    eventually(Duration::from_secs(10), || (server.drops("handshake-limit") > 0.0).then_some(()));
    let begin = Instant::now();
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    alice.say(&tunnel::wire::Message::Register("dns"));
    alice.is_refused("dns").await;
}
