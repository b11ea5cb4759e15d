//! What is wrong with the configuration is one sentence and exit code 2.

use std::path::{Path, PathBuf};
use std::process::Command;

use app_connector::config::Words;
use clap::CommandFactory;

use crate::certificates::{Ca, connector};
use crate::process::CONNECTOR;

/// Runs `--check` with a change to a right configuration; exit code and what it says.
fn check(folder: &Path, change: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(CONNECTOR);
    command.env_clear().arg("--check").env("ZTNA_COMPONENT", "connector/home");
    command.env("ZTNA_ENFORCEMENT", folder.join("enforcement.json"));
    command.env("ZTNA_TLS", folder.join("tls.pem")).env("ZTNA_SERVER_CAS", folder.join("cas.pem"));
    for (variable, value) in change {
        command.env(variable, value.replace('@', folder.to_str().unwrap()));
    }
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// A folder with certificate, key and CA, which are returned as text.
fn folder_for(test: &str) -> (PathBuf, String, String) {
    let folder = std::env::temp_dir().join(format!("ztna-connector-{test}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ca = Ca::new("Test CA");
    let own = ca.client(connector("connector.home.ztna"));
    std::fs::write(folder.join("tls.pem"), &own.pem).unwrap();
    std::fs::write(folder.join("cas.pem"), &ca.pem).unwrap();
    (folder, own.pem, ca.pem)
}

/// What Terraform, compose.yaml and the documents count on.
#[test]
fn each_variable_is_a_flag_of_the_same_words() {
    let command = Words::command();
    let told = command.get_arguments().filter_map(|one| {
        let variable = one.get_env()?.to_str()?.to_owned();
        let flag = format!("ZTNA_{}", one.get_long()?.to_uppercase().replace('-', "_"));
        assert_eq!(variable, flag);
        let default = one.get_default_values().iter().map(|value| value.to_str().unwrap().to_owned());
        Some((variable, default.collect::<String>()))
    });
    let expected = [
        ("ZTNA_COMPONENT", ""),
        ("ZTNA_HTTP", "127.0.0.1:9091"),
        ("ZTNA_ENFORCEMENT", ""),
        ("ZTNA_TLS", ""),
        ("ZTNA_TLS_PEM", ""),
        ("ZTNA_SERVER_CAS", ""),
        ("ZTNA_SERVER_CAS_PEM", ""),
        ("ZTNA_IMAGE", ""),
        ("ZTNA_LOG", "info"),
        ("ZTNA_UDP_IDLE", "120"),
        ("ZTNA_DRAIN", "20"),
    ];
    let expected = expected.map(|(name, default)| (name.to_owned(), default.to_owned()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn an_empty_variable_is_one_that_is_not_set() {
    let (folder, ..) = folder_for("empty");
    let optional = ["HTTP", "TLS_PEM", "SERVER_CAS_PEM", "IMAGE", "LOG", "UDP_IDLE", "DRAIN"];
    let names = optional.map(|name| format!("ZTNA_{name}"));
    let empty: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(check(&folder, &empty), (Some(0), String::new()));
    for needed in ["ZTNA_COMPONENT", "ZTNA_ENFORCEMENT"] {
        let (code, said) = check(&folder, &[(needed, "")]);
        assert_eq!((code, said.contains("were not provided: --")), (Some(2), true), "{needed}: {said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn each_fault_is_said_with_its_variable() {
    let (folder, own, ca) = folder_for("check");
    std::fs::write(folder.join("wrong.json"), "{}").unwrap();
    assert_eq!(check(&folder, &[]), (Some(0), String::new()));
    let texts = [
        ("ZTNA_TLS", ""),
        ("ZTNA_TLS_PEM", own.as_str()),
        ("ZTNA_SERVER_CAS", ""),
        ("ZTNA_SERVER_CAS_PEM", ca.as_str()),
    ];
    assert_eq!(check(&folder, &texts), (Some(0), String::new()), "both as text");
    let wrong: &[(&str, &str)] = &[
        ("ZTNA_COMPONENT", "intermediate/one"),
        ("ZTNA_COMPONENT", "connector/Home"),
        ("ZTNA_HTTP", "localhost"),
        ("ZTNA_LOG", "info,=x=y"),
        ("ZTNA_TLS", ""),
        ("ZTNA_TLS", "@/missing.pem"),
        ("ZTNA_TLS", "@/cas.pem"),
        ("ZTNA_TLS_PEM", "nonsense"),
        ("ZTNA_SERVER_CAS", "@/enforcement.json"),
        ("ZTNA_SERVER_CAS_PEM", "nonsense"),
        ("ZTNA_ENFORCEMENT", "@/wrong.json"),
        ("ZTNA_DRAIN", "soon"),
    ];
    for (variable, value) in wrong {
        let (code, said) = check(&folder, &[(variable, value)]);
        assert_eq!(code, Some(2), "{variable}={value}: {said}");
        assert_eq!(said.lines().count(), 1, "{variable}={value}: {said}");
        let flag = format!("--{}", variable.trim_start_matches("ZTNA_").to_lowercase().replace('_', "-"));
        assert!(said.contains(variable) || said.contains(&flag), "{variable}={value}: {said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
