//! Two hosts joined by tasks, and splices to real sockets.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(missing_docs, reason = "tests are documented by their names")]

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use stack::host::{Flow, Host};
use stack::splice::{Ended, splice};
use stack::{Cut, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const MTU: usize = 1300;
const CLIENT: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
const WEB: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 100, 0, 2), 8080);

/// Two hosts that hand each other what they send.
fn joined() -> [Arc<Host>; 2] {
    let hosts = [1, 2].map(|seed| Host::new(Settings::new(seed)));
    for (from, to) in [(0, 1), (1, 0)] {
        let (from, to) = (Arc::clone(&hosts[from]), Arc::clone(&hosts[to]));
        tokio::spawn(async move {
            loop {
                let packets = from.packets(0, 16 * 1024).await;
                to.receive(0, packets.iter().map(Vec::as_slice), |reason| panic!("{reason}"));
            }
        });
    }
    for host in &hosts {
        let host = Arc::clone(host);
        tokio::spawn(async move { host.run().await });
    }
    hosts
}

/// A socket of the kernel, and one at the far end of a flow whose other end is joined to it.
async fn through(hosts: &[Arc<Host>; 2]) -> (TcpStream, TcpStream, tokio::task::JoinHandle<Ended>) {
    let flow = hosts[0].connect(0, CLIENT, WEB, MTU).unwrap();
    let incoming = hosts[1].incoming().await;
    let far = incoming.accept(MTU).unwrap();
    flow.opened().await.unwrap();
    let (near_socket, near_task) = joined_to(flow).await;
    let (far_socket, _) = joined_to(far).await;
    (near_socket, far_socket, near_task)
}

async fn joined_to(flow: Flow) -> (TcpStream, tokio::task::JoinHandle<Ended>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (inner, _) = listener.accept().await.unwrap();
    (socket, tokio::spawn(splice(flow, inner)))
}

async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it hangs")
}

#[tokio::test]
async fn bytes_and_half_closes_pass_both_ways() {
    let hosts = joined();
    let (mut near, mut far, task) = within(through(&hosts)).await;
    let sent: Vec<u8> = (0..1_000_000u32).map(|index| (index * 7) as u8 ^ (index >> 11) as u8).collect();
    let (mut there, mut back) = (Vec::new(), Vec::new());
    within(async {
        let (write, read) = tokio::join!(
            async {
                near.write_all(&sent).await.unwrap();
                near.shutdown().await.unwrap();
            },
            far.read_to_end(&mut there)
        );
        let ((), _) = (write, read.unwrap());
        // Its own end was said: the answer still passes.
        let ((), read) = tokio::join!(
            async {
                far.write_all(&sent).await.unwrap();
                far.shutdown().await.unwrap();
            },
            near.read_to_end(&mut back)
        );
        read.unwrap();
    })
    .await;
    assert!(there == sent && back == sent);
    assert!(matches!(within(task).await.unwrap(), Ended::Finished));
    within(async {
        while hosts.iter().any(|host| !host.is_empty()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_socket_that_is_reset_resets_the_far_one() {
    let hosts = joined();
    let (near, mut far, task) = within(through(&hosts)).await;
    stack::splice::reset(&near);
    drop(near);
    let end = within(far.read(&mut [0; 10])).await;
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert!(matches!(within(task).await.unwrap(), Ended::Failed(_)));
    assert!(hosts[0].is_empty());
}

#[tokio::test]
async fn a_slow_reader_slows_the_writer() {
    let hosts = joined();
    let (near, mut far, _task) = within(through(&hosts)).await;
    let mut written = 0;
    let chunk = vec![7; 64 * 1024];
    // Nobody reads: what fits is what all buffers on the way hold.
    while let Ok(Ok(())) = tokio::time::timeout(Duration::from_millis(500), near.writable()).await {
        written += near.try_write(&chunk).unwrap_or(0);
        assert!(written < 64 << 20, "nothing slows it");
    }
    let mut read = 0;
    while read < written {
        read += within(far.read(&mut vec![0; 64 * 1024])).await.unwrap();
    }
    assert_eq!(read, written);
}

#[tokio::test]
async fn who_is_refused_hears_it() {
    let hosts = joined();
    let flow = hosts[0].connect(0, CLIENT, WEB, MTU).unwrap();
    drop(within(hosts[1].incoming()).await);
    assert_eq!(within(flow.opened()).await, Err(Cut::Refused));
}
