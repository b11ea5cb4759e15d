//! Names that Terraform, compose.yaml, scripts and the documents count on.

use agent::config::Words;
use clap::{Command, CommandFactory};

/// The long flags of a command, each with its variable and its default.
fn flags(command: &Command) -> Vec<(String, String, String)> {
    let text = |words: Option<&std::ffi::OsStr>| words.and_then(|one| one.to_str()).unwrap_or("").to_owned();
    let read = command.get_arguments().filter_map(|one| {
        let default = text(one.get_default_values().first().map(|value| value.as_os_str()));
        Some((one.get_long()?.to_owned(), text(one.get_env()), default))
    });
    read.collect()
}

fn owned(expected: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    expected
        .iter()
        .map(|(flag, variable, default)| (flag.to_string(), variable.to_string(), default.to_string()))
        .collect()
}

#[test]
fn each_variable_is_a_flag_of_the_same_words() {
    let expected = [
        ("config", "ZTNA_CONFIG", ""),
        ("tls", "ZTNA_TLS", ""),
        ("tls-pem", "ZTNA_TLS_PEM", ""),
        ("server-cas", "ZTNA_SERVER_CAS", ""),
        ("server-cas-pem", "ZTNA_SERVER_CAS_PEM", ""),
        ("log", "ZTNA_LOG", ""),
        ("check", "", ""),
    ];
    assert_eq!(flags(&Words::command()), owned(&expected));
}

#[test]
fn its_commands_and_their_words() {
    let command = Words::command();
    let words = |one: &Command| {
        let places = one.get_positionals().map(|place| place.get_id().to_string());
        (one.get_name().to_owned(), places.collect::<Vec<_>>().join(" "))
    };
    let all: Vec<_> = command.get_subcommands().map(words).collect();
    let expected = [("up", ""), ("forward", "specs"), ("connect", "service port"), ("probe", "service port")];
    assert_eq!(all, expected.map(|(name, places)| (name.to_owned(), places.to_owned())));
    let up = command.find_subcommand("up").unwrap();
    assert_eq!(flags(up), owned(&[("tun", "", "ztna0"), ("address", "", "100.64.0.1")]));
}
