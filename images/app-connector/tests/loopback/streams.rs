//! TCP: bytes, half-closes, refusals, resets, the PROXY protocol.

use std::time::{Duration, Instant};

use stack::Cut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tunnel::digest::Digest;

use crate::agent::{Agent, read_to_end, within};
use crate::world::{WEB, begin, begin_with, service, start_intermediate};

const NOWHERE: &str = "127.0.0.1:1";

/// A backend that answers each connection with this.
async fn backend<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    address
}

async fn echo() -> String {
    backend(async |mut stream| {
        let (mut read, mut write) = stream.split();
        let _ = tokio::io::copy(&mut read, &mut write).await;
    })
    .await
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(next).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_megabyte_goes_there_and_back() {
    let world = begin(&echo().await, NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    let sent = noise(1_000_000);
    let write = async {
        flow.write_all(&sent).await.unwrap();
        flow.finish();
    };
    let ((), back) = within(async { tokio::join!(write, read_to_end(&flow)) }).await;
    assert_eq!(Digest::of(&back.unwrap()), Digest::of(&sent));
    drop(flow);
    assert_eq!(world.connector.metric("ztna_connector_tcp_sessions_total"), 1.0);
    assert_eq!(world.connector.metric("ztna_connector_tcp_errors_total"), 0.0);
    assert!(world.connector.metric("ztna_connector_forwarded_bytes_total") > 2_000_000.0);
    let figures = world.connector.json("/figures");
    assert_eq!((&figures["connections"], &figures["flows"]), (&1.into(), &0.into()), "no slot is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_closed_flow_goes_on_the_other_way() {
    let answering = backend(async |mut stream| {
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream.write_all(&noise(300_000)).await.unwrap();
        stream.write_all(&all).await.unwrap();
    });
    let world = begin(&answering.await, NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    within(flow.write_all(b"question")).await.unwrap();
    flow.finish();
    let all = within(read_to_end(&flow)).await.unwrap();
    assert_eq!((all.len(), &all[300_000..]), (300_008, &b"question"[..]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_is_down_is_a_refusal() {
    let world = begin(NOWHERE, NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let begin = Instant::now();
    assert_eq!(agent.connect().await.err(), Some(Cut::Refused));
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert_eq!(world.connector.drops("backend-unreachable"), 1.0);
    assert_eq!(world.connector.metric("ztna_connector_tcp_errors_total"), 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_resolved_and_its_addresses_are_tried() {
    // `localhost` is ::1 too, where nobody listens.
    let port = echo().await.rsplit(':').next().unwrap().to_owned();
    let world = begin(&format!("localhost:{port}"), NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    within(flow.write_all(b"hello")).await.unwrap();
    flow.finish();
    assert_eq!(within(read_to_end(&flow)).await.unwrap(), b"hello");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_of_either_side_is_one_at_the_other() {
    let resetting = backend(async |mut stream| {
        stream.read_exact(&mut [0]).await.unwrap();
        stack::splice::reset(&stream);
    });
    let world = begin(&resetting.await, NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    within(flow.write_all(b"x")).await.unwrap();
    assert_eq!(within(read_to_end(&flow)).await, Err(Cut::Reset));

    let (told, mut hears) = tokio::sync::mpsc::channel(1);
    let waiting = backend(move |mut stream| {
        let told = told.clone();
        async move {
            let read = stream.read(&mut [0]).await;
            told.send(read.map_err(|error| error.kind())).await.unwrap();
        }
    });
    world.serve(&[service("web", "tcp", 8080, WEB, &waiting.await)]);
    let flow = agent.connect().await.unwrap();
    drop(flow);
    assert_eq!(within(hears.recv()).await.unwrap(), Err(std::io::ErrorKind::ConnectionReset));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_taken_away_is_cut_at_both_ends_within_a_second() {
    let (told, mut hears) = tokio::sync::mpsc::channel(1);
    let waiting = backend(move |mut stream| {
        let told = told.clone();
        async move {
            let read = stream.read(&mut [0]).await;
            told.send(read.map_err(|error| error.kind())).await.unwrap();
        }
    });
    let world = begin(&waiting.await, NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    let begin = Instant::now();
    world.serve(&[]);
    assert_eq!(within(flow.cut()).await, Cut::Reset);
    assert_eq!(within(hears.recv()).await.unwrap(), Err(std::io::ErrorKind::ConnectionReset));
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_backend_reads_who_it_is_before_anything_else() {
    let (told, mut hears) = tokio::sync::mpsc::channel(1);
    let reading = backend(move |mut stream| {
        let told = told.clone();
        async move {
            let mut all = Vec::new();
            stream.read_to_end(&mut all).await.unwrap();
            told.send(all).await.unwrap();
        }
    });
    let mut web = service("web", "tcp", 8080, WEB, &reading.await);
    web["proxyProtocol"] = true.into();
    let world = begin_with(&[web]);
    let leaf = world.ca.client(crate::certificates::person("alice@example.com"));
    let to = ([127, 0, 0, 1], world.port).into();
    let alice = crate::client::Client::connect(to, &world.ca, Some(&leaf)).await;
    alice.registers("web").await;
    let own = alice.endpoint.local_addr().unwrap().port();
    let agent = Agent::new(&alice);
    let flow = agent.connect().await.unwrap();
    within(flow.write_all(b"hello")).await.unwrap();
    flow.finish();
    let all = within(hears.recv()).await.unwrap();
    assert_eq!(&all[..14], b"\r\n\r\n\0\r\nQUIT\n\x21\x11");
    assert_eq!(all[16..24], [127, 0, 0, 1, 10, 100, 0, 2]);
    assert_eq!(all[24..28], [own.to_be_bytes(), 8080u16.to_be_bytes()].concat());
    assert_eq!(&all[28..], [b"\xE0\x00\x11alice@example.com".as_slice(), b"hello"].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_goes_on_over_an_intermediate_that_was_restarted() {
    let mut world = begin(&echo().await, NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    within(flow.write_all(b"before ")).await.unwrap();
    world.intermediate.kill();
    world.intermediate = start_intermediate(&world.folder, world.port);
    let begin = Instant::now();
    world.connector.is_ready();
    let alice = within(world.alice_again()).await;
    agent.over(&alice);
    within(flow.write_all(b"after")).await.unwrap();
    flow.finish();
    assert_eq!(within(read_to_end(&flow)).await.unwrap(), b"before after");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(world.connector.metric("ztna_connector_reconnections_total") >= 1.0);
}
