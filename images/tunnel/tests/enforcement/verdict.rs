//! What a file decides, case by case.

use std::collections::BTreeSet;

use serde_json::json;
use tunnel::enforcement::{Ask, Audience, Client, Port, Protocol, Verdict, View};
use tunnel::figures::DropReason;
use tunnel::identity::Device;

use crate::kit::*;

fn view(client: &Client) -> View {
    rules(&file()).view(client)
}

fn ann() -> View {
    view(&client("ann@example.com"))
}

const fn deny(reason: DropReason) -> Verdict {
    Verdict::Deny(reason)
}

fn allow(until: tunnel::time::Instant) -> Verdict {
    Verdict::Allow { until, observed: false }
}

#[test]
fn a_window_opens_and_closes_to_the_millisecond() {
    let ann = ann();
    let decide = |text: &str| ann.decide("web", &tcp(80), instant(text));
    assert_eq!(decide("2026-06-01T12:01:00.499Z"), deny(DropReason::NotNow));
    // As text "12:01:00Z" sorts after "12:01:00.500Z".
    assert_eq!(decide("2026-06-01T12:01:00Z"), deny(DropReason::NotNow));
    assert_eq!(decide("2026-06-01T12:01:00.500Z"), allow(at(3, 0)), "two grants that touch are one");
    assert_eq!(decide("2026-06-01T12:02:59.999Z"), allow(at(3, 0)));
    assert_eq!(decide("2026-06-01T12:03:00Z"), deny(DropReason::NotNow));
}

#[test]
fn nothing_is_allowed_outside_the_lease() {
    let ann = ann();
    assert_eq!(ann.decide("dns", &udp(53), at(0, 0)), allow(at(5, 0)));
    assert_eq!(ann.decide("dns", &udp(53), instant("2026-06-01T12:05:00Z")), deny(DropReason::LeaseOver));
    assert_eq!(ann.decide("dns", &udp(53), instant("2026-06-01T11:59:59.999Z")), deny(DropReason::LeaseOver));
    // A grant that claims more than the lease gets no more.
    let mut long = file();
    long["intermediate"]["classes"][1]["grants"][0]["notAfter"] = json!("2027-01-01T00:00:00Z");
    let view = rules(&long).view(&client("ann@example.com"));
    assert_eq!(view.decide("dns", &udp(53), at(1, 0)), allow(at(5, 0)));
    assert_eq!(view.decide("dns", &udp(53), at(6, 0)), deny(DropReason::LeaseOver));
}

#[test]
fn the_packet_must_be_for_the_service() {
    let ann = ann();
    let decide = |service: &str, ask: Ask| ann.decide(service, &ask, at(0, 0));
    assert_eq!(decide("dns", Ask { destination: WEB, ..udp(53) }), deny(DropReason::Destination));
    let tcp53 = Ask { port: Port::Of(Protocol::Tcp, 53), ..udp(53) };
    assert_eq!(decide("dns", tcp53), deny(DropReason::Protocol));
    assert_eq!(
        decide("dns", udp(54)),
        deny(DropReason::Port),
        "the grant names all ports, the service has one"
    );
    assert_eq!(decide("dns", udp(0)), deny(DropReason::Port));
    assert_eq!(decide("nowhere", udp(53)), deny(DropReason::ServiceUnknown));
    assert_eq!(decide("", udp(53)), deny(DropReason::ServiceUnknown));
}

#[test]
fn sources_are_known_and_in_a_prefix() {
    let decide = |address: Option<&str>| {
        let ann = client("ann@example.com");
        let client = address.map_or(ann.clone(), |address| from(address, ann.clone()));
        view(&client).decide("web", &tcp(8_000), at(0, 0))
    };
    for inside in ["203.0.113.0", "203.0.113.255", "::ffff:203.0.113.7", "2001:db8::1"] {
        assert_eq!(decide(Some(inside)), allow(at(5, 0)), "{inside}");
    }
    for outside in ["203.0.112.255", "203.0.114.0", "2001:db9::", "::203.0.113.7", "::ffff:203.0.114.0"] {
        assert_eq!(decide(Some(outside)), deny(DropReason::SourceAddress), "{outside}");
    }
    assert_eq!(decide(None), deny(DropReason::SourceAddress), "unknown satisfies nothing");
}

