//! What is measured.

use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use quinn::Connection;
use serde_json::json;

use crate::load::{DURATION, bursts, count, datagram};
use crate::process::Process;
use crate::world::World;

/// Connections of one address: the limit is 512.
const PER_ADDRESS: usize = 500;

/// Runs the named scenarios, or all.
pub async fn run(server: &Path, names: &[&str]) {
    let is_wanted = |name: &str| names.is_empty() || names.contains(&name);
    for size in [1200, 200] {
        if is_wanted("forwarder") {
            say(&format!("forwarder, {size} B"), forwarder(size).await);
        }
        if is_wanted("one") {
            let world = World::new(server);
            let home = count(world.home().await);
            say(&format!("one agent, {size} B"), one(&world, size, &home).await);
        }
    }
    if is_wanted("hundred") {
        say("100 agents, 1200 B", hundred(&World::new(server), 1200).await);
    }
    if is_wanted("lanes") {
        lanes(server).await;
    }
    if is_wanted("beside") {
        say("one agent beside 1,000 idle, 1200 B", beside(server, 1000).await);
    }
    if is_wanted("idle") {
        idle(server, 10_000).await;
    }
    if is_wanted("handshakes") {
        handshakes(server).await;
    }
    if is_wanted("latency") {
        latency(server).await;
    }
    // Ten minutes are for those who ask for them.
    if names.contains(&"churn") {
        churn(server).await;
    }
}

/// Delivered datagrams and the CPU seconds that they took.
struct Cost {
    delivered: u64,
    cpu: f64,
    threads: Vec<f64>,
}

fn say(name: &str, cost: Cost) {
    let Cost { delivered, cpu, threads } = cost;
    let each = 1e6 * cpu / delivered as f64;
    println!(
        "{}",
        json!({ "scenario": name, "delivered": delivered, "perCpuSecond": (delivered as f64 / cpu).round(),
            "microseconds": (each * 100.0).round() / 100.0, "cpu": cpu, "threads": threads })
    );
}

/// The CPU that a process takes while something is done.
async fn cost(process: &Process, delivered: impl Future<Output = u64>) -> Cost {
    let (before, threads) = (process.cpu(), process.threads("tokio"));
    let delivered = delivered.await;
    let cpu = process.cpu() - before;
    let threads =
        process.threads("tokio").iter().zip(threads).map(|(after, before)| after - before).collect();
    Cost { delivered, cpu, threads }
}

