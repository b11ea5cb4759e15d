//! `agent probe`: the exit code, and the words.

use serde_json::json;

use crate::agent::Agent;
use crate::certificates::{Ca, person};
use crate::world::{Company, everything, grant, instant, rules};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_reached_denied_or_does_not_answer() {
    let company = Company::new(&everything());
    let _connector = company.connector().await;
    let alice = company.alice();
    assert_eq!(alice.probe("web", 8080), (0, "web port 8080 is reached".into()));
    assert_eq!(alice.probe("dns", 53), (0, "dns port 53 is reached".into()));
    let refused = "web port 8081 is allowed, but its backend refuses the connection";
    assert_eq!(alice.probe("web", 8081), (3, refused.into()));
    let (code, words) = alice.probe("other", 22);
    assert_eq!(code, 1, "{words}");
    let never = "other port 22 is denied: no policy ever lets this principal reach it; ask the team platform";
    assert_eq!(words, never);
    let (code, words) = alice.probe("web", 9999);
    assert_eq!((code, words.contains("the service has no such port")), (1, true), "{words}");
    let (code, words) = alice.probe("nowhere", 1);
    assert_eq!((code, words.contains("no such service")), (1, true), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_is_not_granted_now_and_a_service_that_opens_later() {
    let company = Company::new(&rules(vec![grant("web", 8081)]));
    let _connector = company.connector().await;
    let alice = company.alice();
    let (code, words) = alice.probe("web", 8080);
    assert_eq!((code, words.contains("not this one now")), (1, true), "{words}");
    let mut closed = rules(vec![]);
    let opens = instant(3600);
    closed["intermediate"]["classes"][1]["opensAt"] = json!({ "web": opens });
    company.enforce(&closed);
    let (code, words) = alice.probe("web", 8080);
    let expected = format!(
        "web port 8080 is denied: no policy allows it at this time; it opens at {opens}; ask the team platform"
    );
    assert_eq!((code, words), (1, expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attribute_that_is_unknown_is_named() {
    let mut managed = grant("web", 8080);
    managed["device"] = json!({ "managed": ["true"] });
    let company = Company::new(&rules(vec![managed]));
    let _connector = company.connector().await;
    let (code, words) = company.alice().probe("web", 8080);
    assert_eq!((code, words.contains("`managed` is unknown")), (1, true), "{words}");
    let mut says = person("alice@example.com");
    says.uris = vec!["ztna:device:managed=true"];
    assert_eq!(company.agent(says).probe("web", 8080).0, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_connector_is_no_denial() {
    let company = Company::new(&everything());
    let (code, words) = company.alice().probe("web", 8080);
    assert_eq!((code, words), (3, "web is allowed, but no connector serves it now".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_revoked_is_denied_and_who_has_no_right_certificate_could_not_try() {
    let company = Company::new(&everything());
    let alice = company.alice();
    let mut revoked = everything();
    revoked["intermediate"]["revokedPrincipals"] = json!(["alice@example.com"]);
    company.enforce(&revoked);
    let (code, words) = alice.probe("web", 8080);
    assert_eq!((code, words.contains("revoked")), (1, true), "{words}");
    company.enforce(&everything());
    let foreign = Ca::new("another").client(person("alice@example.com"));
    let tls = company.world.folder.write("foreign.pem", &foreign.pem);
    let cas = company.world.folder.0.join("cas.pem");
    let (code, words) =
        Agent::new(company.config(company.server.address), tls, cas.clone()).probe("web", 8080);
    assert_eq!((code, words.contains("refuses the certificate")), (2, true), "{words}");
    let none = Agent::new(company.config(company.server.address), "".into(), cas).probe("web", 8080);
    assert_eq!((none.0, none.1.contains("certificate-missing")), (2, true), "{}", none.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_server_or_with_a_wrong_configuration_nothing_is_tried() {
    let company = Company::new(&everything());
    let alice = company.alice();
    let free = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    company.config(free);
    let (code, words) = alice.probe("web", 8080);
    assert_eq!((code, words.contains("no answer")), (2, true), "{words}");
    for (text, says) in [
        ("{}", "missing field `schemaVersion`"),
        (r#"{"schemaVersion":1,"environment":"lab","intermediates":[],"services":[]}"#, "at least one"),
        (
            r#"{"schemaVersion":1,"environment":"lab","intermediates":[{"id":"one","address":"a","port":"x","serverName":"a"}],"services":[]}"#,
            "intermediates[0].port",
        ),
    ] {
        std::fs::write(&alice.config, text).unwrap();
        let (code, words) = alice.run(&["--check"]);
        assert_eq!((code, words.contains(says)), (2, true), "{words}");
        assert!(words.starts_with("agent: ZTNA_CONFIG: ") && !words.contains('\n'), "{words}");
    }
    company.config(free);
    assert_eq!(alice.run(&["--check"]), (0, String::new()));
    std::fs::write(&alice.tls, "no certificate").unwrap();
    let (code, words) = alice.run(&["--check"]);
    assert_eq!((code, words.starts_with("agent: ZTNA_TLS: ")), (2, true), "{words}");
    let (code, words) = alice.run(&["forward", "8080:web"]);
    assert_eq!((code, words.contains("[BIND:]LOCAL:SERVICE:PORT")), (2, true), "{words}");
}
