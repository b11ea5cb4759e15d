//! One line in, one line out.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use tunnel::enforcement::{Ask, Audience, Client, Enforcement, IntermediateRules, Port, Verdict};
use tunnel::figures::DropReason;
use tunnel::identity::{Device, Principal};
use tunnel::time::Instant;

#[derive(Deserialize)]
struct Question {
    enforcement: Value,
    requests: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    principal: Option<String>,
    #[serde(default)]
    without_certificate: bool,
    service: String,
    port: Value,
    at: Instant,
    from: Option<String>,
    #[serde(default)]
    device: BTreeMap<String, Value>,
}

/// The answer to one line.
pub fn line(line: &str) -> Value {
    match serde_json::from_str(line) {
        Ok(question) => answer(&question),
        Err(fault) => json!({ "refused": fault.to_string() }),
    }
}

fn answer(Question { enforcement, requests }: &Question) -> Value {
    let component = enforcement["component"].as_str().unwrap_or_default();
    let file = match Enforcement::read(enforcement.to_string().as_bytes(), component) {
        Ok(file) => file,
        Err(refused) => return json!({ "refused": refused.reason }),
    };
    let Some(rules) = file.intermediate() else { return json!({ "refused": "not an intermediate's file" }) };
    let verdicts: Vec<Value> = requests.iter().map(|request| verdict(rules, request)).collect();
    json!({ "verdicts": verdicts })
}

/// The client sends a packet to the service's address, by its protocol.
fn verdict(rules: &IntermediateRules, request: &Request) -> Value {
    let denied = |reason: DropReason| json!({ "decision": "deny", "reason": reason.name() });
    let Some(service) = rules.service(&request.service) else { return denied(DropReason::ServiceUnknown) };
    let Some(client) = client(request) else { return denied(DropReason::CertificateUnusable) };
    let port = match request.port.as_u64().map(u16::try_from) {
        Some(Ok(port)) => Port::Of(service.protocol, port),
        Some(Err(_)) => return denied(DropReason::Port),
        None => Port::Echo,
    };
    let ask = Ask { destination: service.virtual_ip, port };
    match rules.view(&client).decide(&request.service, &ask, request.at) {
        Verdict::Allow { .. } => json!({ "decision": "allow" }),
        Verdict::Deny(reason) => denied(reason),
    }
}

fn client(request: &Request) -> Option<Client> {
    let audience = match &request.principal {
        _ if request.without_certificate => Audience::WithoutCertificate,
        name => Audience::Principal(Principal::read(name.as_deref()?)?),
    };
    let source = request.from.as_deref().and_then(|from| from.parse::<IpAddr>().ok());
    Some(Client { audience, source, device: device(&request.device), limit: None })
}

/// A fact stated more than once (a list) is unknown.
fn device(stated: &BTreeMap<String, Value>) -> Device {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    };
    stated.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}
