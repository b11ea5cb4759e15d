//! UDP and ICMP echo.

use tokio::net::UdpSocket;

use crate::packets::{EVERYBODY, echo, read, udp};
use crate::world::{DNS, begin};

const NOWHERE: &str = "127.0.0.1:1";
const ME: (std::net::Ipv4Addr, u16) = (EVERYBODY, 4000);

/// A backend that answers each datagram with itself, twice.
async fn twice() -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut buffer = [0; 4000];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let _ = socket.send_to(&buffer[..length], from).await;
            let _ = socket.send_to(&buffer[..length], from).await;
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_come_from_the_virtual_address() {
    let world = begin(NOWHERE, &twice().await);
    let alice = world.alice().await;
    for length in [0, 1, 512, 1_200, 1_260] {
        let data = vec![length as u8; length];
        alice.to_service("dns", &udp(ME, (DNS, 53), &data));
        for _ in 0..2 {
            let answer = read(&alice.next().await);
            assert_eq!((answer.from, answer.to), ((DNS, 53), ME));
            assert_eq!(answer.data, data);
        }
    }
    assert_eq!(world.connector.json("/figures")["flows"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_for_the_tunnel_does_not_arrive_in_part() {
    let large = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let world = begin(NOWHERE, &large.local_addr().unwrap().to_string());
    let alice = world.alice().await;
    alice.to_service("dns", &udp(ME, (DNS, 53), b"?"));
    let (_, from) = large.recv_from(&mut [0; 10]).await.unwrap();
    large.send_to(&[0; 3_000], from).await.unwrap();
    large.send_to(b"small", from).await.unwrap();
    assert_eq!(read(&alice.next().await).data, b"small");
    assert_eq!(world.connector.drops("packet-too-large"), 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_port_is_told_as_such() {
    let world = begin(NOWHERE, NOWHERE);
    let alice = world.alice().await;
    alice.to_service("dns", &udp(ME, (DNS, 53), b"?"));
    let told = read(&alice.next().await);
    assert_eq!((told.icmp(), told.from.0), ((3, 3), DNS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_echo_is_answered() {
    let world = begin(NOWHERE, NOWHERE);
    let alice = world.alice().await;
    alice.to_service("dns", &echo(EVERYBODY, DNS, 8, 77));
    let pong = read(&alice.next().await);
    assert_eq!((pong.icmp(), pong.from.0, pong.to.0), ((0, 0), DNS, EVERYBODY));
}
