//! The shared keys as quinn wants them: connection ids, stateless resets and retry tokens. SIGHUP replaces them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use quinn::crypto::{AeadKey, CryptoError, HandshakeTokenKey, HmacKey};
use quinn::{ConnectionId, ConnectionIdGenerator};
use quinn_proto::InvalidCid;
use ring::rand::{SecureRandom, SystemRandom};
use tunnel::figures::Total;
use tunnel::keys::{Age, CONNECTION_ID, ConnectionIds, RANDOM, ResetKeys, RetryKeys, SharedKeys, TokenKey};

/// Connection ids live this long: those of the original are rotated every 300 s too.
const ROTATED: Duration = Duration::from_secs(300);

/// The length of a stateless reset token (RFC 9000 section 10.3).
const RESET_TOKEN: usize = 16;

/// Everything that is derived from the shared keys for one component.
pub struct Secrets {
    derived: ArcSwap<Derived>,
    /// Whether another instance of this component may still have connections on this machine: then an unknown connection may
    /// be one of its, and a stateless reset would end it and give its token away.
    another_runs: AtomicBool,
    failures: Total,
}

struct Derived {
    ids: ConnectionIds,
    reset: ResetKeys,
    retry: RetryKeys,
}

impl Derived {
    fn new(keys: &SharedKeys, component: &str) -> Self {
        Self { ids: keys.connection_ids(component), reset: keys.reset(component), retry: keys.retry() }
    }
}

impl Secrets {
    /// Keys of this component; `failures` counts retry tokens that nobody of us made.
    pub fn new(keys: &SharedKeys, component: &str, failures: Total) -> Self {
        let derived = ArcSwap::from_pointee(Derived::new(keys, component));
        Self { derived, another_runs: AtomicBool::new(true), failures }
    }

    /// From now on these keys.
    pub fn replace(&self, keys: &SharedKeys, component: &str) {
        self.derived.store(Arc::new(Derived::new(keys, component)));
    }

    /// No other instance of this component has connections any more.
    pub fn alone(&self) {
        self.another_runs.store(false, Ordering::Release);
    }
}

/// The lane that a connection id belongs to; none where it is too short to be ours. It is in the open, as the socket on
/// which the packet comes in mostly is: reading it must cost nothing.
pub fn lane_of(id: &[u8], lanes: usize) -> Option<u8> {
    let first = id.get(..CONNECTION_ID)?.first()?;
    u8::try_from(usize::from(*first).checked_rem(lanes)?).ok()
}

/// Makes the connection ids of one lane of several.
pub struct Generator {
    secrets: Arc<Secrets>,
    random: SystemRandom,
    lane: u8,
    lanes: u8,
}

impl Generator {
    /// For this lane of so many.
    pub fn new(secrets: Arc<Secrets>, lane: u8, lanes: u8) -> Self {
        Self { secrets, random: SystemRandom::new(), lane, lanes: lanes.max(1) }
    }
}

impl ConnectionIdGenerator for Generator {
    fn generate_cid(&mut self) -> ConnectionId {
        let mut random = [0; RANDOM];
        // The system's randomness fails at the start of a machine or never; zeros would be unique no longer, which quinn notices.
        let _ = self.random.fill(&mut random);
        let whole = u8::MAX / self.lanes;
        random[0] = (random[0] / self.lanes).min(whole.saturating_sub(1)) * self.lanes + self.lane;
        ConnectionId::new(&self.secrets.derived.load().ids.mint(random))
    }

    fn validate(&self, id: &ConnectionId) -> Result<(), InvalidCid> {
        let is_ours = || self.secrets.derived.load().ids.read(id).is_some();
        if !self.secrets.another_runs.load(Ordering::Acquire) && is_ours() { Ok(()) } else { Err(InvalidCid) }
    }

    fn cid_len(&self) -> usize {
        CONNECTION_ID
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        Some(ROTATED)
    }
}

/// Stateless reset tokens.
pub struct Resets(pub Arc<Secrets>);

impl HmacKey for Resets {
    fn sign(&self, id: &[u8], out: &mut [u8]) {
        let derived = self.0.derived.load();
        let age = derived.ids.read(id).unwrap_or(Age::Current);
        out.copy_from_slice(&derived.reset.token(id, age)[..out.len().min(RESET_TOKEN)]);
    }

    fn signature_len(&self) -> usize {
        RESET_TOKEN
    }

    fn verify(&self, id: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let mut own = [0; RESET_TOKEN];
        self.sign(id, &mut own);
        if own == signature { Ok(()) } else { Err(CryptoError) }
    }
}

/// Retry tokens.
pub struct Tokens(pub Arc<Secrets>);

impl HandshakeTokenKey for Tokens {
    fn aead_from_hkdf(&self, random_bytes: &[u8]) -> Box<dyn AeadKey> {
        let key = self.0.derived.load().retry.token_key(random_bytes);
        Box::new(OneToken { key, failures: self.0.failures.clone() })
    }
}

struct OneToken {
    key: TokenKey,
    failures: Total,
}

impl AeadKey for OneToken {
    fn seal(&self, data: &mut Vec<u8>, additional_data: &[u8]) -> Result<(), CryptoError> {
        self.key.seal(data, additional_data).map_err(|_| CryptoError)
    }

