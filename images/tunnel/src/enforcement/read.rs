//! Bytes -> enforcement: JSON, then what a schema cannot say, then the index.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::compile::{self, Index, Reach};
use super::file::{self, File};
use super::scalars::{Id, Name, Prefix};
use super::*;

/// What is wrong, where a file is not taken.
type Wrong = String;

/// Bytes of a refusal's reason.
const MOST_REASON: usize = 500;

/// Reads a file for a component.
pub(super) fn enforcement(bytes: &[u8], component: &str) -> Result<Enforcement, Refused> {
    let digest = Digest::of(bytes);
    let refused = |reason: Wrong| Refused { digest, reason: cut(reason) };
    let file = parse(bytes).map_err(refused)?;
    build(file, digest, component).map_err(refused)
}

/// At most so many bytes, at a character's end.
fn cut(mut reason: Wrong) -> Wrong {
    reason.truncate(reason.floor_char_boundary(MOST_REASON));
    reason
}

/// The path to a fault costs time, so it is looked for only where there is one.
fn parse(bytes: &[u8]) -> Result<File, Wrong> {
    if bytes.len() > MOST_BYTES {
        return Err(format!("expected at most {MOST_BYTES} bytes, found {}", bytes.len()));
    }
    serde_json::from_slice(bytes).map_err(|fault| {
        let mut from = serde_json::Deserializer::from_slice(bytes);
        match serde_path_to_error::deserialize::<_, File>(&mut from) {
            Err(placed) => format!("{}: {}", placed.path(), placed.inner()),
            Ok(_) => fault.to_string(),
        }
    })
}

fn build(file: File, digest: Digest, component: &str) -> Result<Enforcement, Wrong> {
    let File { schema_version, environment: Id(environment), epoch, sequence, not_before, not_after, .. } =
        file;
    if schema_version != 1 {
        return Err(format!("schemaVersion: expected 1, found {schema_version}"));
    }
    if file.component != component {
        return Err(format!("component: expected {component:?}, found {:?}", file.component));
    }
    if epoch == 0 || sequence == 0 {
        return Err("epoch, sequence: expected 1 or more, found 0".to_owned());
    }
    let lease = Lease { begin: not_before, end: not_after };
    if lease.end <= lease.begin {
        return Err(format!("notAfter: expected an instant after {not_before}, found {not_after}"));
    }
    let rules = match (file.intermediate, file.connector) {
        (Some(rules), None) if component.starts_with("intermediate/") => {
            Rules::Intermediate(Arc::new(intermediate(rules, lease)?))
        }
        (None, Some(rules)) if component.starts_with("connector/") => {
            Rules::Connector(Arc::new(connector(rules, lease)?))
        }
        _ => return Err(format!("expected the rules of {component} and no others")),
    };
    Ok(Enforcement { digest, environment, position: (epoch, sequence), lease, rules })
}

fn intermediate(file: file::Intermediate, lease: Lease) -> Result<IntermediateRules, Wrong> {
    let mut index = Index::default();
    for service in file.services {
        add_service(&mut index, service, &file.virtual_network)?;
    }
    if file.classes.is_empty() {
        return Err("intermediate.classes: expected anyone else's first, found none".to_owned());
    }
    for (number, mut one) in file.classes.into_iter().enumerate() {
        let place = format!("intermediate.classes[{number}]");
        for Name(principal) in std::mem::take(&mut one.principals) {
            if let Some(other) = index.class_of.insert(principal.clone(), number) {
                return Err(format!("{place}: {principal:?} is in class {other} too"));
            }
        }
        let made = class(one, &index.services).map_err(|wrong| format!("{place}.{wrong}"))?;
        index.classes.push(Arc::new(made));
    }
    if let Some(share) = file.without_certificate {
        let made = class(share.into(), &index.services)
            .map_err(|wrong| format!("intermediate.withoutCertificate.{wrong}"))?;
        index.without_certificate = Some(Arc::new(made));
    }
    for server in file.connectors {
        add_connector(&mut index, server)?;
    }
    index.revoked = file.revoked.into_iter().collect();
    index.revoked_principals = file.revoked_principals.into_iter().map(|name| name.0).collect();
    index.client_cas = file.client_cas.map(|cas| cas.into_iter().collect());
    Ok(IntermediateRules { lease, index: Arc::new(index) })
}

fn add_service(index: &mut Index, service: file::Service, network: &Prefix) -> Result<(), Wrong> {
    let file::Service { id: Id(id), protocol, ports, virtual_ip, owner } = service;
    if !network.includes(virtual_ip.0.into()) {
        return Err(format!("service {id:?}: {} is not in the virtual network", virtual_ip.0));
    }
    let owner = owner.map(|owner| owner.0);
    let made =
        Arc::new(Service { id: id.clone(), protocol, ports: ports.0, virtual_ip: virtual_ip.0, owner });
    if let Some(other) = index.by_address.insert(made.virtual_ip, Arc::clone(&made)) {
        return Err(format!(
            "services {:?} and {id:?} have one virtual address, {}",
            other.id, made.virtual_ip
        ));
    }
    match index.services.insert(id, made) {
        Some(other) => Err(format!("service {:?} is there twice", other.id)),
        None => Ok(()),
    }
}

