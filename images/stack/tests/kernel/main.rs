//! The stack against the kernel's TCP, on seeded schedules of loss, reordering, duplication and half-close: bytes equal, no
//! hang, no slot leaked; and how much a bad path carries. In a network namespace of its own, which needs root and
//! /dev/net/tun; without them it is skipped, which is a failure where `CI=true`. `ZTNA_RUNS=<n>` schedules (100),
//! `ZTNA_SEED=<n>` replays one.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::print_stderr, reason = "what is skipped is said")]
#![allow(missing_docs, reason = "tests are documented by their names")]

mod goodput;
mod path;
#[path = "../simulation/random.rs"]
mod random;
mod schedule;

use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use stack::Settings;
use stack::host::Host;
use tokio::sync::Semaphore;
use tun_rs::AsyncDevice;

use crate::path::Path;
use crate::random::runs;
use crate::schedule::Schedule;

/// The kernel's own address on the device, and the one behind which the stack is.
pub const KERNEL: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
pub const STACK: Ipv4Addr = Ipv4Addr::new(10, 100, 0, 2);
pub const MTU: u16 = 1300;

/// Schedules under way at once, so that a thousand wait for their timeouts together.
const AT_ONCE: usize = 50;

/// Bits a second that a bad path must carry. It carries 13 to 16 million, and 3 to 4 with what smoltcp does alone.
const ENOUGH: u64 = 5_000_000;

/// Says in which process the test runs.
const INSIDE: &str = "ZTNA_INSIDE_NAMESPACE";

#[test]
fn bytes_are_equal_to_the_kernels() {
    in_namespace("bytes_are_equal_to_the_kernels", all());
}

#[test]
fn a_path_that_loses_one_in_a_hundred_carries_enough_to_the_kernel() {
    let name = "a_path_that_loses_one_in_a_hundred_carries_enough_to_the_kernel";
    in_namespace(name, async {
        let host = Host::new(Settings::new(1));
        goodput::start(device(), &host, 10);
        let mut found = Vec::new();
        // A busy machine may delay one of them, not each.
        for port in [10, 11, 12] {
            found.push(goodput::goodput(&host, port).await);
            eprintln!("bits a second at 30 ms, one packet in a hundred lost: {found:?}");
            if found.iter().any(|bits| *bits >= ENOUGH) {
                return;
            }
        }
        panic!("expected {ENOUGH} bits a second, found {found:?}");
    });
}

/// Runs a test again in a network namespace of its own, and there what it does.
fn in_namespace(name: &str, work: impl Future<Output = ()>) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        return runtime.unwrap().block_on(work);
    }
    let can = Command::new("unshare").args(["--net", "true"]).output();
    if !can.is_ok_and(|output| output.status.success()) || !std::path::Path::new("/dev/net/tun").exists() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no network namespaces or TUN here");
        return eprintln!("skipped: it needs root, network namespaces and /dev/net/tun");
    }
    let mut again = Command::new("unshare");
    again.arg("--net").arg(std::env::current_exe().unwrap());
    again.args(["--exact", name, "--nocapture"]).env(INSIDE, "1");
    assert!(again.status().unwrap().success());
}

/// The kernel's way to the stack.
fn device() -> AsyncDevice {
    let device =
        tun_rs::DeviceBuilder::new().name("ztna0").ipv4(KERNEL, 32, None).mtu(MTU).build_async().unwrap();
    for arguments in [vec!["link", "set", "lo", "up"], vec!["route", "add", "10.100.0.0/24", "dev", "ztna0"]]
    {
        assert!(Command::new("ip").args(arguments).status().unwrap().success());
    }
    device
}

async fn all() {
    let device = device();
    let host = Host::new(Settings::new(1));
    let first = runs().start;
    let path = Path::start(device, Arc::clone(&host), first);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let schedules: Vec<_> = runs().map(|seed| Schedule::new(seed, first)).collect();
    path.accepts(&schedules);
    let mut running = Vec::new();
    for schedule in schedules {
        let permit = Arc::clone(&room).acquire_owned().await.unwrap();
        let path = Arc::clone(&path);
        running.push(tokio::spawn(async move {
            let seed = schedule.seed;
            let ran = tokio::time::timeout(Duration::from_secs(120), schedule.run(&path)).await;
            drop(permit);
            (seed, ran)
        }));
    }
    for one in running {
        let (seed, ran) = one.await.unwrap();
        let fault = match ran {
            Ok(Ok(())) => continue,
            Ok(Err(fault)) => fault,
            Err(_) => "it hangs".to_owned(),
        };
        panic!("ZTNA_SEED={seed} repeats it: {fault}");
    }
    let emptied = async {
        while !host.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(90), emptied).await.is_ok(), "a slot is left: {host:?}");
}