    fn open<'a>(&self, data: &'a mut [u8], additional_data: &[u8]) -> Result<&'a mut [u8], CryptoError> {
        self.key.open(data, additional_data).map_err(|_| {
            self.failures.inc();
            CryptoError
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(created: [(u64, u8); 2]) -> SharedKeys {
        let keys = created.map(|(created, byte)| {
            let key = |offset: u8| format!("{:02x}", byte.wrapping_add(offset)).repeat(32);
            format!(
                r#"{{"retry":"{}","reset":"{}","connectionId":"{}","created":{created}}}"#,
                key(0),
                key(1),
                key(2),
            )
        });
        SharedKeys::read(format!(r#"{{"current":{},"previous":{}}}"#, keys[0], keys[1]).as_bytes()).unwrap()
    }

    fn instance(keys: &SharedKeys, component: &str) -> Arc<Secrets> {
        Arc::new(Secrets::new(keys, component, Total::default()))
    }

    #[test]
    fn every_lane_makes_ids_that_lead_to_it() {
        let secrets = instance(&secrets([(2, 2), (1, 1)]), "intermediate/one");
        for lanes in 1..=7 {
            for lane in 0..lanes {
                let mut generator = Generator::new(Arc::clone(&secrets), lane, lanes);
                for _ in 0..200 {
                    assert_eq!(lane_of(&generator.generate_cid(), usize::from(lanes)), Some(lane));
                }
            }
        }
        assert_eq!(lane_of(&[1, 2, 3], 2), None);
    }

    #[test]
    fn every_byte_of_an_id_is_random() {
        let secrets = instance(&secrets([(2, 2), (1, 1)]), "intermediate/one");
        let mut generator = Generator::new(secrets, 1, 2);
        let ids: Vec<ConnectionId> = (0..4000).map(|_| generator.generate_cid()).collect();
        for at in 0..CONNECTION_ID {
            let values: std::collections::HashSet<u8> = ids.iter().map(|id| id[at]).collect();
            let most = if at == 0 { 128 } else { 256 };
            assert!(values.len() > most * 9 / 10, "byte {at}: {} values", values.len());
        }
    }

    #[test]
    fn a_second_instance_resets_what_it_knows_not_before_the_first_is_gone() {
        let keys = secrets([(2, 2), (1, 1)]);
        let (first, second) = (instance(&keys, "intermediate/one"), instance(&keys, "intermediate/one"));
        let id = Generator::new(Arc::clone(&first), 0, 1).generate_cid();
        let generator = Generator::new(Arc::clone(&second), 0, 2);
        assert!(generator.validate(&id).is_err());
        second.alone();
        assert!(generator.validate(&id).is_ok());
        assert!(Resets(second).verify(&id, &token(&first, &id)).is_ok());
    }

    #[test]
    fn another_component_never_answers() {
        let keys = secrets([(2, 2), (1, 1)]);
        let (one, two) = (instance(&keys, "intermediate/one"), instance(&keys, "intermediate/two"));
        two.alone();
        let id = Generator::new(Arc::clone(&one), 0, 1).generate_cid();
        assert!(Generator::new(Arc::clone(&two), 0, 1).validate(&id).is_err());
        assert_ne!(token(&one, &id), token(&two, &id));
    }

    #[test]
    fn ids_made_with_the_previous_keys_keep_their_token() {
        let before = instance(&secrets([(2, 2), (1, 1)]), "intermediate/one");
        let id = Generator::new(Arc::clone(&before), 0, 1).generate_cid();
        let old = token(&before, &id);
        before.replace(&secrets([(3, 3), (2, 2)]), "intermediate/one");
        assert_eq!(token(&before, &id), old);
        before.replace(&secrets([(4, 4), (3, 3)]), "intermediate/one");
        assert_ne!(token(&before, &id), old, "after two rotations nobody knows the key");
    }

    #[test]
    fn a_retry_token_is_opened_with_the_current_and_the_previous_keys() {
        let seal = |keys: &SharedKeys| {
            let mut token = b"token".to_vec();
            Tokens(instance(keys, "intermediate/one"))
                .aead_from_hkdf(&[7; 16])
                .seal(&mut token, &[])
                .unwrap();
            token
        };
        let open = |keys: &SharedKeys, mut token: Vec<u8>| {
            let key = Tokens(instance(keys, "intermediate/two")).aead_from_hkdf(&[7; 16]);
            key.open(&mut token, &[]).map(|opened| opened.to_vec()).ok()
        };
        let (old, new) = (secrets([(2, 2), (1, 1)]), secrets([(3, 3), (2, 2)]));
        assert_eq!(open(&new, seal(&old)), Some(b"token".to_vec()));
        assert_eq!(open(&new, seal(&new)), Some(b"token".to_vec()));
        assert_eq!(open(&old, seal(&new)), None);
    }

    fn token(secrets: &Arc<Secrets>, id: &[u8]) -> [u8; 16] {
        let mut token = [0; 16];
        Resets(Arc::clone(secrets)).sign(id, &mut token);
        token
    }
}
