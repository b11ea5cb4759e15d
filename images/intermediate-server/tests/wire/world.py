"""A CA, certificates, keys, an enforcement file, and the server as a process."""

import asyncio
import datetime
import hashlib
import json
import os
import pathlib
import secrets
import subprocess
import threading
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from schemas import fits

WEB, DNS = "10.100.0.2", "10.100.0.3"


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def instant(seconds):
    return (now() + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ca:
    def __init__(self, name="Wire CA"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.sign(self.name, self.key.public_key(), [], (-3600, 3600), is_ca=True)

    def sign(self, subject, public, names, valid, is_ca=False, usage=None):
        begin, end = (now() + datetime.timedelta(seconds=seconds) for seconds in valid)
        builder = x509.CertificateBuilder(self.name, subject, public, x509.random_serial_number(), begin, end)
        builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=not list(subject))
        if usage:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def leaf(self, path, *, cn=None, email=(), dns=(), uri=(), valid=(-3600, 3600), server=False, is_ca=False):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)] if cn else [])
        names = [x509.RFC822Name(name) for name in email] + [x509.DNSName(name) for name in dns]
        names += [x509.UniformResourceIdentifier(name) for name in uri]
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        made = self.sign(subject, key.public_key(), names, valid, is_ca, usage)
        path.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return made

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def fingerprint(certificate):
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def write_keys(folder):
    """Keys of one generation."""
    keys = {kind: secrets.token_hex(32) for kind in ("retry", "reset", "connectionId")} | {"created": 1}
    (folder / "keys.json").write_text(json.dumps(fits("shared-keys", {"current": keys, "previous": keys})))


def variables(component, folder, cas, tls, keys="keys.json"):
    """What the server is told; what it reads and writes is in a folder, but for its certificates."""
    return {
        "ZTNA_COMPONENT": component,
        "ZTNA_PORT": "0",
        "ZTNA_BIND": "127.0.0.1",
        "ZTNA_HTTP": "127.0.0.1:0",
        "ZTNA_INSTANCE": "wire",
        "ZTNA_CLIENT_CAS": str(cas),
        "ZTNA_TLS": str(tls),
        "ZTNA_KEYS": str(folder / keys),
        "ZTNA_ENFORCEMENT": str(folder / "enforcement.json"),
        "ZTNA_ACCESS_LOG": str(folder / "access.log"),
    }


class Server:
    """The server as a process."""

    def __init__(self, component, folder, cas, tls):
        self.access_log = folder / "access.log"
        environment = variables(component, folder, cas, tls)
        self.process = subprocess.Popen([os.environ["ZTNA_SERVER"]], env=environment, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            said = json.loads(line)
            if said.get("message") == "listening":
                self.port = int(said["addresses"].strip("[]").rsplit(":", 1)[1])
                self.http = f"http://{said['http']}"
                break
        else:
            raise SystemExit("the server does not start")
        # What is logged later must not fill the pipe.
        threading.Thread(target=lambda: [None for _ in self.process.stderr], daemon=True).start()

    def get(self, path):
        """What it answers there; an answer that is no success is an HTTPError."""
        with urllib.request.urlopen(self.http + path, timeout=5) as answer:
            return answer.read()

    def enforces(self, file):
        """Whether it says that this file, as it is now, is in force."""
        applied = fits("applied", json.loads(self.get("/applied")))
        return applied.get("digest") == hashlib.sha256(file.read_bytes()).hexdigest()

    def stop(self):
        """Ends it as an operator does, so that every flow has its line in the access log."""
        self.process.terminate()
        try:
            self.process.wait(5)
        finally:
            self.process.kill()


class World:
    """A folder with all that a server needs, and the server."""

    name = "localhost"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.ca = Ca()
        (self.folder / "cas.pem").write_bytes(self.ca.pem())
        self.ca.leaf(self.folder / "tls.pem", cn="server", dns=["localhost", "ztna-server"], server=True)
        write_keys(self.folder)

    def certificate(self, name, **says):
        path = self.folder / f"{name}.pem"
        return path, self.ca.leaf(path, **says)

    def enforce(self, *, grants=(("dns", 53), ("web", 8080)), revoked=(), **more):
        granted = [
            {"service": service, "ports": [[port, port]], "notBefore": instant(-60), "notAfter": instant(600)}
            for service, port in grants
        ]
        alice = {"principals": ["alice@example.com"], "reaches": ["dns", "web"], "grants": granted}
        rules = {
            "virtualNetwork": "10.100.0.0/24",
            "services": [
                {"id": "dns", "protocol": "udp", "ports": [[53, 53]], "virtualIp": DNS, "owner": "platform"},
                {"id": "web", "protocol": "tcp", "ports": [[8080, 8080]], "virtualIp": WEB},
            ],
            "classes": [{"principals": [], "reaches": [], "grants": []}, alice],
            "revoked": list(revoked),
            "connectors": [{"id": "home", "services": ["dns", "web"]}],
        }
        file = {
            "schemaVersion": 1,
            "environment": "lab",
            "component": "intermediate/one",
            "epoch": 1,
            "sequence": 1,
            "notBefore": instant(-60),
            "notAfter": instant(600),
            "intermediate": rules | more,
        }
        fresh = self.folder / "enforcement.json.new"
        fresh.write_text(json.dumps(fits("enforcement", file)))
        fresh.rename(self.folder / "enforcement.json")

    async def in_force(self):
        """Waits until the server enforces what was written last."""
        for _ in range(250):
            if self.server.enforces(self.folder / "enforcement.json"):
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the enforcement file is not taken")

    def start(self):
        self.server = Server("intermediate/one", self.folder, *self.tls())

    def tls(self):
        return self.folder / "cas.pem", self.folder / "tls.pem"

    def check(self, keys):
        """Raises where the server does not take these keys."""
        (self.folder / "rotated.json").write_text(keys)
        environment = variables("intermediate/one", self.folder, *self.tls(), keys="rotated.json")
        subprocess.run([os.environ["ZTNA_SERVER"], "--check"], env=environment, check=True)
