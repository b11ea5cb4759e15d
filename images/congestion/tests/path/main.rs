//! What the controller makes of paths, with QUIC as the programs have it, in virtual time.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(missing_docs, reason = "tests are documented by their names")]
#![allow(clippy::print_stdout, reason = "figures are printed when they are asked for")]

use std::sync::Arc;
use std::time::Duration;

use quinn_proto::congestion::{ControllerFactory, CubicConfig};

#[path = "../../../stack/tests/simulation/random.rs"]
#[allow(dead_code, reason = "the stack's tests use all of it")]
mod random;

mod end;
mod world;

use world::{Path, World};

type Controller = Arc<dyn ControllerFactory + Send + Sync>;

fn ours() -> Controller {
    Arc::new(congestion::Factory)
}

/// quinn's own.
fn cubic() -> Controller {
    Arc::new(CubicConfig::default())
}

const MEGABIT: u64 = 1_000_000;

/// 30 ms there and back.
const PATH: Path = Path {
    rate: 50 * MEGABIT,
    // What the path carries in a round trip.
    queue: 187_500,
    half_trip: Duration::from_millis(15),
    loss: 0,
    marks: false,
};

/// Mbit/s of each sender over so many seconds, after five of settling.
fn rates(path: Path, controllers: &[Controller], seconds: u64) -> Vec<f64> {
    let mut world = World::new(path, controllers);
    world.run(5);
    world.run(seconds).into_iter().map(|rate| rate as f64 / 1e6).collect()
}

#[test]
fn a_path_that_loses_one_in_a_hundred_is_used() {
    let path = Path { loss: 10, ..PATH };
    let (ours, cubic) = (rates(path, &[ours()], 5)[0], rates(path, &[cubic()], 5)[0]);
    assert!(ours > 25.0 && cubic < 6.0, "{ours} {cubic}");
}

#[test]
fn a_path_that_loses_too_much_is_used_as_by_cubic() {
    let path = Path { loss: 100, ..PATH };
    let (ours, cubic) = (rates(path, &[ours()], 10)[0], rates(path, &[cubic()], 10)[0]);
    assert!(ours < 4.0, "{ours} {cubic}");
}

#[test]
fn a_full_path_loses_little_and_is_full() {
    // A queue of a whole round trip, and one that is too short to be seen in what a round trip takes.
    for queue in [PATH.queue, 30_000] {
        let mut world = World::new(Path { rate: 20 * MEGABIT, queue, ..PATH }, &[ours()]);
        world.run(5);
        (world.sent, world.overflown) = (0, 0);
        let rate = world.run(10)[0] as f64 / 1e6;
        let share = world.overflown as f64 / world.sent as f64;
        assert!(rate > 17.0 && share < 0.02, "{rate} {share}");
    }
}

#[test]
fn a_sender_beside_ours_keeps_its_part() {
    let both = rates(PATH, &[ours(), cubic()], 20);
    assert!(both[1] > 0.25 * both[0], "{both:?}");
    let both = rates(PATH, &[ours(), ours()], 20);
    assert!(both[1] > 0.25 * both[0] && both[0] > 0.25 * both[1], "{both:?}");
}

#[test]
fn marks_are_heard() {
    let mut world = World::new(Path { marks: true, ..PATH }, &[ours()]);
    world.run(5);
    let most = PATH.queue as u64 * 2;
    assert!(world.window() < most, "{} where {most} fit", world.window());
}

#[test]
fn a_path_that_was_gone_is_begun_anew() {
    let mut world = World::new(PATH, &[ours()]);
    world.run(5);
    let before = world.window();
    // Nothing arrives, and then what was lost meanwhile is known to be.
    world.path.loss = 1000;
    world.run(3);
    world.path.loss = 0;
    let mut least = before;
    for _ in 0..40 {
        world.pass(Duration::from_millis(50));
        least = least.min(world.window());
    }
    assert!(least < before / 10, "{before} {least}");
}

#[test]
#[ignore = "prints figures for docs/decisions.md"]
fn figures() {
    for (name, path) in [
        ("as it is", PATH),
        ("1 % lost", Path { loss: 10, ..PATH }),
        ("2 % lost", Path { loss: 20, ..PATH }),
        ("3 % lost", Path { loss: 30, ..PATH }),
        ("short queue", Path { queue: 30_000, ..PATH }),
        ("short queue, 1 % lost", Path { queue: 30_000, loss: 10, ..PATH }),
        ("deep queue", Path { queue: 1_000_000, ..PATH }),
        ("5 Mbit/s", Path { rate: 5 * MEGABIT, queue: 64_000, ..PATH }),
        ("5 Mbit/s, 1 % lost", Path { rate: 5 * MEGABIT, queue: 64_000, loss: 10, ..PATH }),
        ("marks", Path { marks: true, ..PATH }),
    ] {
        for (who, controllers) in [
            ("ours", vec![ours()]),
            ("cubic", vec![cubic()]),
            ("ours, cubic", vec![ours(), cubic()]),
            ("ours, ours", vec![ours(), ours()]),
            ("cubic, cubic", vec![cubic(), cubic()]),
        ] {
            let mut world = World::new(path, &controllers);
            world.run(5);
            (world.sent, world.overflown, world.waited) = (0, 0, 0);
            let rates: Vec<_> = world.run(20).into_iter().map(|rate| rate as f64 / 1e6).collect();
            let (sent, overflown) = (world.sent, world.overflown);
            let (full, waits) = (overflown as f64 / sent as f64 * 100.0, world.waited / sent);
            println!(
                "{name:22} {who:13} {rates:6.1?} overflow {full:5.2} %, {waits} bytes wait, window {}",
                world.window()
            );
        }
    }
}
