"""RTMP's handshake, the plain one (RTMP 1.0 section 5.2)."""

import secrets
from typing import Final

from stagedoor.domain.errors import UnreachableError
from stagedoor.outputs.link import Link

VERSION: Final = 3
SIZE: Final = 1536


async def shake_hands(link: Link) -> None:
    """Greet the server; raises `UnreachableError` if it goes away or is no RTMP server."""
    ours = bytes(8) + secrets.token_bytes(SIZE - 8)
    await link.send(bytes((VERSION,)) + ours)
    version = (await link.read(1))[0]
    if version != VERSION:
        raise UnreachableError(
            "the server does not speak RTMP",
            hint="Look at scheme and port: RTMP is mostly at 1935, RTMPS at 443 or 1936.",
        )
    theirs = await link.read(SIZE)
    await link.send(theirs)
    await link.read(SIZE)
