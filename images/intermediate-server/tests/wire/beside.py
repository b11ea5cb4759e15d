"""The real policy agent beside the real server, from what is published to what passes, and what no longer does.

Agents send a packet every few milliseconds; a connector notes when the last one of each arrived. "Within a second" counts
from the rename of the enforcement file to that one.
"""

import asyncio
import contextlib
import datetime
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.error

from client import accepted, client, message, refused, said
from company import CLI, ENVIRONMENT, Company, policy
from packets import Read, udp
from schemas import ROOT
from table import ME
from world import DNS, Server, write_keys

#: Between two packets of an agent, in seconds.
PAUSE = 0.02

#: Without a packet for so many seconds a flow is cut.
CUT = 1.5


def later(seconds):
    at = datetime.datetime.fromtimestamp(int(time.time()) + seconds, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(instant):
    return datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp()


def followed(company, component, folder, url):
    """The policy agent as operators run it in a checkout, whose process serves the embedded store too."""
    words = ["follow", "--env", ENVIRONMENT, "--component", component, "--out", str(folder)]
    return ["node", str(CLI), *words, "--applied-url", url, "--instance", "beside"], None


def in_container(company, component, folder, url):
    """The program of the policy agent's image, told all by variables."""
    program = company.npm("images", "--", "bundle", "policy-agent").split()[0]
    store = json.loads((company.root / ".ztna/store/endpoint.json").read_text())
    told = company.environment()
    variables = {"ENVIRONMENT": ENVIRONMENT, "COMPONENT": component, "INSTANCE": "beside", "EPOCH": str(told["epoch"])}
    variables |= {"ACCOUNT": told["account"], "REGION": told["region"], "APPLIED_URL": url, "STORE": store["endpoint"]}
    variables |= {"OUT": str(folder), "STATE": str(folder / "state")}
    variables |= {"TRUSTED_KEYS": json.dumps(told["bundle"]["trustedKeys"])}
    environment = {f"ZTNA_{name}": value for name, value in variables.items()}
    return ["node", str(ROOT / program)], environment | {"PATH": os.environ["PATH"]}


class Site:
    """An intermediate with its policy agent, which is started as `command` says."""

    def __init__(self, company, name, folder, command):
        self.name = f"{name}.example.com"
        self.ca = company
        self.folder = folder / name
        self.folder.mkdir()
        write_keys(self.folder)
        component = f"intermediate/{name}"
        self.server = Server(
            component, self.folder, company.certificates / "ca.pem", company.key_and_certificate(f"intermediate-{name}")
        )
        words, environment = command(company, component, self.folder, f"{self.server.http}/applied")
        log = (self.folder / "follow.log").open("w")
        self.agent = subprocess.Popen(words, cwd=company.root, env=environment, stdout=log, stderr=log)
        #: When each sequence was renamed into place first.
        self.renamed = {}
        self.watching = asyncio.create_task(self.watch())

    async def watch(self):
        file, seen = self.folder / "enforcement.json", None
        while True:
            with contextlib.suppress(FileNotFoundError):
                found = file.stat()
                if found.st_ino != seen:
                    seen = found.st_ino
                    self.renamed.setdefault(json.loads(file.read_bytes())["sequence"], found.st_mtime)
            await asyncio.sleep(0.005)

    async def enforces(self, sequence):
        """Waits until it says that the file of this entry is in force; when that was renamed."""
        for _ in range(1500):
            if sequence in self.renamed and self.server.enforces(self.folder / "enforcement.json"):
                return self.renamed[sequence]
            await asyncio.sleep(0.02)
        raise AssertionError(f"entry {sequence} is not enforced: {(self.folder / 'follow.log').read_text()[-2000:]}")

    def stop(self):
        self.watching.cancel()
        self.agent.kill()
        self.agent.wait()
        self.server.stop()


class Connector:
    """Notes when the last packet of each sender arrived."""

    def __init__(self, connection):
        self.connection, self.last = connection, {}
        self.reading = asyncio.create_task(self.read())

    async def read(self):
        while True:
            datagram = await self.connection.datagrams.get()
            if datagram[0] == 0x45:
                self.last[Read(datagram).data.decode()] = time.time()

    async def opens(self, name):
        for _ in range(500):
            if name in self.last:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"nothing of {name} arrives")

    async def cut(self, name):
        """When the last packet arrived, once nothing does any more."""
        for _ in range(2500):
            if time.time() - self.last[name] > CUT:
                return self.last[name]
            await asyncio.sleep(0.02)
        raise AssertionError(f"packets of {name} go on arriving")


class Beside:
    """The company, both sites, and what everybody does."""

    def __init__(self, company, folder):
        self.company, self.folder = company, folder
        self.stack = contextlib.AsyncExitStack()

    async def publish(self, why):
        published = await asyncio.to_thread(self.company.publish, why)
        self.sequence = published["sequence"]

    async def agent(self, site, name):
        """An agent that registers for `dns` and sends to it from now on; what it hears."""
        agent = await self.stack.enter_async_context(client(site, self.company.key_and_certificate(f"{name}@example.com")))
        await agent.next()
        agent.send(message(0x10, "dns"))

        async def send():
            while not agent.ended.done():
                agent.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, name.encode())))
                await asyncio.sleep(PAUSE)

        self.stack.callback(asyncio.create_task(send()).cancel)
        return agent

    async def connector(self, site):
        connection = await self.stack.enter_async_context(client(site, self.company.key_and_certificate("connector-home")))
        await connection.next()
        connection.send(message(0x11, "dns"))
        assert await connection.next() == accepted("dns")
        connector = Connector(connection)
        self.stack.callback(connector.reading.cancel)
        return connector


