//! Which names are principals.

/// Characters of a principal, as `common.schema.json` bounds them.
const MOST: usize = 128;

/// The principal that a name in any letter case means, in lower case: an e-mail address or a machine's name. None for
/// what no policy can name: patterns, spaces, dots at the ends, anything beyond ASCII.
pub(super) fn principal(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let is_principal = lower.len() <= MOST && (is_address(&lower) || is_machine(&lower));
    is_principal.then_some(lower)
}

/// `[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?`
fn is_machine(name: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    is_end(bytes.first()) && is_end(bytes.last()) && bytes.iter().all(is_inner)
}

/// One `@` between a local part and a domain. The local part is a dot-atom (RFC 5322 section 3.2.3) without `*`, which people
/// write as a pattern and which would be taken literally.
fn is_address(name: &str) -> bool {
    let Some((local, domain)) = name.split_once('@') else { return false };
    let is_atom = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'+/=?^_`{|}~-".contains(&byte);
        !part.is_empty() && part.bytes().all(fits)
    };
    local.split('.').all(is_atom) && domain.split('.').all(is_label)
}

/// A label of a domain: letters, digits and hyphens, these not at the ends.
fn is_label(label: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !label.is_empty() && label.bytes().all(fits) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_in_any_letter_case() {
        let table = [
            ("Alice@Example.COM", "alice@example.com"),
            ("o'neil+work@mail.example.com", "o'neil+work@mail.example.com"),
            ("ci", "ci"),
            ("Build-01.eu_west", "build-01.eu_west"),
            ("7", "7"),
        ];
        for (name, expected) in table {
            assert_eq!(principal(name).as_deref(), Some(expected));
        }
        let longest = "x".repeat(128);
        assert_eq!(principal(&longest), Some(longest.clone()));
    }

    #[test]
    fn what_no_policy_can_name() {
        let long = "x".repeat(129);
        let table = [
            "",
            "*",
            "*@eu.example.net",
            "@x",
            "x@",
            "a@b@c",
            "group:sre",
            "alice@example.com.",
            ".alice@example.com",
            "a..b@example.com",
            "alice@-example.com",
            "alice@exa_mple.com",
            "Jane Doe",
            "jane\0",
            "jané",
            "ＡＬＩＣＥ",
            "-ci",
            "ci-",
            "ci.",
            "a/b",
            &long,
        ];
        for name in table {
            assert_eq!(principal(name), None, "{name:?}");
        }
    }
}
