"""The calls for TURN credentials: shaped like the real ones, for servers that are not there."""

import secrets

from stagedoor.emulator.messages import IceServer, IceServers, TurnRequest
from stagedoor.emulator.operations import Call, Outcome, parse

_TURN = (
    "turn:{host}:3478?transport=udp",
    "turn:{host}:53?transport=udp",
    "turn:{host}:3478?transport=tcp",
    "turn:{host}:80?transport=tcp",
    "turns:{host}:5349?transport=tcp",
    "turns:{host}:443?transport=tcp",
)
_SECRET_BYTES = 48


async def generate(call: Call) -> Outcome:
    """`generate-ice-servers`: the real list has entries for port 53 too, which browsers wait for in vain."""
    parse(TurnRequest, call.body)
    host = call.engine.options.host
    stun = IceServer(urls=[f"stun:{host}:3478", f"stun:{host}:53"])
    turn = IceServer(
        urls=[each.format(host=host) for each in _TURN],
        username=secrets.token_hex(_SECRET_BYTES),
        credential=secrets.token_hex(_SECRET_BYTES),
    )
    return Outcome(IceServers(ice_servers=[stun, turn]), 201)


async def revoke(_call: Call) -> Outcome:
    """`revoke`: what was never given out is as good as taken back."""
    return Outcome(None, 204)
