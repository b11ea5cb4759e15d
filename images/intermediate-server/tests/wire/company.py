"""A small company in a repository of its own, and what its operators type."""

import json
import os
import pathlib
import subprocess

from schemas import ROOT

CLI = ROOT / "bin/ztna.js"
ENVIRONMENT = "lab"
IMAGES = ("intermediate-server", "app-connector", "policy-agent", "admin-panel", "test-backend")

#: Whoever writes in git here, whatever the machine's settings are.
GIT = {f"GIT_{role}_NAME": "Ann" for role in ("AUTHOR", "COMMITTER")}
GIT |= {f"GIT_{role}_EMAIL": "ann@example.com" for role in ("AUTHOR", "COMMITTER")}


def policy(name, who, services, **when):
    return {
        "id": name,
        "description": "Made by the test",
        "owner": "platform",
        "effect": "allow",
        "who": who,
        "what": {"services": services},
        **({"when": when} if when else {}),
    }


class Company:
    """YAML is written as JSON, which is YAML too."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.certificates = self.root / ".local/certs"
        for place in ("policies/access", f"environments/{ENVIRONMENT}/connectors"):
            (self.root / place).mkdir(parents=True)
        self.run("git", "init", "--quiet", "--initial-branch", "main")
        self.ztna("certs", "init")
        self.ztna("keys", "init")
        self.write_all()
        (self.root / ".gitignore").write_text(".ztna/\n.local/\n")

    def run(self, *command):
        done = subprocess.run(command, cwd=self.root, env=os.environ | GIT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    def ztna(self, *words):
        return self.run("node", str(CLI), *words)

    def npm(self, *words):
        """A script of the project's own package."""
        return self.run("npm", "--prefix", str(ROOT), "run", "--silent", *words)

    def write(self, path, value):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(value, indent=2) + "\n")

    def publish(self, why):
        """Commits and publishes; the entry's number."""
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--allow-empty", "--message", why)
        return json.loads(self.ztna("publish", "--env", ENVIRONMENT, "--execute", "--json"))

    def issue(self, *words):
        self.ztna("certs", "issue", *words)

    def key_and_certificate(self, name):
        return self.certificates / f"{name}-tls.pem"

    def pem(self):
        """The authority, which signs clients and servers."""
        return (self.certificates / "ca.pem").read_bytes()

    def grant(self, policy):
        self.write(f"policies/access/{policy['id']}.yaml", policy)

    def group(self, *members):
        group = {"id": "team", "description": "Made by the test", "owner": "platform", "members": list(members)}
        self.write("policies/groups/team.yaml", group)

    def write_all(self):
        for name, protocol, port, last in (("dns", "udp", 53, 3), ("web", "tcp", 8080, 2)):
            service = {"id": name, "description": "Made by the test", "owner": "platform", "protocol": protocol}
            self.write(f"policies/services/{name}.yaml", service | {"ports": [port], "virtualIp": f"10.100.0.{last}"})
        owners = [{"id": "platform", "description": "Everybody here"}]
        limits = {"principalsLosing": 1, "principalsLosingOneService": 1}
        self.write("policies/guardrails.yaml", {"organization": "example", "owners": owners, "limits": limits})
        self.write("policies/revoked.yaml", {"certificates": []})
        connector = {"id": "home", "description": "Made by the test", "owner": "platform", "runs": "external"}
        served = [{"service": "dns", "backend": "127.0.0.1:53"}, {"service": "web", "backend": "127.0.0.1:8080"}]
        self.write(f"environments/{ENVIRONMENT}/connectors/home.yaml", connector | {"services": served})
        self.write(f"environments/{ENVIRONMENT}/environment.yaml", self.environment())

    def environment(self):
        zone = {"id": "eu-central-1a", "public": "10.20.0.0/24", "private": "10.20.1.0/24"}
        ca = {"id": "people", "certificate": (self.certificates / "ca.pem").read_text()}
        intermediates = [
            {"id": name, "address": f"{name}.example.com", "instanceType": "t4g.small", "zone": zone["id"]}
            for name in ("one", "two")
        ]
        shown = self.ztna("keys", "show").split()
        key = {"id": "local", "algorithm": "ed25519", "publicKey": shown[shown.index("publicKey:") + 1]}
        bundle = {"pollSeconds": 1, "leaseSeconds": 30, "entryLifetimeHours": 24, "onStale": {"action": "keep"}}
        return {
            "id": ENVIRONMENT,
            "description": "Made by the test",
            "region": "eu-central-1",
            "account": "444455556666",
            "epoch": 1,
            "production": False,
            "network": {"cidr": "10.20.0.0/16", "zones": [zone], "virtualNetwork": "10.100.0.0/24"},
            "clientCas": [ca],
            "intermediates": intermediates,
            "images": {one: {"repository": f"ztna/{one}", "digest": f"sha256:{'0' * 64}"} for one in IMAGES},
            "bundle": bundle | {"trustedKeys": [key]},
            "rings": [],
            "logRetentionDays": 30,
        }