async def because(agent, service="dns"):
    """What it is told when it asks why; denials of what it sends are passed over."""
    agent.send(message(0x20, service))
    while (answer := said(await agent.next())) is None:
        pass
    return answer


async def within_a_second(renamed, last):
    assert last - renamed < 1, f"packets passed for {last - renamed:.2f} s after the rename"


async def lease_end(beside, site, connector):
    """The policy agent is killed: access goes on until the lease ends, and no longer."""
    await beside.agent(site, "erin")
    await connector.opens("erin")
    site.agent.send_signal(signal.SIGKILL)
    site.agent.wait()
    lease = seconds(json.loads((site.folder / "enforcement.json").read_text())["notAfter"])
    last = await connector.cut("erin")
    assert -0.5 < last - lease < 0.5, f"the last packet passed {last - lease:.2f} s after the lease's end"
    with contextlib.suppress(urllib.error.HTTPError):
        site.server.get("/readyz")
        raise AssertionError("it is ready without a lease")


async def opening(beside, site, connector):
    """A registration that is refused, and its reason; then what is published opens it, and the flow."""
    dave = await beside.agent(site, "dave")
    assert await dave.next() == refused("dns")
    assert (await because(dave))["reason"] == "not-authorized"
    beside.company.grant(policy("dave", {"principals": ["dave@example.com"]}, ["dns"]))
    await beside.publish("Dave may")
    renamed = await site.enforces(beside.sequence)
    await connector.opens("dave")
    while (await dave.next()) != accepted("dns"):
        pass
    assert time.time() - renamed < 3, "that took long"
    assert await because(dave) == {"reason": "allowed"}


async def leaving(beside, site, connector):
    """Who leaves the group is cut; who stays in it is not."""
    alice = await beside.agent(site, "alice")
    await beside.agent(site, "frank")
    await connector.opens("alice")
    await connector.opens("frank")
    beside.company.group("frank@example.com")
    await beside.publish("Alice leaves")
    renamed = await site.enforces(beside.sequence)
    await within_a_second(renamed, await connector.cut("alice"))
    assert (await because(alice))["reason"] == "not-authorized"
    assert time.time() - connector.last["frank"] < CUT, "who stays is cut too"


async def revoking(beside, site, connector):
    """A revoked fingerprint: the connection is closed with code 2."""
    bob = await beside.agent(site, "bob")
    await connector.opens("bob")
    beside.company.ztna("certs", "revoke", "bob@example.com", "--reason", "Laptop stolen on a train")
    await beside.publish("Bob's laptop is stolen")
    renamed = await site.enforces(beside.sequence)
    await within_a_second(renamed, await connector.cut("bob"))
    assert (await asyncio.wait_for(bob.ended, 1)).error_code == 2


async def ending(beside, site, connector):
    """A window's end, known long before."""
    end = later(12)
    beside.company.grant(policy("carol", {"principals": ["carol@example.com"]}, ["dns"], expires=end))
    tomorrow = later(86_400)
    beside.company.grant(policy("carol-web", {"principals": ["carol@example.com"]}, ["web"], start=tomorrow))
    await beside.publish("Carol may for some seconds")
    await site.enforces(beside.sequence)
    carol = await beside.agent(site, "carol")
    await connector.opens("carol")
    last = await connector.cut("carol")
    assert -0.5 < last - seconds(end) < 1, f"the last packet passed {last - seconds(end):.2f} s after the end"
    assert await because(carol, "web") == {"reason": "not-now", "opensAt": tomorrow, "owner": "platform"}


async def play(report):
    """Everything, while one of both policy agents is dead."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        company = Company(folder / "repository")
        people = [f"{name}@example.com" for name in ("alice", "bob", "carol", "dave", "erin", "frank")]
        for words in [[one] for one in people] + [["--connector", "home"]]:
            company.issue(*words)
        for name in ("one", "two"):
            company.issue("--intermediate", name, "--env", ENVIRONMENT)
        company.group("alice@example.com", "frank@example.com")
        company.grant(policy("team", {"groups": ["team"]}, ["dns"]))
        company.grant(policy("bob-and-erin", {"principals": [people[1], people[4]]}, ["dns"]))
        beside = Beside(company, folder)
        sites = []
        try:
            async with beside.stack:
                await beside.publish("Everything begins")
                for name, command in (("one", followed), ("two", in_container)):
                    sites.append(Site(company, name, folder, command))
                    await sites[-1].enforces(beside.sequence)
                one, two = [await beside.connector(site) for site in sites]
                dead = asyncio.create_task(lease_end(beside, sites[1], two))
                await report("what is published opens a flow, and 0x12 says so", opening(beside, sites[0], one))
                await report("who leaves a group is cut within a second", leaving(beside, sites[0], one))
                await report("who is revoked is closed within a second", revoking(beside, sites[0], one))
                await report("a window's end cuts within a second", ending(beside, sites[0], one))
                await report("a dead policy agent: access ends with the lease", dead)
        finally:
            for site in sites:
                site.stop()
