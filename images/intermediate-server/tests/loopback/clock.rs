//! A wall clock that steps under a running server, while its monotonic clock goes on: no outage, and nothing opens.

use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tunnel::time::Instant;

use crate::certificates::{connector, person};
use crate::client::Client;
use crate::enforcement::{DNS, everything, file, grant};
use crate::packets::{EVERYBODY, read, udp};
use crate::server::{Server, World, eventually};

/// Far beyond the lease, and within the certificates' hour.
const STEP: i64 = 2_400;

/// The wall clock of a server of this world.
struct Clock {
    library: PathBuf,
    off: PathBuf,
}

impl Clock {
    /// Compiles what stands before the C library.
    fn new(world: &World) -> Self {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/loopback/clock.c");
        let (library, off) = (world.folder.0.join("clock.so"), world.folder.0.join("off"));
        let mut compile = Command::new("cc");
        compile.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source);
        assert!(compile.status().unwrap().success());
        std::fs::write(&off, 0_i64.to_ne_bytes()).unwrap();
        Self { library, off }
    }

    fn start(&self, world: &World) -> Server {
        let mut command = world.command(0, &[]);
        command.env("LD_PRELOAD", &self.library).env("ZTNA_TEST_CLOCK", &self.off);
        Server::from(command.spawn().unwrap())
    }

    /// From now on the wall clock is off by so many seconds.
    fn step(&self, seconds: i64) {
        let off = std::fs::OpenOptions::new().write(true).open(&self.off).unwrap();
        off.write_all_at(&seconds.to_ne_bytes(), 0).unwrap();
    }
}

/// The same file as a policy agent writes it whose wall clock is off by so many seconds.
fn shifted(value: &Value, seconds: i64) -> Value {
    match value {
        Value::String(text) => match text.parse::<Instant>() {
            Ok(instant) => json!(Instant::from_seconds(instant.as_seconds() + seconds).to_string()),
            Err(_) => value.clone(),
        },
        Value::Array(all) => all.iter().map(|one| shifted(one, seconds)).collect(),
        Value::Object(all) => {
            let all = all.iter().map(|(key, one)| (key.clone(), shifted(one, seconds)));
            Value::Object(all.collect())
        }
        other => other.clone(),
    }
}

async fn clients(world: &World, server: &Server) -> (Client, Client) {
    let home = world.ca.client(connector("connector.home.ztna"));
    let home = Client::connect(server.address, &world.ca, Some(&home)).await;
    home.serves("dns").await;
    let alice =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(person("alice@example.com")))).await;
    (alice, home)
}

/// A question passes, and its answer.
async fn passes(alice: &Client, home: &Client) {
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    let question = read(&home.next().await);
    home.send(udp((DNS, 53), question.from, b"!"));
    assert_eq!(read(&alice.next().await).data, b"!");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_step_of_the_wall_clock_is_no_outage() {
    for seconds in [STEP, -STEP] {
        let world = World::new();
        let clock = Clock::new(&world);
        world.enforce(&everything());
        let server = clock.start(&world);
        let (alice, home) = clients(&world, &server).await;
        passes(&alice, &home).await;
        clock.step(seconds);
        for _ in 0..10 {
            passes(&alice, &home).await;
            assert_eq!(server.get("/readyz").0, 200, "{seconds}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Who comes after the step is let in too.
        let (late, _home) = clients(&world, &server).await;
        late.registers("dns").await;
        // The next file is of the new time, and in force; so is its end.
        server.applied(&world.enforce(&shifted(&everything(), seconds)));
        passes(&alice, &home).await;
        assert_eq!(server.get("/readyz").0, 200, "{seconds}");
        assert!((200.0..=300.0).contains(&server.metric("ztna_lease_seconds")), "{seconds}");
        let mut over = grant("dns", 53);
        over["notAfter"] = json!(crate::enforcement::instant(-1));
        server.applied(&world.enforce(&shifted(&file(vec![over]), seconds)));
        while home.within(Duration::from_millis(50)).await.is_some() {}
        alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
        home.hears_nothing().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_step_neither_ends_a_lease_nor_makes_it_longer() {
    for seconds in [STEP, -STEP] {
        let world = World::new();
        let clock = Clock::new(&world);
        let mut ending = file(vec![grant("dns", 53)]);
        ending["notAfter"] = json!(crate::enforcement::instant(4));
        ending["intermediate"]["classes"][1]["grants"][0]["notAfter"] = ending["notAfter"].clone();
        world.enforce(&ending);
        let server = clock.start(&world);
        let begin = std::time::Instant::now();
        let (alice, home) = clients(&world, &server).await;
        clock.step(seconds);
        passes(&alice, &home).await;
        eventually(Duration::from_secs(6), || (server.get("/readyz").0 == 503).then_some(()));
        assert!(begin.elapsed() > Duration::from_secs(2), "the lease ended with the step");
        while home.within(Duration::from_millis(50)).await.is_some() {}
        alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
        home.hears_nothing().await;
    }
}