#[test]
fn prefixes_of_mapped_addresses_are_ipv4_and_others_never() {
    let decide = |prefix: &str, address: &str| {
        let mut file = file();
        file["intermediate"]["classes"][1]["grants"][3]["sources"] = json!([prefix]);
        let view = rules(&file).view(&from(address, client("ann@example.com")));
        view.decide("web", &tcp(8_000), at(0, 0)).is_allowed()
    };
    assert!(
        decide("::ffff:203.0.113.0/120", "203.0.113.9") && !decide("::ffff:203.0.113.0/120", "203.0.114.9")
    );
    assert!(decide("0.0.0.0/0", "203.0.113.9") && !decide("0.0.0.0/0", "2001:db8::1"));
    assert!(decide("::/0", "2001:db8::1") && !decide("::/0", "203.0.113.9"));
    assert!(decide("2001:db8::1", "2001:db8::1") && !decide("2001:db8::1", "2001:db8::2"));
    assert!(decide("203.0.113.9/32", "::ffff:203.0.113.9"));
}

#[test]
fn every_device_attribute_must_be_known_and_match() {
    let decide = |facts: &[(&str, &str)]| {
        let device: Device =
            facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        view(&Client { device, ..client("ann@example.com") }).decide("web", &tcp(8_006), at(0, 0))
    };
    assert_eq!(decide(&[("managed", "true"), ("os", "macos")]), allow(at(5, 0)));
    assert_eq!(decide(&[("managed", "true"), ("os", "windows")]), deny(DropReason::DeviceOs));
    assert_eq!(decide(&[("managed", "true")]), deny(DropReason::DeviceOs));
    assert_eq!(decide(&[("managed", "false"), ("os", "linux")]), deny(DropReason::DeviceManaged));
    assert_eq!(decide(&[("os", "linux"), ("color", "red")]), deny(DropReason::DeviceManaged));
    assert_eq!(decide(&[]), deny(DropReason::DeviceManaged));
}

#[test]
fn echo_needs_any_port() {
    let ann = ann();
    assert_eq!(
        ann.decide("web", &echo(WEB), at(0, 0)),
        deny(DropReason::SourceAddress),
        "the grant that needs least"
    );
    assert_eq!(ann.decide("web", &echo(WEB), at(2, 0)), allow(at(3, 0)));
    assert_eq!(ann.decide("dns", &echo(DNS), at(0, 0)), allow(at(5, 0)));
    assert_eq!(ann.decide("dns", &echo(WEB), at(0, 0)), deny(DropReason::Destination));
}

#[test]
fn anyone_else_has_the_first_class() {
    let zed = view(&client("zed@example.com"));
    assert_eq!(zed.decide("dns", &udp(53), at(0, 0)), deny(DropReason::NotAuthorized));
    assert_eq!(zed.registration("dns"), Err(DropReason::NotAuthorized));
    assert_eq!(zed.registration("nowhere"), Err(DropReason::ServiceUnknown));
    assert_eq!(zed.reaches().count(), 0);
    let ann = view(&client("ANN@example.com"));
    assert_eq!(ann.reaches().count(), 3, "principals compare in lower case");
}

