//! Health, readiness, draining, leases.

use std::time::{Duration, Instant};

use stack::Cut;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::agent::{Agent, within};
use crate::certificates::{Says, connector};
use crate::process::{Process, eventually};
use crate::world::{begin, connector_command, connector_file, instant};

const NOWHERE: &str = "127.0.0.1:1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_ready_while_an_intermediate_lets_it_serve() {
    let world = begin(NOWHERE, NOWHERE);
    let connector = &world.connector;
    assert_eq!(connector.get("/healthz").0, 200);
    let figures = connector.json("/figures");
    assert!(figures["certificateNotAfter"].as_str().is_some_and(|text| text.ends_with('Z')), "{figures}");
    assert!(connector.metric("ztna_connector_lease_seconds") > 200.0);
    world.intermediate.signal("TERM");
    let reason = eventually(Duration::from_secs(5), || {
        Some(connector.get("/readyz")).filter(|(status, _)| *status == 503)
    });
    assert_eq!(reason.1, "no intermediate lets it serve\n");
    assert_eq!(connector.get("/healthz").0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_may_end_before_it_goes_away() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world = begin(&listener.local_addr().unwrap().to_string(), NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    let (mut backend, _) = listener.accept().await.unwrap();
    world.connector.signal("TERM");
    eventually(Duration::from_secs(2), || (world.connector.get("/readyz").0 == 503).then_some(()));
    within(flow.write_all(b"still")).await.unwrap();
    flow.finish();
    let mut all = String::new();
    within(backend.read_to_string(&mut all)).await.unwrap();
    assert_eq!(all, "still");
    drop(backend);
    assert_eq!(within(flow.read(|bytes| (bytes.len(), ()))).await, Ok(None));
    assert_eq!(world.connector.ended(Duration::from_secs(3)).code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_that_does_not_end_is_reset_when_its_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut world = begin(&listener.local_addr().unwrap().to_string(), NOWHERE);
    let mut command = connector_command(&world.folder);
    command.args(["--drain", "1"]);
    // It says that it goes, so that nothing is sent its way any more.
    world.connector.signal("TERM");
    world.connector.ended(Duration::from_secs(3));
    world.connector = Process::start(command);
    world.connector.is_ready();
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    let _backend = listener.accept().await.unwrap();
    let begin = Instant::now();
    world.connector.signal("TERM");
    assert_eq!(within(flow.cut()).await, Cut::Reset);
    assert!(begin.elapsed() > Duration::from_millis(900));
    assert_eq!(world.connector.ended(Duration::from_secs(3)).code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_served_when_the_lease_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let backend = listener.local_addr().unwrap().to_string();
    let world = begin(&backend, NOWHERE);
    let agent = Agent::new(&world.alice().await);
    let flow = agent.connect().await.unwrap();
    let web = crate::world::service("web", "tcp", 8080, crate::world::WEB, &backend);
    let mut file = connector_file(&[web], &[world.port]);
    file["notAfter"] = instant(3).into();
    world.folder.write("enforcement.json", file.to_string());
    assert_eq!(within(flow.cut()).await, Cut::Reset);
    assert_eq!(agent.connect().await.err(), Some(Cut::Refused));
    assert_eq!(world.connector.get("/readyz").0, 503);
}

/// Whose certificate was refused waits for fifteen seconds at least.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hang_up_lets_it_try_at_once_and_reads_a_renewed_certificate() {
    let world = begin(NOWHERE, NOWHERE);
    let is = |status: u16| (world.connector.get("/readyz").0 == status).then_some(());
    world.revoke(&[&world.fingerprint]);
    eventually(Duration::from_secs(5), || is(503));
    world.revoke(&[]);
    world.connector.signal("HUP");
    eventually(Duration::from_secs(8), || is(200));
    let ends = || world.connector.json("/figures")["certificateNotAfter"].clone();
    let before = ends();
    let renewed = Says { valid: Some((-60, 9 * 86_400)), ..connector("connector.home.ztna") };
    world.folder.write("connector.pem", world.ca.client(renewed).pem);
    world.connector.signal("HUP");
    eventually(Duration::from_secs(5), || (ends() != before).then_some(()));
}
