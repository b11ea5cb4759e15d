//! Backends by name, with a name server and backends on this machine's loopback interface.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};
use tunnel::enforcement::Backend;

use super::{Names, tcp, udp};

const NAME: &str = "backend.test.";
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What a flow may take where one thing does not answer, also on a busy machine; a tenth of what it would take to wait for it.
const SOON: Duration = Duration::from_millis(1_500);

/// What is answered to a question: addresses with a time to live in seconds, that there is no such name, or nothing.
#[derive(Clone)]
enum Reply {
    Addresses(u32, Vec<IpAddr>),
    Nowhere,
    Silence,
}

type Replies = HashMap<(String, RecordType), Reply>;

/// A name server that is told what to answer, and counts what it is asked.
struct Server {
    replies: Arc<Mutex<Replies>>,
    asked: Arc<Mutex<Vec<(String, RecordType)>>>,
    port: u16,
}

impl Server {
    async fn start(replies: impl IntoIterator<Item = (&'static str, RecordType, Reply)>) -> Self {
        let socket = UdpSocket::bind((LOCAL, 0)).await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let server = Self { replies: Arc::default(), asked: Arc::default(), port };
        replies.into_iter().for_each(|(name, kind, reply)| server.says(name, kind, reply));
        let (replies, asked) = (Arc::clone(&server.replies), Arc::clone(&server.asked));
        tokio::spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let message = Message::from_vec(&buffer[..length]).unwrap();
                let query = &message.queries[0];
                let key = (query.name().to_string(), query.query_type());
                asked.lock().unwrap().push(key.clone());
                let reply = replies.lock().unwrap().get(&key).cloned();
                if let Some(answer) = answered(message, reply) {
                    socket.send_to(&answer, from).await.unwrap();
                }
            }
        });
        server
    }

    fn says(&self, name: &str, kind: RecordType, reply: Reply) {
        self.replies.lock().unwrap().insert((name.to_owned(), kind), reply);
    }

    /// Who asks it, and looks for short names in a domain.
    fn names(&self) -> Names {
        let mut udp = ConnectionConfig::udp();
        udp.port = self.port;
        let server = NameServerConfig::new(LOCAL, true, vec![udp]);
        let search = vec!["corp.test.".parse().unwrap()];
        Names::of(ResolverConfig::from_parts(None, search, vec![server]), ResolverOpts::default()).unwrap()
    }

    fn times(&self, kind: RecordType) -> usize {
        self.asked.lock().unwrap().iter().filter(|(_, asked)| *asked == kind).count()
    }
}

/// The bytes that answer a message; none: silence. A name that nothing is said about has no addresses.
fn answered(message: Message, reply: Option<Reply>) -> Option<Vec<u8>> {
    let name = message.queries[0].name().clone();
    let mut answer = message.into_response();
    match reply {
        Some(Reply::Silence) => return None,
        Some(Reply::Nowhere) => answer.metadata.response_code = ResponseCode::NXDomain,
        Some(Reply::Addresses(ttl, addresses)) => {
            let record = |address: IpAddr| Record::from_rdata(name.clone(), ttl, RData::from(address));
            answer.add_answers(addresses.into_iter().map(record));
        }
        None => {}
    }
    Some(answer.to_vec().unwrap())
}

fn four(addresses: &[u8]) -> Reply {
    Reply::Addresses(60, addresses.iter().map(|last| Ipv4Addr::new(127, 9, 0, *last).into()).collect())
}

fn six() -> Reply {
    Reply::Addresses(60, vec![Ipv6Addr::LOCALHOST.into()])
}

/// Something that takes connections at these addresses, all at one port: a name has one.
async fn listening(at: &[IpAddr]) -> (u16, Vec<TcpListener>) {
    let first = TcpListener::bind((at[0], 0)).await.unwrap();
    let port = first.local_addr().unwrap().port();
    let mut all = vec![first];
    for address in &at[1..] {
        all.push(TcpListener::bind((*address, port)).await.unwrap());
    }
    (port, all)
}

/// An address at which a SYN is not answered: as many wait to be accepted as may.
fn silent(address: Ipv4Addr, port: u16) -> (Socket, Vec<TcpStream>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let at = SocketAddr::from((address, port));
    listener.bind(&at.into()).unwrap();
    listener.listen(0).unwrap();
    let knock = || TcpStream::connect_timeout(&at, Duration::from_millis(100)).ok();
    (listener, std::iter::from_fn(knock).collect())
}

fn local(last: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 9, 0, last)
}

/// Which address a flow to the name reached, and after how long.
async fn reached(names: &Names, port: u16) -> (IpAddr, Duration) {
    let begin = Instant::now();
    let stream = tcp(names, &backend("backend.test"), port).await.unwrap();
    (stream.peer_addr().unwrap().ip(), begin.elapsed())
}

