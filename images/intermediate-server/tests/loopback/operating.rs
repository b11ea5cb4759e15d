//! Health, readiness, figures, metrics, signals, configuration.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::certificates::{Ca, person};
use crate::client::Client;
use crate::enforcement::everything;
use crate::path::Path;
use crate::program;
use crate::server::{World, eventually, repository};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn it_is_ready_when_a_lease_runs_and_healthy_all_the_while() {
    let world = World::new();
    let server = world.start_on(0, &["--image", "sha256:0123"]);
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.get("/readyz"), (503, "no enforcement file whose lease runs\n".into()));
    server.applied(&world.enforce(&everything()));
    assert_eq!(server.get("/readyz").0, 200);
    let leaf = world.ca.client(person("alice@example.com"));
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    // The client's last message of the handshake may still be on its way.
    let figures = eventually(Duration::from_secs(3), || {
        Some(server.json("/figures")).filter(|figures| figures["connections"] == json!(1))
    });
    assert_eq!((&figures["connections"], &figures["image"]), (&json!(1), &json!("sha256:0123")));
    assert!(figures["certificateNotAfter"].as_str().is_some_and(|text| text.ends_with('Z')), "{figures}");
    assert_eq!(server.metric("ztna_active_connections"), 1.0);
    assert!(server.metric("ztna_lease_seconds") > 200.0);
    assert_eq!(server.metric("ztna_handshakes_total{result=\"accepted\"}"), 1.0);
    assert_eq!(server.get("/elsewhere").0, 404);
    // Clients that ask nothing keep nobody from an answer.
    let idle: Vec<_> = (0..100).map(|_| TcpStream::connect(server.http).unwrap()).collect();
    let begin = Instant::now();
    assert_eq!(server.get("/healthz").0, 200);
    assert!(begin.elapsed() < Duration::from_secs(1));
    drop((idle, alice));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn it_goes_away_within_three_seconds_and_says_so() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(person("alice@example.com"));
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    let begin = Instant::now();
    server.signal("TERM");
    assert_eq!(alice.closed().await.0, 0);
    assert_eq!(server.ended(Duration::from_secs(5)).code(), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_hang_up_takes_new_certificates_and_keys_and_leaves_connections() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(person("alice@example.com"));
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    let shown = |client: &Client| {
        let chain = client.connection.peer_identity().unwrap();
        chain.downcast::<Vec<rustls::pki_types::CertificateDer<'static>>>().unwrap()[0].clone()
    };
    assert_eq!(shown(&alice), world.own.chain[0]);
    let new = world.ca.server();
    world.folder.write("tls.pem", &new.pem);
    world.rotate(3, 2);
    server.signal("HUP");
    let begin = Instant::now();
    loop {
        let again = Client::connect(server.address, &world.ca, Some(&leaf)).await;
        if shown(&again) == new.chain[0] {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(3), "the old certificate is still shown");
    }
    assert!(alice.connection.close_reason().is_none());
    world.folder.write("tls.pem", "nonsense");
    server.signal("HUP");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let again = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    assert_eq!(shown(&again), new.chain[0], "what cannot be used leaves the old in place");
}

