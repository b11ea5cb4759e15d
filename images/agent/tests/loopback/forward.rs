//! `agent forward`: begins and stays whatever policy says, and never makes an end of file of a cut.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::agent::PATIENCE;
use crate::world::{Company, everything, grant, rules};

fn dial(local: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(local).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends bytes and an end, and reads to the end.
fn echo(local: SocketAddr, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut socket = dial(local);
    let mut sending = socket.try_clone().unwrap();
    let own = bytes.to_vec();
    let writer =
        std::thread::spawn(move || sending.write_all(&own).and_then(|()| sending.shutdown(Shutdown::Write)));
    let mut answer = Vec::new();
    let read = socket.read_to_end(&mut answer);
    let _ = writer.join().unwrap();
    read.map(|_| answer)
}

fn is_reset(read: std::io::Result<Vec<u8>>) {
    let kind = read.map_err(|fault| fault.kind());
    assert!(
        matches!(kind, Err(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)),
        "expected a reset, found {kind:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_and_ends_go_both_ways() {
    let company = Company::new(&everything());
    let _connector = company.connector().await;
    let (running, local) = company.alice().forward("web", 8080);
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| (number * 7 / 3) as u8).collect();
    let answer = tokio::task::spawn_blocking(move || echo(local, &bytes).map(|answer| answer == bytes));
    assert!(answer.await.unwrap().unwrap(), "the same bytes come back");
    running.signal("TERM");
    assert_eq!(running.ended(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn denials_are_resets_with_words_and_each_connection_is_tried_anew() {
    let company = Company::new(&rules(vec![]));
    let _connector = company.connector().await;
    let (running, local) = company.alice().forward("web", 8080);
    is_reset(tokio::task::spawn_blocking(move || echo(local, b"hello")).await.unwrap());
    running.says_text("web port 8080 is denied: no policy allows it at this time");
    company.enforce(&everything());
    let answer = tokio::task::spawn_blocking(move || echo(local, b"hello")).await.unwrap();
    assert_eq!(answer.unwrap(), b"hello");
    // In the middle of a flow: cut within a second, and never an end of file.
    let mut socket = dial(local);
    let mut byte = [0];
    socket.write_all(b"a").unwrap();
    socket.read_exact(&mut byte).unwrap();
    let begin = Instant::now();
    company.enforce(&rules(vec![grant("dns", 53)]));
    let read = socket.read(&mut byte).map_err(|fault| fault.kind());
    assert_eq!(read, Err(ErrorKind::ConnectionReset));
    assert!(begin.elapsed() < Duration::from_millis(1500), "{:?}", begin.elapsed());
}

/// The server's reset and its closing of the connection go together, and the reset may be lost: each time the flow ends here too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_revoked_is_cut_in_the_middle_of_a_flow() {
    let company = Company::new(&everything());
    let _connector = company.connector().await;
    let (_running, local) = company.alice().forward("web", 8080);
    let mut revoked = everything();
    revoked["intermediate"]["revokedPrincipals"] = json!(["alice@example.com"]);
    let mut socket = dial(local);
    let mut byte = [0];
    socket.write_all(b"a").unwrap();
    socket.read_exact(&mut byte).unwrap();
    let begin = Instant::now();
    company.enforce(&revoked);
    let read = socket.read(&mut byte).map_err(|fault| fault.kind());
    assert_eq!(read, Err(ErrorKind::ConnectionReset));
    assert!(begin.elapsed() < Duration::from_millis(1500), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_is_down_is_a_reset() {
    let company = Company::new(&everything());
    let _connector = company.connector().await;
    let (running, local) = company.alice().forward("web", 8081);
    is_reset(tokio::task::spawn_blocking(move || echo(local, b"hello")).await.unwrap());
    running.says_text("the backend refuses the connection");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_begins_without_a_server_and_flows_go_on_when_the_server_is_back() {
    let company = Company::new(&everything());
    let mut connector = company.connector().await;
    let port = company.server.address.port();
    company.server.kill();
    let (running, local) = company.alice().forward("web", 8080);
    running.says_text("not connected");
    let first = company.world.start_on(port, &[]);
    connector.serves(6).await;
    running.says_text("connected");
    let mut socket = dial(local);
    let mut byte = [0];
    socket.write_all(b"a").unwrap();
    socket.read_exact(&mut byte).unwrap();
    first.kill();
    let _second = company.world.start_on(port, &[]);
    let back = Instant::now();
    socket.write_all(b"b").unwrap();
    socket.read_exact(&mut byte).unwrap();
    assert_eq!(byte, *b"b");
    assert!(back.elapsed() < Duration::from_secs(8), "{:?}", back.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn udp_senders_are_told_apart() {
    let company = Company::new(&everything());
    let _connector = company.connector().await;
    let (_running, local) = company.alice().forward("dns", 53);
    let sender = || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        socket.connect(local).unwrap();
        socket
    };
    let ask = |socket: &UdpSocket, text: &[u8]| {
        let mut answer = [0; 2000];
        for _ in 0..10 {
            socket.send(text).unwrap();
            if let Ok(length) = socket.recv(&mut answer) {
                return answer[..length].to_vec();
            }
        }
        panic!("no answer");
    };
    let (one, two) = (sender(), sender());
    assert_eq!(ask(&one, b"first"), b"first");
    assert_eq!(ask(&two, b"second"), b"second");
    assert_eq!(ask(&one, &[7; 1250]), [7; 1250]);
    one.send(&[7; 1400]).unwrap();
    assert_eq!(ask(&one, b"after one that is too large"), b"after one that is too large");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_the_agent_is_a_reset_too() {
    let company = Company::new(&everything());
    let _connector = company.connector().await;
    for signal in ["TERM", "KILL"] {
        let (running, local) = company.alice().forward("web", 8080);
        let mut socket = dial(local);
        let mut byte = [0];
        socket.write_all(b"a").unwrap();
        socket.read_exact(&mut byte).unwrap();
        running.signal(signal);
        let read = socket.read(&mut byte).map_err(|fault| fault.kind());
        assert_eq!(read, Err(ErrorKind::ConnectionReset), "{signal}");
    }
}

/// Whose certificate was refused waits for fifteen seconds at least.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hang_up_lets_it_try_at_once() {
    let company = Company::new(&everything());
    let mut revoked = everything();
    revoked["intermediate"]["revokedPrincipals"] = json!(["alice@example.com"]);
    company.enforce(&revoked);
    let (running, _) = company.alice().forward("web", 8080);
    running.says_text("not connected");
    company.enforce(&everything());
    let begin = Instant::now();
    running.signal("HUP");
    running.says(|line| line["message"] == "connected");
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
}