fn backend(host: &str) -> Backend {
    Backend { host: host.to_owned(), port: None }
}

#[tokio::test]
async fn an_address_that_does_not_answer_costs_a_quarter_of_a_second() {
    let (port, _listeners) = listening(&[local(2).into()]).await;
    let _silent = silent(local(1), port);
    let server = Server::start([(NAME, RecordType::A, four(&[1, 2]))]).await;
    let (address, took) = reached(&server.names(), port).await;
    assert_eq!(address, local(2));
    assert!((Duration::from_millis(240)..SOON).contains(&took), "{took:?}");
}

#[tokio::test]
async fn an_address_that_refuses_costs_nothing() {
    let (port, _listeners) = listening(&[local(4).into()]).await;
    let server = Server::start([(NAME, RecordType::A, four(&[3, 4]))]).await;
    assert_eq!(reached(&server.names(), port).await.0, local(4));
    let server = Server::start([(NAME, RecordType::A, four(&[5, 6]))]).await;
    let fault = tcp(&server.names(), &backend("backend.test"), port).await.unwrap_err().to_string();
    assert!(fault.contains("refused"), "{fault}");
}

#[tokio::test]
async fn nobody_waits_for_the_family_that_a_name_server_does_not_answer_about() {
    let (port, _listeners) = listening(&[local(7).into(), Ipv6Addr::LOCALHOST.into()]).await;
    let a = (NAME, RecordType::A, four(&[7]));
    let server = Server::start([a, (NAME, RecordType::AAAA, Reply::Silence)]).await;
    let (address, took) = reached(&server.names(), port).await;
    assert_eq!(address, local(7));
    assert!((Duration::from_millis(45)..SOON).contains(&took), "{took:?}");
    let server =
        Server::start([(NAME, RecordType::A, Reply::Silence), (NAME, RecordType::AAAA, six())]).await;
    let (address, took) = reached(&server.names(), port).await;
    assert_eq!(address, Ipv6Addr::LOCALHOST);
    assert!(took < SOON, "{took:?}");
}

#[tokio::test]
async fn ipv6_comes_first_and_ipv4_where_it_refuses() {
    let (port, mut listeners) = listening(&[local(8).into(), Ipv6Addr::LOCALHOST.into()]).await;
    let server = Server::start([(NAME, RecordType::A, four(&[8])), (NAME, RecordType::AAAA, six())]).await;
    let names = server.names();
    assert_eq!(reached(&names, port).await.0, Ipv6Addr::LOCALHOST);
    listeners.pop();
    assert_eq!(reached(&names, port).await.0, local(8));
}

#[tokio::test]
async fn an_answer_is_kept_for_its_time_and_asked_for_anew_after_it() {
    let (port, _listeners) = listening(&[local(9).into(), local(10).into()]).await;
    let short = |last| Reply::Addresses(1, vec![local(last).into()]);
    let server =
        Server::start([(NAME, RecordType::A, short(9)), (NAME, RecordType::AAAA, Reply::Nowhere)]).await;
    let names = server.names();
    assert_eq!(reached(&names, port).await.0, local(9), "a name without IPv6 may be said not to be there");
    server.says(NAME, RecordType::A, short(10));
    assert_eq!(reached(&names, port).await.0, local(9));
    assert_eq!(server.times(RecordType::A), 1);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(reached(&names, port).await.0, local(10));
}

#[tokio::test]
async fn a_short_name_is_looked_for_in_the_domain_and_then_as_it_is() {
    let (port, _listeners) = listening(&[local(11).into(), local(12).into()]).await;
    let server = Server::start([
        ("web.corp.test.", RecordType::A, four(&[11])),
        ("web.", RecordType::A, four(&[12])),
        ("web.", RecordType::AAAA, six()),
    ])
    .await;
    let stream = tcp(&server.names(), &backend("web"), port).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap().ip(), local(11), "not at the address of another name");
    server.says("web.corp.test.", RecordType::A, Reply::Nowhere);
    server.says("web.corp.test.", RecordType::AAAA, Reply::Silence);
    server.says("web.", RecordType::AAAA, Reply::Nowhere);
    let begin = Instant::now();
    let stream = tcp(&server.names(), &backend("web"), port).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap().ip(), local(12));
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_socket_for_datagrams_leads_to_the_first_address_that_there_is_a_way_to() {
    let server =
        Server::start([(NAME, RecordType::A, four(&[13, 14])), (NAME, RecordType::AAAA, Reply::Silence)])
            .await;
    let begin = Instant::now();
    let socket = udp(&server.names(), &backend("backend.test"), 53).await.unwrap();
    assert_eq!(socket.peer_addr().unwrap(), (local(13), 53).into());
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
}
