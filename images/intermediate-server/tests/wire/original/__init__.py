"""The clients of the system that this one replaces, byte by byte: docs/compatibility.md says line by line what each of
these tests holds.

Its agent for macOS shows no certificate, knows an IP address alone, asks for the name `ztna-server`, has connection ids of
16 bytes and never sends more than 1,200 bytes of UDP payload. Its connector asks for no name, has connection ids of 20 bytes
and sends up to 1,350. Its test client alone has a certificate.
"""

import tempfile

from world import World

from . import agent, connector, policy
from .kit import LONG, write_allowed


async def play(report):
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        write_allowed(world)
        world.start()
        try:
            await report("an agent without certificate that knows an address alone", agent.lets_in(world))
            await report("what it sends without a registration", agent.sends_unregistered(world))
            await report("its registrations, three times each", agent.registers(world))
            await report("two of its agents with one inner address", agent.two_at_once(world))
            await report("its largest UDP packet, and an answer as large", agent.largest_udp(world))
            await report("larger answers by UDP", agent.larger_answers(world))
            await report("its full TCP segments, both ways", agent.largest_tcp(world, "web"))
            await report("its full TCP segments for the longest id", agent.largest_tcp(world, LONG))
            await report("its echo", agent.pings(world))
            await report("what it is denied", policy.denials(world))
            await report("a policy about its device", policy.device(world))
            await report("its running connection is cut", policy.cut(world))
            await report("it looks for a direct path and stays", agent.direct_path(world))
            await report("it comes from another port", policy.moves(world))
            await report("it comes from another port, and policy depends on its network", policy.moves_where_it_matters(world))
            await report("the setting is taken back", policy.turned_off(world))
            await report("the test client's certificate limits it", connector.limited(world))
            await report("the test client's larger payload", connector.larger(world))
            await report("its connector without certificate serves nothing", connector.unnamed(world))
            await report("its connector's certificate names a service", connector.named_by_service(world))
            await report("its connector is accepted later", connector.promoted(world))
            await report("its connector's answers", connector.answers(world))
            await report("the intermediate goes away", policy.going_away(world))
        finally:
            world.server.stop()
