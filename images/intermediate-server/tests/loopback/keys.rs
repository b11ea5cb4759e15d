//! Two processes with one set of keys on one machine, behind a path that leads to the one or to the other.

use std::sync::atomic::Ordering;
use std::time::Duration;

use quinn::{ConnectionError, Endpoint};

use crate::certificates::person;
use crate::client::{Client, Habits, config};
use crate::enforcement::everything;
use crate::path::Path;
use crate::server::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_retry_token_of_one_instance_opens_another_also_after_a_rotation() {
    let world = World::new();
    world.enforce(&everything());
    let first = world.start();
    world.rotate(3, 2);
    let second = world.start();
    let path = Path::new([first.address, second.address], true).await;
    let leaf = world.ca.client(person("alice@example.com"));
    let client = Client::connect(path.address, &world.ca, Some(&leaf)).await;
    assert!(client.connection.close_reason().is_none());
    assert_eq!(first.metric("ztna_handshakes_total{result=\"retried\"}"), 1.0);
    assert_eq!(second.metric("ztna_handshakes_total{result=\"retried\"}"), 0.0);
    assert_eq!(second.metric("ztna_retry_tokens_validated_total"), 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_second_instance_sends_no_reset_until_the_first_is_gone() {
    let world = World::new();
    world.enforce(&everything());
    let first = world.start();
    let second = world.start();
    let path = Path::new([first.address, second.address], false).await;
    let leaf = world.ca.client(person("alice@example.com"));
    let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
    let habits = Habits { ping: Some(Duration::from_millis(100)), ..Habits::default() };
    let connecting =
        endpoint.connect_with(config(&world.ca, Some(&leaf), habits), path.address, "localhost").unwrap();
    let connection = connecting.await.unwrap();
    path.to.store(1, Ordering::SeqCst);
    let before = path.sent.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(1000)).await;
    assert!(path.sent.load(Ordering::SeqCst) > before, "the client asked the second one");
    assert!(connection.close_reason().is_none(), "{:?}", connection.close_reason());
    first.kill();
    let ended = tokio::time::timeout(Duration::from_secs(5), connection.closed()).await;
    assert!(matches!(ended, Ok(ConnectionError::Reset)), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn another_component_sends_no_reset() {
    let mut world = World::new();
    world.enforce(&everything());
    let first = world.start();
    world.component = "intermediate/two";
    let second = world.start();
    let path = Path::new([first.address, second.address], false).await;
    let leaf = world.ca.client(person("alice@example.com"));
    let habits = Habits { ping: Some(Duration::from_millis(100)), ..Habits::default() };
    let client = Client::with(path.address, &world.ca, Some(&leaf), habits).await;
    path.to.store(1, Ordering::SeqCst);
    first.kill();
    tokio::time::sleep(Duration::from_millis(1000)).await;
    assert!(client.connection.close_reason().is_none(), "{:?}", client.connection.close_reason());
}
