//! The relay in virtual time on a simulated network, beside a reference model that is too simple to be wrong: it scans the
//! file's JSON. Every run is made by its seed: `ZTNA_SEED=<seed>` runs that one again, `ZTNA_RUNS=<count>` sets how many.

mod addresses;
mod cases;
mod model;
mod network;
#[path = "../../../tests/loopback/packets.rs"]
#[allow(dead_code, reason = "shared with the tests on the loopback interface")]
mod packets;
mod world;

use network::Network;

/// Runs of `cargo test`; more are for `prove`.
const RUNS: u64 = 150;

/// Steps of a run.
const STEPS: usize = 400;

#[test]
fn what_passes_is_what_the_file_allows_whatever_happens() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = match number("ZTNA_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ZTNA_RUNS").unwrap_or(RUNS),
    };
    let mut totals = [0; 4];
    for seed in seeds {
        let run = std::panic::catch_unwind(|| {
            let mut network = Network::new(seed);
            (0..STEPS).for_each(|_| network.step());
            network.totals
        });
        match run {
            Ok(of_run) => totals.iter_mut().zip(of_run).for_each(|(sum, of_run)| *sum += of_run),
            Err(_) => panic!("run it again with ZTNA_SEED={seed}"),
        }
    }
    // A test in which nothing happens holds nothing.
    assert!(totals.iter().all(|total| *total > 0), "passed, denied, answered, refused answers: {totals:?}");
}

/// Random numbers by a seed (SplitMix64).
pub struct Random(u64);

impl Random {
    /// Whatever the seed is, later numbers look random.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Less than `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