fn add_connector(index: &mut Index, server: file::Server) -> Result<(), Wrong> {
    let Id(connector) = server.id;
    let mut serves = BTreeSet::new();
    for Id(service) in server.services {
        known(&index.services, &service).map_err(|wrong| format!("connector {connector:?}: {wrong}"))?;
        serves.insert(service);
    }
    match index.connectors.insert(connector.clone(), serves) {
        Some(_) => Err(format!("connector {connector:?} is there twice")),
        None => Ok(()),
    }
}

/// The service with an id that something refers to.
fn known<'a>(services: &'a BTreeMap<String, Arc<Service>>, id: &str) -> Result<&'a Arc<Service>, Wrong> {
    services.get(id).ok_or_else(|| format!("there is no service {id:?}"))
}

fn class(file: file::Class, services: &BTreeMap<String, Arc<Service>>) -> Result<compile::Class, Wrong> {
    let mut made = compile::Class::default();
    for Id(id) in file.reaches {
        let service = Arc::clone(known(services, &id).map_err(|wrong| format!("reaches: {wrong}"))?);
        let reach = Reach { service, grants: Vec::new(), observed: None, open: None };
        if made.reaches.insert(id.clone(), reach).is_some() {
            return Err(format!("reaches: {id:?} is there twice"));
        }
    }
    for grant in file.grants {
        let (reach, grant) = reach_of(&mut made, grant).map_err(|wrong| format!("grants: {wrong}"))?;
        reach.grants.push(grant);
    }
    if let Some(observed) = file.observed {
        add_observed(&mut made, observed)?;
    }
    for (Id(id), instant) in file.opens_at {
        known(services, &id).map_err(|wrong| format!("opensAt: {wrong}"))?;
        made.opens_at.insert(id, instant);
    }
    finish(&mut made);
    Ok(made)
}

/// Where observed grants are given, a service without one would lose all.
fn add_observed(made: &mut compile::Class, observed: Vec<file::Grant>) -> Result<(), Wrong> {
    for reach in made.reaches.values_mut() {
        reach.observed = Some(Vec::new());
    }
    for grant in observed {
        let (reach, grant) = reach_of(made, grant).map_err(|wrong| format!("observed: {wrong}"))?;
        reach.observed.get_or_insert_default().push(grant);
    }
    Ok(())
}

/// A grant, and where it belongs: what is granted is reached.
fn reach_of(made: &mut compile::Class, grant: file::Grant) -> Result<(&mut Reach, compile::Grant), Wrong> {
    let file::Grant { service: Id(id), ports, sources, device, not_before, not_after } = grant;
    if not_after <= not_before {
        return Err(format!("for {id:?}: notAfter must be after notBefore, {not_before}"));
    }
    if sources.as_ref().is_some_and(Vec::is_empty) {
        return Err(format!("for {id:?}: sources without a prefix"));
    }
    let device =
        device.into_iter().map(|(name, values)| (name.0, values.into_iter().map(|value| value.0).collect()));
    let grant =
        compile::Grant { ports: ports.0, time: (not_before, not_after), sources, device: device.collect() };
    made.depends_on_source |= grant.sources.is_some();
    let reach = made.reaches.get_mut(&id).ok_or_else(|| format!("{id:?} is granted and not reached"))?;
    Ok((reach, grant))
}

/// What is the same for every client is united once.
fn finish(made: &mut compile::Class) {
    for (id, reach) in &mut made.reaches {
        reach.open = reach.is_unconditional().then(|| reach.opening_for(&Client::nobody()));
        if reach.open.is_none() {
            made.conditional.push(id.clone());
        }
    }
}

fn connector(file: file::Connector, lease: Lease) -> Result<ConnectorRules, Wrong> {
    let mut services: BTreeMap<String, ConnectorService> = BTreeMap::new();
    let mut addresses = HashMap::new();
    for served in file.services {
        let file::Served { id: Id(id), protocol, ports, virtual_ip, backend, proxy_protocol } = served;
        if proxy_protocol && protocol == Protocol::Udp {
            return Err(format!("service {id:?}: proxyProtocol goes with tcp only"));
        }
        if let Some(other) = addresses.insert(virtual_ip.0, id.clone()) {
            return Err(format!("services {other:?} and {id:?} have one virtual address, {}", virtual_ip.0));
        }
        let (ports, virtual_ip) = (ports.0, virtual_ip.0);
        let made = ConnectorService { id: id.clone(), protocol, ports, virtual_ip, backend, proxy_protocol };
        if services.insert(id.clone(), made).is_some() {
            return Err(format!("service {id:?} is there twice"));
        }
    }
    let mut ids = HashSet::new();
    let mut intermediates = Vec::new();
    for file::IntermediateAddress { id: Id(id), address, port } in file.intermediates {
        if !ids.insert(id.clone()) {
            return Err(format!("intermediate {id:?} is there twice"));
        }
        intermediates.push(IntermediateAddress { id, address: address.0, port: port.0 });
    }
    Ok(ConnectorRules { lease, services: services.into_values().collect(), intermediates })
}
