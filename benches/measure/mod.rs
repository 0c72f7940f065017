//! Times within one run, as ratios.

use std::time::{Duration, Instant};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The median time of several runs.
pub(crate) fn median(runs: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs.max(1)).map(|_| run()).collect();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// How long something takes. What it makes is dropped afterwards.
pub(crate) fn time<T>(run: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let made = std::hint::black_box(run());
    let elapsed = start.elapsed();
    drop(made);
    elapsed
}

/// The median of several ratios: what else the machine does disturbs both sides of each.
pub(crate) fn median_ratio(runs: usize, mut run: impl FnMut() -> f64) -> f64 {
    let mut ratios: Vec<f64> = (0..runs.max(1)).map(|_| run()).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or_default()
}

/// How many times as long.
pub(crate) fn ratio(time: Duration, than: Duration) -> f64 {
    time.as_secs_f64() / than.as_secs_f64().max(1e-9)
}

/// A line that holds a ratio against its bound.
pub(crate) fn verdict(what: &str, ratio: f64, at_most: f64) -> String {
    let word = if ratio <= at_most { "met" } else { "MISSED" };
    format!("{word:>6}: {what}: x{ratio:.2}, at most x{at_most:.2}")
}

/// The most memory that this process ever had, in MiB, where the system tells.
pub(crate) fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib / 1024)
}