async fn forwarder(size: usize) -> Cost {
    let sink = UdpSocket::bind("127.0.0.1:0").unwrap();
    let itself = std::env::current_exe().unwrap();
    let to = sink.local_addr().unwrap().to_string();
    let mut child = Command::new(itself).args(["forwarder", &to]).stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut address)
        .unwrap();
    let process = Process(child);
    let arrived = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&arrived);
    std::thread::spawn(move || {
        let mut buffer = [0; 2048];
        while sink.recv(&mut buffer).is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let source = UdpSocket::bind("127.0.0.1:0").unwrap();
    source.connect(address.trim()).unwrap();
    let packet = vec![0; size];
    cost(&process, bursts(|_| drop(source.send(&packet)), &arrived)).await
}

async fn one(world: &World, size: usize, home: &AtomicU64) -> Cost {
    let endpoint = world.endpoint(1);
    let agent = world.agent(&endpoint).await;
    let packet = datagram(size, 1);
    cost(&world.server, bursts(|_| drop(agent.send_datagram(packet.clone())), home)).await
}

/// Two endpoint tasks on two cores against one on one: the server has as many as it has cores. What each of them carries
/// shows in what its thread takes, since every packet is received, sorted, decided and sent on it or on the other.
async fn lanes(server: &Path) {
    let one = hundred(&World::on(server, "0"), 1200).await;
    let two = hundred(&World::on(server, "0,1"), 1200).await;
    let each = |cost: &Cost| 1e6 * cost.cpu / cost.delivered as f64;
    let whole: f64 = two.threads.iter().sum();
    let mut shares: Vec<f64> = two.threads.iter().map(|thread| (100.0 * thread / whole).round()).collect();
    // A third thread looks at the enforcement file.
    shares.sort_by(|one, other| other.total_cmp(one));
    shares.truncate(2);
    println!(
        "{}",
        json!({ "scenario": "two endpoint tasks", "one": each(&one), "two": each(&two), "shares": shares })
    );
}

async fn hundred(world: &World, size: usize) -> Cost {
    let home = count(world.home().await);
    let mut agents: Vec<Connection> = Vec::new();
    for number in 0..100u8 {
        agents.push(world.agent(&world.endpoint(number % 100 + 1)).await);
    }
    let packet = datagram(size, 1);
    let send = |number: u64| drop(agents[number as usize % agents.len()].send_datagram(packet.clone()));
    cost(&world.server, bursts(send, &home)).await
}

/// So many connections that only ping.
async fn idlers(world: &World, many: usize) -> Vec<Connection> {
    let mut idle = Vec::new();
    for block in 0..many.div_ceil(PER_ADDRESS) {
        let endpoint = world.endpoint(u8::try_from(100 + block).unwrap());
        for _ in 0..PER_ADDRESS.min(many - idle.len()) {
            idle.push(world.agent(&endpoint).await);
        }
    }
    idle
}

async fn beside(server: &Path, many: usize) -> Cost {
    let world = World::new(server);
    let home = count(world.home().await);
    let idle = idlers(&world, many).await;
    let cost = one(&world, 1200, &home).await;
    drop(idle);
    cost
}

async fn idle(server: &Path, many: usize) {
    let world = World::new(server);
    let before = world.server.memory();
    let idle = idlers(&world, many).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let each = (world.server.memory() - before) / idle.len() as u64;
    let (begin, cpu) = (Instant::now(), world.server.cpu());
    tokio::time::sleep(Duration::from_secs(20)).await;
    let share = (world.server.cpu() - cpu) / begin.elapsed().as_secs_f64();
    let alive = idle.iter().filter(|one| one.close_reason().is_none()).count();
    println!("{}", json!({ "scenario": "idle", "connections": alive, "bytesEach": each, "core": share }));
}

async fn handshakes(server: &Path) {
    let world = World::new(server);
    let (begin, cpu) = (Instant::now(), world.server.cpu());
    let made = idlers(&world, 1000).await.len();
    let (took, cpu) = (begin.elapsed().as_secs_f64(), world.server.cpu() - cpu);
    let (each_second, per_cpu_second) = ((made as f64 / took).round(), (made as f64 / cpu).round());
    println!(
        "{}",
        json!({ "scenario": "handshakes", "perSecond": each_second, "perCpuSecond": per_cpu_second })
    );
}

/// Round trips at half of what goes through.
async fn latency(server: &Path) {
    let world = World::new(server);
    let home = world.home().await;
    let echo = home.clone();
    let arrived = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&arrived);
    tokio::spawn(async move {
        while let Ok(packet) = echo.read_datagram().await {
            counter.fetch_add(1, Ordering::Relaxed);
            let _ = echo.send_datagram(answer(&packet).into());
        }
    });
    let agent = world.agent(&world.endpoint(1)).await;
    let packet = datagram(1200, 1);
    let most = bursts(|_| drop(agent.send_datagram(packet.clone())), &arrived).await;
    let pause = DURATION.as_secs_f64() * 2.0 / most as f64;
    while tokio::time::timeout(Duration::from_millis(300), agent.read_datagram()).await.is_ok() {}
    let mut times = Vec::new();
    let begin = Instant::now();
    let mut sent = 0u64;
    while begin.elapsed() < DURATION {
        let due = (begin.elapsed().as_secs_f64() / pause) as u64;
        if due > sent {
            // One of each batch is timed, alone in its millisecond's share.
            (sent + 1..due).for_each(|_| drop(agent.send_datagram(datagram(1200, 2))));
            sent = due;
            let start = Instant::now();
            let _ = agent.send_datagram(packet.clone());
            while let Ok(Ok(back)) =
                tokio::time::timeout(Duration::from_millis(100), agent.read_datagram()).await
            {
                if back.get(22..24) == Some(&1u16.to_be_bytes()) {
                    times.push(start.elapsed());
                    break;
                }
            }
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    times.sort();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).map_or(0, |time| time.as_micros());
    println!(
        "{}",
        json!({ "scenario": "round trip at half load", "p50Microseconds": at(0.5), "p99Microseconds": at(0.99), "count": times.len() })
    );
}

/// The packet back: addresses and ports exchanged, which leaves every sum as it is.
fn answer(packet: &[u8]) -> Vec<u8> {
    let mut back = packet.to_vec();
    if back.len() >= 28 {
        back[12..16].copy_from_slice(&packet[16..20]);
        back[16..20].copy_from_slice(&packet[12..16]);
        back[20..22].copy_from_slice(&packet[22..24]);
        back[22..24].copy_from_slice(&packet[20..22]);
    }
    back
}

/// Agents that come, send, and go, half of them without a word, while the enforcement file changes every second: memory must
/// stay where it is. `ZTNA_CHURN_SECONDS` sets how long, 600 when left out; `ZTNA_CHURN_BYTES` the limit, 256 MB.
async fn churn(server: &Path) {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (seconds, limit) = (number("ZTNA_CHURN_SECONDS", 600), number("ZTNA_CHURN_BYTES", 256 << 20));
    let world = World::new(server);
    let home = count(world.home().await);
    let (begin, mut clients, mut samples) = (Instant::now(), 0u64, Vec::new());
    while begin.elapsed() < Duration::from_secs(seconds) {
        let mut agents = Vec::new();
        for host in 1..=20 {
            let endpoint = world.endpoint(host);
            let agent = world.agent(&endpoint).await;
            for port in 0..50 {
                let _ = agent.send_datagram(datagram(200, 1000 + port));
            }
            agents.push((endpoint, agent));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        for (number, (endpoint, agent)) in agents.into_iter().enumerate() {
            clients += 1;
            if number % 2 == 0 {
                agent.close(0u8.into(), b"");
            } else {
                // A machine that is switched off: its packets lead nowhere from now on.
                let _ = endpoint.rebind(UdpSocket::bind("127.0.0.2:0").unwrap());
                drop(agent);
            }
        }
        world.enforce_again();
        samples.push(world.server.memory());
    }
    let most = samples.iter().copied().max().unwrap_or(0);
    let third = samples.len() / 3;
    let (middle, last) = (samples[third..2 * third].iter().max(), samples[2 * third..].iter().max());
    let (middle, last) = (middle.copied().unwrap_or(0), last.copied().unwrap_or(0));
    let delivered = home.load(Ordering::Relaxed);
    println!(
        "{}",
        json!({ "scenario": "churn", "seconds": seconds, "clients": clients, "delivered": delivered, "mostBytes": most, "middleThird": middle, "lastThird": last })
    );
    assert!(most < limit, "{most} bytes: at most {limit} are allowed");
    assert!(last < middle + middle / 5, "memory grows: {middle} bytes in the middle, {last} at the end");
    assert!(delivered > 0, "nothing was delivered");
}
