//! The file's scalars: what is read is within its bounds, or is not read.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr};

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::PortSet;
use crate::config::is_id;

/// Reads a scalar from text by `read`, else says what was expected. Text is read where it stands: files have a million of
/// them.
fn text<'de, D: Deserializer<'de>, T>(
    from: D,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    from.deserialize_str(Reader { expected, read })
}

struct Reader<F> {
    expected: &'static str,
    read: F,
}

impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for Reader<F> {
    type Value = T;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<T, E> {
        let wrong = || E::custom(format_args!("expected {}, found {:?}", self.expected, shortened(found)));
        (self.read)(found).ok_or_else(wrong)
    }
}

/// At most 60 characters.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// An id of ours.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Id(pub String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        let read = |text: &str| is_id(text).then(|| Id(text.to_owned()));
        text(from, "an id (lower-case letters, digits and hyphens, at most 63)", read)
    }
}

/// A principal's name in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Name(pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Name, D::Error> {
        let is_name = |text: &str| {
            (1..=128).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
        };
        text(from, "a principal in lower case", |text| is_name(text).then(|| Name(text.to_owned())))
    }
}

/// Text of 1 to so many characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Text<const MOST: usize>(pub String);

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let fits = |text: &str| (1..=MOST).contains(&text.chars().count()).then(|| Text(text.to_owned()));
        text(from, "text that is not empty and not that long", fits)
    }
}

/// The name of a device attribute.
pub(super) type Attribute = Text<63>;

/// An IPv4 address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Address(pub Ipv4Addr);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Address, D::Error> {
        text(from, "an IPv4 address", |text| text.parse().ok().map(Address))
    }
}

/// A port, 1 to 65,535.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Port(pub u16);

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Port, D::Error> {
        let found = u16::deserialize(from)?;
        if found == 0 { Err(D::Error::custom("expected a port, found 0")) } else { Ok(Port(found)) }
    }
}

/// Port intervals in order, at least one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Intervals(pub PortSet);

impl<'de> Deserialize<'de> for Intervals {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Intervals, D::Error> {
        let found = Vec::<(Port, Port)>::deserialize(from)?;
        let plain: Vec<_> = found.into_iter().map(|(Port(first), Port(last))| (first, last)).collect();
        let expected = "expected port intervals, ascending, neither touching nor overlapping";
        match PortSet::new(plain) {
            Some(ports) if !ports.intervals().is_empty() => Ok(Intervals(ports)),
            _ => Err(D::Error::custom(expected)),
        }
    }
}

/// An IPv4 or IPv6 prefix without host bits. One within IPv4 mapped into IPv6 is IPv4.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prefix {
    network: IpAddr,
    length: u8,
}

impl Prefix {
    /// Reads `address/length`, or an address alone.
    pub fn read(text: &str) -> Option<Prefix> {
        let (address, length) =
            text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let length =
            length.map_or(Some(bits), |length| small_number(length).filter(|length| *length <= bits))?;
        let prefix = match (address.to_canonical(), length) {
            (network @ IpAddr::V4(_), 96..) if bits == 128 => Prefix { network, length: length - 96 },
            _ => Prefix { network: address, length },
        };
        (prefix.masked(prefix.network) == prefix.bits(prefix.network)).then_some(prefix)
    }

    /// Whether an address is in it; one that is IPv4 mapped into IPv6 is IPv4.
    pub fn includes(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.network.is_ipv4() && self.masked(address) == self.bits(self.network)
    }

    /// An address as a number whose highest bit is its first.
    fn bits(&self, address: IpAddr) -> u128 {
        match address {
            IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
            IpAddr::V6(address) => address.to_bits(),
        }
    }

    fn masked(&self, address: IpAddr) -> u128 {
        let host_bits = 128 - u32::from(self.length);
        self.bits(address) & u128::MAX.checked_shl(host_bits).unwrap_or(0)
    }
}

/// A number of one to three digits without leading zeros.
fn small_number(text: &str) -> Option<u8> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Prefix, D::Error> {
        text(from, "an IP prefix without host bits", Prefix::read)
    }
}

/// What is optional may be left out; `null` is no value.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A map in which no key is twice: which of the values would count is nowhere said.
pub(super) fn map<'de, D, K, V>(from: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    from.deserialize_map(Map(PhantomData))
}

/// A map that states at least one condition, each with at least one value: one without would mean nothing, or everything.
pub(super) fn conditions<'de, D, K, T>(from: D) -> Result<BTreeMap<K, Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    T: Deserialize<'de>,
{
    let read: BTreeMap<K, Vec<T>> = map(from)?;
    let says_something = !read.is_empty() && read.values().all(|values| !values.is_empty());
    if says_something {
        Ok(read)
    } else {
        Err(D::Error::custom("expected at least one attribute, each with a value"))
    }
}

struct Map<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Map<K, V> {
    type Value = BTreeMap<K, V>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut made = BTreeMap::new();
        while let Some((key, value)) = from.next_entry()? {
            if made.insert(key, value).is_some() {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(made)
    }
}
