//! What is wrong with the configuration is one sentence and exit code 2.

use std::process::Command;

use crate::certificates::{Ca, connector};
use crate::process::CONNECTOR;

/// Runs `--check` with a change to a right configuration; exit code and what it says.
fn check(folder: &std::path::Path, change: &[(&str, &str)]) -> (Option<i32>, String) {
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

#[test]
fn each_fault_is_said_with_its_variable() {
    let folder = std::env::temp_dir().join(format!("ztna-connector-check-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ca = Ca::new("Test CA");
    let own = ca.client(connector("connector.home.ztna"));
    std::fs::write(folder.join("tls.pem"), &own.pem).unwrap();
    std::fs::write(folder.join("cas.pem"), &ca.pem).unwrap();
    std::fs::write(folder.join("wrong.json"), "{}").unwrap();
    assert_eq!(check(&folder, &[]), (Some(0), String::new()));
    let texts = [
        ("ZTNA_TLS", ""),
        ("ZTNA_TLS_PEM", own.pem.as_str()),
        ("ZTNA_SERVER_CAS", ""),
        ("ZTNA_SERVER_CAS_PEM", ca.pem.as_str()),
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
