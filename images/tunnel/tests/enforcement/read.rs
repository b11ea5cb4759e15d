//! What is read, and what is refused with a sentence that says where.

use serde_json::{Value, json};
use tunnel::enforcement::{Backend, Enforcement};

use crate::kit::*;

/// Changes the value at a JSON pointer; `null` as new value removes it.
fn set(mut file: Value, pointer: &str, new: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = file.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = new,
        Value::Object(keys) if new.is_null() => drop(keys.remove(key)),
        Value::Object(keys) => drop(keys.insert(key.to_owned(), new)),
        _ => panic!("{pointer}"),
    }
    file
}

#[test]
fn reads_everything() {
    let text = file().to_string();
    let read = Enforcement::read(text.as_bytes(), COMPONENT).unwrap();
    assert_eq!(read.digest, tunnel::digest::Digest::of(text.as_bytes()));
    assert_eq!((read.environment.as_str(), read.position), ("lab", (1, 7)));
    assert_eq!((read.lease.begin, read.lease.end), (at(0, 0), at(5, 0)));
    let rules = read.intermediate().unwrap();
    assert_eq!(
        rules.services().map(|service| service.id.as_str()).collect::<Vec<_>>(),
        ["dns", "web", "wiki"]
    );
    assert_eq!(rules.service_at(WEB).unwrap().id, "web");
    assert_eq!(rules.service("web").unwrap().owner.as_deref(), Some("platform"));
    assert!(rules.service("nowhere").is_none() && read.connector().is_none());
    assert!(rules.admits_without_certificate());
    assert!(rules.may_serve("here", "web") && !rules.may_serve("here", "wiki"));
    assert!(!rules.may_serve("there", "web") && !rules.may_serve("nowhere", "web"));
}

#[test]
fn reads_a_connectors_side() {
    let read = read(&connector_file()).unwrap();
    let rules = read.connector().unwrap();
    assert!(read.intermediate().is_none());
    assert_eq!(rules.services.iter().map(|service| service.id.as_str()).collect::<Vec<_>>(), ["dns", "web"]);
    let web = rules.service_at(WEB).unwrap();
    assert_eq!(web.backend, Backend { host: "web.internal".to_owned(), port: Some(8080) });
    assert!(web.proxy_protocol && !rules.service("dns").unwrap().proxy_protocol);
    assert_eq!(rules.intermediates[0].address, "eu-1.ztna.example.com");
}

#[test]
fn what_is_newer_in_the_file_may_be_left_out() {
    let mut file = file();
    let rules = file["intermediate"].as_object_mut().unwrap();
    for key in ["withoutCertificate", "revokedPrincipals", "clientCas", "connectors"] {
        rules.remove(key);
    }
    let rules = crate::kit::rules(&file);
    assert!(!rules.admits_without_certificate());
    assert!(!rules.may_serve("here", "web"), "nobody serves what nobody was given");
}

#[test]
fn refuses_what_the_schema_refuses() {
    let rules = "/intermediate";
    let table: Vec<(&str, Value)> = vec![
        ("/schemaVersion", json!(2)),
        ("/schemaVersion", json!(null)),
        ("/environment", json!("Dev")),
        ("/component", json!("intermediate/other")),
        ("/epoch", json!(0)),
        ("/epoch", json!(1.5)),
        ("/epoch", json!("1")),
        ("/sequence", json!(-1)),
        ("/notBefore", json!("2026-06-01")),
        ("/notAfter", json!("2026-06-01T12:00:60Z")),
        ("/extra", json!(true)),
        ("/intermediate", json!(null)),
        ("/connector", json!({ "services": [], "intermediates": [] })),
        ("/intermediate/extra", json!([])),
        ("/intermediate/virtualNetwork", json!("10.100.0.1/24")),
        ("/intermediate/virtualNetwork", json!("10.100.0.0/33")),
        ("/intermediate/classes", json!([])),
        ("/intermediate/classes", json!({})),
        ("/intermediate/revoked", json!(null)),
        ("/intermediate/revoked", json!(["AB".repeat(32)])),
        ("/intermediate/revoked", json!(["00"])),
        ("/intermediate/revokedPrincipals", json!(["Eve@example.com"])),
        ("/intermediate/revokedPrincipals", json!([""])),
        ("/intermediate/clientCas", json!(["x"])),
        ("/intermediate/connectors/0/id", json!("not an id")),
        ("/intermediate/connectors/0/extra", json!(1)),
        ("/intermediate/services/0/protocol", json!("sctp")),
        ("/intermediate/services/0/ports", json!([])),
        ("/intermediate/services/0/ports", json!([[53]])),
        ("/intermediate/services/0/ports", json!([[53, 54, 55]])),
        ("/intermediate/services/0/ports", json!([[0, 53]])),
        ("/intermediate/services/0/ports", json!([[53, 65_536]])),
        ("/intermediate/services/0/virtualIp", json!("10.100.0.03")),
        ("/intermediate/services/0/virtualIp", json!("::1")),
        ("/intermediate/services/0/owner", json!("")),
        ("/intermediate/services/0/backend", json!("x")),
        ("/intermediate/classes/1/principals", json!(["a b"])),
        ("/intermediate/classes/1/grants/0/extra", json!(1)),
        ("/intermediate/classes/1/grants/0/sources", json!([])),
        ("/intermediate/classes/1/grants/0/sources", json!(["203.0.113.1/24"])),
        ("/intermediate/classes/1/grants/0/sources", json!(["203.0.113.0/024"])),
        ("/intermediate/classes/1/grants/0/device", json!({})),
        ("/intermediate/classes/1/grants/0/device", json!({ "os": [] })),
        ("/intermediate/classes/1/grants/0/device", json!({ "os": "linux" })),
        ("/intermediate/classes/1/grants/0/device", json!({ "os": [""] })),
        ("/intermediate/classes/1/opensAt", json!({ "wiki": "soon" })),
        ("/intermediate/withoutCertificate/principals", json!([])),
        ("/intermediate/withoutCertificate/grants", json!(null)),
    ];
    for (pointer, value) in table {
        let changed = set(file(), pointer, value.clone());
        let component = COMPONENT;
        let refused = Enforcement::read(changed.to_string().as_bytes(), component);
        assert!(refused.is_err(), "{pointer} = {value} was read");
    }
    assert!(read(&set(file(), rules, json!([]))).is_err());
}

