//! Retry tokens: sealed with the current keys, opened with either.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::{SharedKeys, derive};

/// Derives a key per token.
#[derive(Clone)]
pub struct RetryKeys {
    current: [u8; 32],
    previous: [u8; 32],
}

/// The keys of one token: one use each, so that the nonce may be constant.
pub struct TokenKey {
    current: Option<LessSafeKey>,
    previous: Option<LessSafeKey>,
}

/// A token that neither key opens, or one too long to seal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotOurs;

impl RetryKeys {
    pub(super) fn new(keys: &SharedKeys) -> RetryKeys {
        let key = |secret| derive::derive(secret, "retry token", b"");
        RetryKeys { current: key(&keys.current.retry), previous: key(&keys.previous.retry) }
    }

    /// The keys of the token that these random bytes begin; at least 16 fresh ones for each token that is sealed.
    pub fn token_key(&self, random: &[u8]) -> TokenKey {
        let key = |secret| UnboundKey::new(&AES_256_GCM, &derive::derive(secret, "token", random)).ok();
        let [current, previous] =
            [&self.current, &self.previous].map(|secret| key(secret).map(LessSafeKey::new));
        TokenKey { current, previous }
    }
}

impl TokenKey {
    /// Seals a token in place and appends its tag of 16 bytes.
    pub fn seal(&self, token: &mut Vec<u8>, additional: &[u8]) -> Result<(), NotOurs> {
        let key = self.current.as_ref().ok_or(NotOurs)?;
        key.seal_in_place_append_tag(nonce(), Aad::from(additional), token).map_err(|_| NotOurs)
    }

    /// Opens a token in place, sealed with the current or the previous keys.
    pub fn open<'a>(&self, token: &'a mut [u8], additional: &[u8]) -> Result<&'a mut [u8], NotOurs> {
        let mut copy = token.to_vec();
        let length = [&self.current, &self.previous].into_iter().flatten().find_map(|key| {
            // A key that fails leaves nothing usable behind: the next one gets the bytes anew.
            copy.copy_from_slice(token);
            key.open_in_place(nonce(), Aad::from(additional), &mut copy).ok().map(|opened| opened.len())
        });
        let opened = token.get_mut(..length.ok_or(NotOurs)?).ok_or(NotOurs)?;
        opened.copy_from_slice(copy.get(..opened.len()).ok_or(NotOurs)?);
        Ok(opened)
    }
}

/// Each key seals one token only.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
