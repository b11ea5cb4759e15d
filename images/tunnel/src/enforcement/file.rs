//! The file's JSON, shape by shape as `schemas/enforcement.schema.json` has it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Protocol;
use super::scalars::{Address, Attribute, Id, Intervals, Name, Port, Prefix, Text, conditions, map, present};
use crate::digest::Digest;
use crate::time::Instant;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct File {
    pub schema_version: u64,
    pub environment: Id,
    pub component: String,
    pub epoch: u64,
    pub sequence: u64,
    pub not_before: Instant,
    pub not_after: Instant,
    #[serde(default, deserialize_with = "present")]
    pub intermediate: Option<Intermediate>,
    #[serde(default, deserialize_with = "present")]
    pub connector: Option<Connector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Intermediate {
    pub virtual_network: Prefix,
    pub services: Vec<Service>,
    pub classes: Vec<Class>,
    pub revoked: Vec<Digest>,
    #[serde(default, deserialize_with = "present")]
    pub without_certificate: Option<Share>,
    #[serde(default, deserialize_with = "present")]
    pub client_cas: Option<Vec<Digest>>,
    #[serde(default)]
    pub revoked_principals: Vec<Name>,
    #[serde(default)]
    pub connectors: Vec<Server>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Service {
    pub id: Id,
    pub protocol: Protocol,
    pub ports: Intervals,
    pub virtual_ip: Address,
    #[serde(default, deserialize_with = "present")]
    pub owner: Option<Id>,
}

/// A connector as an intermediate knows it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub id: Id,
    pub services: Vec<Id>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Class {
    pub principals: Vec<Name>,
    pub reaches: Vec<Id>,
    pub grants: Vec<Grant>,
    #[serde(default, deserialize_with = "present")]
    pub observed: Option<Vec<Grant>>,
    #[serde(default, deserialize_with = "map")]
    pub opens_at: BTreeMap<Id, Instant>,
}

/// What a class has, for those who have no name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Share {
    pub reaches: Vec<Id>,
    pub grants: Vec<Grant>,
    #[serde(default, deserialize_with = "present")]
    pub observed: Option<Vec<Grant>>,
    #[serde(default, deserialize_with = "map")]
    pub opens_at: BTreeMap<Id, Instant>,
}

impl From<Share> for Class {
    fn from(Share { reaches, grants, observed, opens_at }: Share) -> Class {
        Class { principals: Vec::new(), reaches, grants, observed, opens_at }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Grant {
    pub service: Id,
    pub ports: Intervals,
    #[serde(default, deserialize_with = "present")]
    pub sources: Option<Vec<Prefix>>,
    #[serde(default, deserialize_with = "conditions")]
    pub device: BTreeMap<Attribute, Vec<Text<63>>>,
    pub not_before: Instant,
    pub not_after: Instant,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connector {
    pub services: Vec<Served>,
    pub intermediates: Vec<IntermediateAddress>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Served {
    pub id: Id,
    pub protocol: Protocol,
    pub ports: Intervals,
    pub virtual_ip: Address,
    pub backend: super::Backend,
    #[serde(default)]
    pub proxy_protocol: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntermediateAddress {
    pub id: Id,
    pub address: Text<253>,
    pub port: Port,
}