#[test]
fn null_is_no_value() {
    for key in ["withoutCertificate", "clientCas", "connectors", "revokedPrincipals"] {
        let mut file = file();
        file["intermediate"][key] = Value::Null;
        assert!(read(&file).is_err(), "{key}");
    }
}

#[test]
fn refuses_what_a_schema_cannot_say() {
    let duplicated = |pointer: &str| {
        let mut file = file();
        let items = file.pointer_mut(pointer).unwrap().as_array_mut().unwrap();
        items.push(items.last().unwrap().clone());
        file
    };
    let table: Vec<(&str, Value)> = vec![
        ("after", set(file(), "/notAfter", json!("2026-06-01T12:00:00Z"))),
        ("twice", set(file(), "/intermediate/services/2/id", json!("web"))),
        ("one virtual address", set(file(), "/intermediate/services/2/virtualIp", json!("10.100.0.2"))),
        ("virtual network", set(file(), "/intermediate/services/2/virtualIp", json!("10.101.0.2"))),
        ("\"nowhere\"", set(file(), "/intermediate/connectors/0/services", json!(["nowhere"]))),
        ("\"nowhere\"", set(file(), "/intermediate/classes/1/reaches/0", json!("nowhere"))),
        (
            "\"nowhere\"",
            set(file(), "/intermediate/classes/1/opensAt", json!({ "nowhere": "2026-06-02T08:00:00Z" })),
        ),
        ("not reached", set(file(), "/intermediate/classes/1/reaches", json!(["web"]))),
        ("twice", duplicated("/intermediate/classes/1/reaches")),
        ("twice", duplicated("/intermediate/connectors")),
        ("in class 2 too", duplicated("/intermediate/classes")),
        ("notAfter", set(file(), "/intermediate/classes/1/grants/0/notAfter", json!("2026-06-01T12:00:00Z"))),
        ("ascending", set(file(), "/intermediate/services/1/ports", json!([[8000, 8010], [80, 80]]))),
        ("ascending", set(file(), "/intermediate/services/1/ports", json!([[80, 90], [91, 92]]))),
        ("tcp only", set(connector_file(), "/connector/services/1/proxyProtocol", json!(true))),
        (
            "one virtual address",
            set(connector_file(), "/connector/services/1/virtualIp", json!("10.100.0.2")),
        ),
        ("expected host", set(connector_file(), "/connector/services/1/backend", json!("a b"))),
        ("twice", duplicated_in_connector()),
    ];
    for (words, changed) in table {
        let reason = read(&changed).unwrap_err().reason;
        assert!(reason.contains(words), "expected {words:?} in {reason:?}");
    }
}

fn duplicated_in_connector() -> Value {
    let one = connector_file()["connector"]["intermediates"][0].clone();
    set(connector_file(), "/connector/intermediates", json!([one, one]))
}

#[test]
fn a_refusal_says_where_and_names_the_bytes() {
    let text = set(file(), "/intermediate/classes/1/grants/0/ports", json!([[0, 5]])).to_string();
    let refused = Enforcement::read(text.as_bytes(), COMPONENT).unwrap_err();
    assert_eq!(refused.digest, tunnel::digest::Digest::of(text.as_bytes()));
    assert!(refused.reason.starts_with("intermediate.classes[1].grants[0].ports"), "{}", refused.reason);
    let long = set(file(), "/environment", json!("ü".repeat(10_000))).to_string();
    let refused = Enforcement::read(long.as_bytes(), COMPONENT).unwrap_err();
    assert!(refused.reason.len() <= 500);
}

#[test]
fn doubled_keys_are_refused() {
    let twice = |pair: &str| {
        let text = file().to_string();
        let at = text.find(pair).unwrap();
        format!("{}{pair},{}", &text[..at], &text[at..])
    };
    let pairs = [
        r#""epoch":1"#,
        r#""ports":[[53,53]]"#,
        r#""protocol":"udp""#,
        r#""managed":["true"]"#,
        r#""wiki":"2026-06-02T08:00:00Z""#,
    ];
    for pair in pairs {
        let reason = Enforcement::read(twice(pair).as_bytes(), COMPONENT).unwrap_err().reason;
        assert!(reason.contains("duplicate field") || reason.contains("there twice"), "{pair}: {reason}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    let text = file().to_string();
    for wrong in ["", "null", "[]", "{", &text[..text.len() - 1], &format!("{text}{text}"), "\u{feff}{}"] {
        assert!(Enforcement::read(wrong.as_bytes(), COMPONENT).is_err());
    }
    assert!(Enforcement::read(&[0xFF; 10], COMPONENT).is_err());
    assert!(Enforcement::read("[".repeat(100_000).as_bytes(), COMPONENT).is_err(), "nesting has an end");
}