#[test]
fn clients_without_certificate_are_an_audience_of_their_own() {
    let nobody = Client { audience: Audience::WithoutCertificate, ..client("x") };
    assert_eq!(view(&nobody).decide("dns", &udp(53), at(0, 0)), allow(at(5, 0)));
    assert_eq!(view(&nobody).decide("web", &tcp(80), at(2, 0)), deny(DropReason::NotAuthorized));
    let mut closed = file();
    closed["intermediate"].as_object_mut().unwrap().remove("withoutCertificate");
    // Not even where anyone else is let in.
    closed["intermediate"]["classes"][0] =
        json!({ "principals": [], "reaches": ["dns"], "grants": [grant("dns", 53, 53)] });
    let view = rules(&closed).view(&nobody);
    assert_eq!(view.decide("dns", &udp(53), at(0, 0)), deny(DropReason::NotAuthorized));
    assert_eq!(rules(&closed).view(&client("x")).decide("dns", &udp(53), at(0, 0)), allow(at(5, 0)));
}

#[test]
fn a_certificates_limit_is_one_more_condition() {
    let limited = |services: &[&str]| {
        let limit: BTreeSet<String> = services.iter().map(|id| (*id).to_owned()).collect();
        view(&Client { limit: Some(limit), ..client("ann@example.com") })
    };
    assert_eq!(limited(&["dns"]).decide("dns", &udp(53), at(0, 0)), allow(at(5, 0)));
    assert_eq!(limited(&["dns"]).decide("web", &tcp(80), at(2, 0)), deny(DropReason::CertificateLimit));
    assert_eq!(
        limited(&["*"]).decide("dns", &udp(53), at(0, 0)),
        deny(DropReason::CertificateLimit),
        "literally"
    );
    assert_eq!(limited(&["dns", "web"]).reaches().count(), 2);
    assert_eq!(limited(&["web"]).registration("dns"), Err(DropReason::CertificateLimit));
}

#[test]
fn observed_denies_let_pass_and_say_so() {
    let bob = view(&client("bob@example.com"));
    assert_eq!(bob.decide("dns", &udp(53), at(0, 0)), Verdict::Allow { until: at(5, 0), observed: true });
}

#[test]
fn who_depends_on_the_source() {
    let rules = rules(&file());
    assert!(rules.depends_on_source(&principal("ann@example.com")));
    assert!(!rules.depends_on_source(&principal("bob@example.com")));
    assert!(!rules.depends_on_source(&principal("zed@example.com")));
    assert!(!rules.depends_on_source(&Audience::WithoutCertificate));
}

#[test]
fn why_says_the_reason_the_opening_and_the_owner() {
    let ann = ann();
    let why = |service: &str, minute: u32| {
        let because = ann.why(service, at(minute, 30));
        (because.reason, because.opens_at, because.owner)
    };
    let said = |reason: &str, opens_at: Option<&str>, owner: Option<&str>| {
        (reason.to_owned(), opens_at.map(str::to_owned), owner.map(str::to_owned))
    };
    assert_eq!(why("dns", 0), said("allowed", None, None));
    assert_eq!(why("web", 1), said("allowed", None, None));
    assert_eq!(why("web", 0), said("source-address", Some("2026-06-01T12:01:00.5Z"), Some("platform")));
    assert_eq!(why("wiki", 0), said("not-now", Some("2026-06-02T08:00:00Z"), None));
    assert_eq!(why("nowhere", 0), said("service-unknown", None, None));
    assert_eq!(why("web", 10), said("lease-over", None, Some("platform")));
    let zed = view(&client("zed@example.com")).why("web", at(0, 0));
    assert_eq!((zed.reason.as_str(), zed.owner.as_deref()), ("not-authorized", Some("platform")));
}

#[test]
fn an_opening_that_has_passed_is_not_announced() {
    let mut file = file();
    file["intermediate"]["classes"][1]["opensAt"]["wiki"] = json!("2026-06-01T12:01:00Z");
    let view = rules(&file).view(&client("ann@example.com"));
    assert_eq!(view.why("wiki", at(0, 59)).opens_at.as_deref(), Some("2026-06-01T12:01:00Z"));
    assert_eq!(view.why("wiki", at(1, 0)).opens_at, None);
}
