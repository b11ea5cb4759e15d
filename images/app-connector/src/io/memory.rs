//! How much memory flows may have: what this machine or container gives, less what everything else needs.

/// Buffers of 10,000 flows; with everything else they fit in 1 GiB.
const MOST: u64 = 768 << 20;

/// Where a container's limit is (cgroup version 2, then 1).
const LIMITS: [&str; 2] = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

/// Bytes for the buffers of all flows: three quarters of the memory there is, at most 768 MiB.
pub fn budget() -> usize {
    let limit = LIMITS.iter().filter_map(|path| read(path)?.trim().parse::<u64>().ok()).min();
    let memory = limit.into_iter().chain(machine()).min().unwrap_or(MOST);
    usize::try_from((memory / 4 * 3).min(MOST)).unwrap_or(usize::MAX)
}

fn machine() -> Option<u64> {
    let text = read("/proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}
