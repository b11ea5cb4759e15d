//! What a process costs, by /proc.

use std::fs;
use std::process::Child;

/// Clock ticks in a second: `getconf CLK_TCK` is 100 on every Linux that we know.
const TICKS: f64 = 100.0;

/// A child that ends with us.
pub struct Process(pub Child);

impl Process {
    /// CPU seconds of all its threads so far.
    pub fn cpu(&self) -> f64 {
        cpu_of(&format!("/proc/{}/stat", self.0.id()))
    }

    /// CPU seconds of each of its threads with this name.
    pub fn threads(&self, name: &str) -> Vec<f64> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let paths = tasks.flatten().map(|task| task.path());
        let named = paths.filter(|path| {
            fs::read_to_string(path.join("comm")).is_ok_and(|comm| comm.trim().starts_with(name))
        });
        named.map(|path| cpu_of(path.join("stat").to_str().unwrap())).collect()
    }

    /// Resident memory in bytes.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

fn cpu_of(path: &str) -> f64 {
    let stat = fs::read_to_string(path).unwrap_or_default();
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