/// Runs the program with a change to a right configuration; exit code and what it says.
fn check(world: &World, change: &[(&str, &str)]) -> (Option<i32>, String) {
    let path = |name: &str| world.folder.0.join(name);
    let mut command = Command::new(program());
    command.env_clear().arg("--check").env("ZTNA_COMPONENT", "intermediate/one");
    let files = [
        ("CLIENT_CAS", "cas.pem"),
        ("TLS", "tls.pem"),
        ("KEYS", "keys.json"),
        ("ENFORCEMENT", "enforcement.json"),
    ];
    for (variable, name) in files {
        command.env(format!("ZTNA_{variable}"), path(name));
    }
    for (variable, value) in change {
        command.env(variable, value.replace("@", world.folder.0.to_str().unwrap()));
    }
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_is_wrong_with_the_configuration_is_one_sentence_and_exit_2() {
    let world = World::new();
    world.folder.write("key.pem", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    world.folder.write("half.json", r#"{"current": {}}"#);
    assert_eq!(check(&world, &[]), (Some(0), String::new()));
    let optional = ["PORT", "HTTP", "BIND", "ACCESS_LOG", "LOG", "IMAGE", "INSTANCE", "UDP_IDLE"]
        .map(|name| format!("ZTNA_{name}"));
    let empty: Vec<_> = optional.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(check(&world, &empty), (Some(0), String::new()), "empty variables are not set");
    let other = world.ca.client(person("alice@example.com"));
    world.folder.write("leaf.pem", other.pem.split("-----BEGIN PRIVATE").next().unwrap());
    let wrong: &[(&str, &str)] = &[
        ("ZTNA_COMPONENT", "connector/home"),
        ("ZTNA_COMPONENT", "intermediate/One"),
        ("ZTNA_PORT", "70000"),
        ("ZTNA_HTTP", "localhost"),
        ("ZTNA_BIND", "0.0.0.0,example.com"),
        ("ZTNA_LOG", "info,=x=y"),
        ("ZTNA_INSTANCE", "-a"),
        ("ZTNA_CLIENT_CAS", "@/missing.pem"),
        ("ZTNA_CLIENT_CAS", "@/keys.json"),
        ("ZTNA_CLIENT_CAS", "@/leaf.pem"),
        ("ZTNA_TLS", "@/key.pem"),
        ("ZTNA_TLS", "@/cas.pem"),
        ("ZTNA_KEYS", "@/half.json"),
        ("ZTNA_KEYS", "@/cas.pem"),
        ("ZTNA_ENFORCEMENT", "@/keys.json"),
        ("ZTNA_UDP_IDLE", "soon"),
    ];
    for (variable, value) in wrong {
        let (code, said) = check(&world, &[(variable, value)]);
        assert_eq!(code, Some(2), "{variable}={value}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{variable}={value}: {said}");
        let flag = format!("--{}", variable[5..].to_lowercase().replace('_', "-"));
        assert!(said.contains(variable) || said.contains(&flag), "{variable}={value}: {said}");
    }
    let unknown = Command::new(program()).arg("--chekc").output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn the_health_check_of_the_image_asks_the_server() {
    let world = World::new();
    let server = world.start();
    let code = |path: &str| {
        let url = format!("http://{}{path}", server.http);
        let by_word = Command::new(program()).args(["healthcheck", &url]).output().unwrap().status.code();
        // As Terraform does: by the name that the program has in its image too.
        let by_name = Command::new(program()).arg0("healthcheck").arg(&url).output().unwrap().status.code();
        assert_eq!(by_word, by_name);
        by_name
    };
    assert_eq!((code("/healthz"), code("/readyz")), (Some(0), Some(1)));
}

#[test]
fn an_address_that_another_has_is_not_shared() {
    let world = World::new();
    let server = world.start();
    let taken = server.address.port().to_string();
    let mut command = Command::new(program());
    for (variable, name) in
        [("CLIENT_CAS", "cas.pem"), ("TLS", "tls.pem"), ("KEYS", "keys.json"), ("ENFORCEMENT", "e")]
    {
        command.env(format!("ZTNA_{variable}"), world.folder.0.join(name));
    }
    command
        .env("ZTNA_COMPONENT", "intermediate/one")
        .env("ZTNA_BIND", "127.0.0.1")
        .env("ZTNA_HTTP", "127.0.0.1:0");
    let output = command.env("ZTNA_PORT", &taken).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(&taken));
}

#[test]
fn terraform_passes_what_is_read() {
    let boot = std::fs::read_to_string(repository("terraform/modules/intermediate/boot.tf")).unwrap();
    let block =
        boot.split("server_environment = {").nth(1).and_then(|rest| rest.split("\n  }").next()).unwrap();
    let passed: BTreeSet<&str> = boot_variables(block);
    let help = Command::new(program()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let known: BTreeSet<&str> = boot_variables(&help);
    let unknown: Vec<_> = passed.difference(&known).collect();
    assert!(unknown.is_empty(), "terraform passes what nobody reads: {unknown:?}");
    let needed = ["ZTNA_COMPONENT", "ZTNA_CLIENT_CAS", "ZTNA_TLS", "ZTNA_KEYS", "ZTNA_ENFORCEMENT"];
    let missing: Vec<_> = needed.iter().filter(|name| !passed.contains(**name)).collect();
    assert!(missing.is_empty(), "terraform does not pass {missing:?}");
}

/// The names of variables in a text.
fn boot_variables(text: &str) -> BTreeSet<&str> {
    let is_name = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    text.split(|letter| !is_name(letter)).filter(|word| word.starts_with("ZTNA_")).collect()
}

/// A request that ends in the middle is no reason to wait for ever.
#[test]
fn half_a_request_is_given_up() {
    let world = World::new();
    let server = world.start();
    let mut stream = TcpStream::connect(server.http).unwrap();
    stream.write_all(b"GET /healthz HT").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(6))).unwrap();
    let mut answer = [0; 1];
    let ended = eventually(Duration::from_secs(6), || std::io::Read::read(&mut stream, &mut answer).ok());
    assert!(ended <= 1);
}

#[test]
fn a_hang_up_opens_the_access_log_anew() {
    let world = World::new();
    let server = world.start();
    let path = world.folder.0.join("access.log");
    assert!(path.exists());
    std::fs::rename(&path, world.folder.0.join("access.log.1")).unwrap();
    server.signal("HUP");
    eventually(Duration::from_secs(3), || path.exists().then_some(()));
}

/// Without `clientCas` in the file the known CAs are all that decides.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_hang_up_ends_connections_of_a_ca_that_is_known_no_more() {
    let world = World::new();
    let other = Ca::new("Other CA");
    world.folder.write("cas.pem", format!("{}{}", world.ca.pem, other.pem));
    world.enforce(&everything());
    let server = world.start();
    let leaf = |ca: &Ca| ca.client(person("alice@example.com"));
    let stays = Client::connect(server.address, &world.ca, Some(&leaf(&world.ca))).await;
    let goes = Client::connect(server.address, &world.ca, Some(&leaf(&other))).await;
    goes.say(&tunnel::wire::Message::Register("dns"));
    goes.is_refused("dns").await;
    world.folder.write("cas.pem", &world.ca.pem);
    server.signal("HUP");
    assert_eq!(goes.closed().await, (2, "ca-not-accepted".into()));
    stays.say(&tunnel::wire::Message::Register("dns"));
    stays.is_refused("dns").await;
}

/// While connections close it is healthy and not ready: the round trip of a client behind a slow path is what that takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn it_is_not_ready_while_it_goes_away() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let path = Path::slow(server.address, Duration::from_millis(100)).await;
    let leaf = world.ca.client(person("alice@example.com"));
    let alice = Client::connect(path.address, &world.ca, Some(&leaf)).await;
    alice.say(&tunnel::wire::Message::Register("dns"));
    alice.is_refused("dns").await;
    assert_eq!(server.get("/readyz").0, 200);
    server.signal("TERM");
    eventually(Duration::from_secs(2), || {
        (server.get("/readyz") == (503, "going away\n".into())).then_some(())
    });
    assert_eq!(server.get("/healthz").0, 200);
    assert_eq!(server.ended(Duration::from_secs(5)).code(), Some(0));
}

/// A server that goes away does not wait for its clients for ever: one that does not answer holds that up, for less
/// than 3 s.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_client_that_is_gone_does_not_hold_up_the_end() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let leaf = world.ca.client(person("alice@example.com"));
    let alice = Client::connect(server.address, &world.ca, Some(&leaf)).await;
    eventually(Duration::from_secs(3), || (server.json("/figures")["connections"] == json!(1)).then_some(()));
    alice.endpoint.rebind(std::net::UdpSocket::bind("127.0.0.2:0").unwrap()).unwrap();
    let begin = Instant::now();
    server.signal("TERM");
    assert_eq!(server.ended(Duration::from_secs(5)).code(), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
}
