//! What is written and answered has the keys, and the words, of its schema.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::certificates::{connector, person};
use crate::client::Client;
use crate::enforcement::{DNS, WEB, everything};
use crate::packets::{EVERYBODY, SYN, tcp, udp};
use crate::server::{World, eventually, repository};

fn schema(name: &str) -> Value {
    let text = std::fs::read_to_string(repository(&format!("schemas/{name}.schema.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Every key is known, and every required one is there.
fn fits(schema: &Value, value: &Value) {
    let keys: BTreeSet<&String> = value.as_object().unwrap().keys().collect();
    let known: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let unknown: Vec<_> = keys.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?} in {value}");
    for required in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(required.as_str().unwrap()).is_some(), "no {required} in {value}");
    }
}

/// To the millisecond at most, in UTC.
fn is_instant(value: &Value) -> bool {
    let text = value.as_str().unwrap();
    text.ends_with('Z') && text.parse::<tunnel::time::Instant>().is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_access_log_the_figures_and_what_is_applied_are_as_their_schemas_say() {
    let world = World::new();
    world.enforce(&everything());
    let server = world.start();
    let mut says = person("alice@example.com");
    says.uris = vec!["ztna:device:os=linux", "ztna:device:managed=true"];
    let alice = Client::connect(server.address, &world.ca, Some(&world.ca.client(says))).await;
    let home =
        Client::connect(server.address, &world.ca, Some(&world.ca.client(connector("connector.home.ztna"))))
            .await;
    home.serves("dns").await;
    home.serves("web").await;
    alice.to_service("dns", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    home.next().await;
    alice.to_service("web", &tcp((EVERYBODY, 9), (WEB, 22), (1, 0, SYN), &[], b""));
    alice.next().await;
    alice.to_service("nothing", &udp((EVERYBODY, 9), (DNS, 53), b"?"));
    alice.next().await;
    fits(&schema("figures"), &server.json("/figures"));
    assert!(is_instant(&server.json("/figures")["certificateNotAfter"]));
    fits(&schema("applied"), &server.json("/applied"));
    server.signal("TERM");
    server.ended(Duration::from_secs(5));
    let lines =
        eventually(Duration::from_secs(2), || Some(world.access_log()).filter(|lines| lines.len() == 3));
    let (log, reasons) = (schema("access-log"), schema("drop-reason"));
    let ends = [&log["$defs"]["flowEnd"]["enum"], &reasons["enum"]];
    for line in &lines {
        fits(&log, line);
        assert!(is_instant(&line["start"]) && is_instant(&line["end"]), "{line}");
        assert!(ends.iter().any(|words| words.as_array().unwrap().contains(&line["why"])), "{line}");
        assert_eq!((&line["environment"], &line["instance"]), (&json!("lab"), &json!("test")));
        assert_eq!(line["device"], json!({ "os": "linux", "managed": "true" }));
        let port = alice.endpoint.local_addr().unwrap().port();
        assert_eq!(line["source"], json!(format!("127.0.0.1:{port}")));
    }
    let flow = lines.iter().find(|line| line.get("connector").is_some()).unwrap();
    assert_eq!((&flow["why"], &flow["bytesIn"]), (&json!("going-away"), &json!(29)));
}
