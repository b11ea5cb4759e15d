//! Whether another instance of this component still runs beside this one: during a rolling deploy the old one has
//! connections until it has closed them. Its life is a name in the machine's abstract socket namespace, which the kernel frees
//! when the process ends, however it ends, and which containers on the host's network share.
//!
//! On another machine nothing is shared, and nothing need be: packets of the old machine's connections come here only
//! once its address has moved, which is after it closed them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tunnel::keys::{Age, SharedKeys};

use super::identifiers::Secrets;

/// How often a new instance looks whether the old one is gone.
const LOOK: Duration = Duration::from_millis(100);

/// The names that this process holds.
pub type Names = Arc<Mutex<HashMap<String, Taken>>>;

/// Waits until no other instance holds the names of these keys, takes them, and says so; they are held until the process ends.
/// There is a name for the current and one for the previous keys, so that instances before and after a rotation meet.
pub async fn wait(names: Names, keys: SharedKeys, component: String, secrets: Arc<Secrets>) {
    let mut interval = tokio::time::interval(LOOK);
    for age in [Age::Previous, Age::Current] {
        let name = name_of(&keys, &component, age);
        while !hold(&names, &name) {
            interval.tick().await;
        }
    }
    secrets.alone();
}

/// Whether this process holds a name, now at the latest.
fn hold(names: &Names, name: &str) -> bool {
    let mut held = names.lock().unwrap_or_else(PoisonError::into_inner);
    if held.contains_key(name) {
        return true;
    }
    let taken = take(name);
    taken.map(|taken| held.insert(name.to_owned(), taken)).is_some()
}

/// A name that instances of one component with these keys share, and that tells nothing of the keys: it is an HMAC of
/// a text that is no connection id.
fn name_of(keys: &SharedKeys, component: &str, age: Age) -> String {
    let mac = keys.reset(component).token(b"name of the running instance", age);
    mac.iter().fold("ztna-v1/".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

/// What holds a name while it lives.
#[cfg(target_os = "linux")]
pub type Taken = std::os::unix::net::UnixListener;

/// Elsewhere there are no such names: an instance is taken to be alone.
#[cfg(not(target_os = "linux"))]
pub type Taken = ();

/// Takes the name; none while another process has it.
#[cfg(target_os = "linux")]
fn take(name: &str) -> Option<Taken> {
    use std::os::linux::net::SocketAddrExt;
    let name = std::os::unix::net::SocketAddr::from_abstract_name(name).ok()?;
    Taken::bind_addr(&name).ok()
}

#[cfg(not(target_os = "linux"))]
fn take(_name: &str) -> Option<Taken> {
    Some(())
}
