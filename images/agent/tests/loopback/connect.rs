//! `agent connect`: standard input and output.

use std::io::{Read, Write};
use std::process::Stdio;

use crate::world::{Company, everything, rules};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn standard_input_and_output_are_the_connection() {
    let company = Company::new(&everything());
    let _connector = company.connector().await;
    let mut command = company.alice().command(&["connect", "web", "8080"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let bytes: Vec<u8> = (0..500_000_u32).map(|number| (number % 251) as u8).collect();
    let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || input.write_all(&sent));
    let mut answer = Vec::new();
    output.read_to_end(&mut answer).unwrap();
    writer.join().unwrap().unwrap();
    assert!(answer == bytes, "{} of {} bytes", answer.len(), bytes.len());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denial_says_so_and_exits_1_and_a_cut_is_no_success() {
    let company = Company::new(&rules(vec![]));
    let _connector = company.connector().await;
    let alice = company.alice();
    let (code, words) = alice.run(&["connect", "web", "8080"]);
    assert_eq!((code, words.contains("web port 8080 is denied")), (1, true), "{words}");
    company.enforce(&everything());
    let (code, words) = alice.run(&["connect", "web", "8081"]);
    assert_eq!((code, words.contains("refuses the connection")), (3, true), "{words}");
    assert_eq!(alice.run(&["connect", "dns", "53"]).0, 2);
    let mut command = alice.command(&["connect", "web", "8080"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"a").unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    company.enforce(&rules(vec![]));
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{words}");
    assert!(words.contains("is denied"), "{words}");
}
