"""What a synthetic guest's process is told: one line of JSON on its standard input, which stays open.

The line carries the guest's token, which is why it is on no command line. When the input ends, so does the
process.
"""

from enum import IntEnum
from pathlib import Path

from pydantic import Field

from stagedoor.ipc.message import Message
from stagedoor.settings import LogSettings

MAX_SYNTHETIC = 4
"""Synthetic guests at once; each has a look of its own."""


class SyntheticEnd(IntEnum):
    """Exit codes of a synthetic guest's process; after any other one it is started again."""

    ENDED = 0
    """It was told to end."""
    REFUSED = 9
    """The guest has no place any more: removed, revoked, or gone."""


class SyntheticOrder(Message):
    """Who to be, and where to publish.

    Attributes:
        look: Which picture and tone, 0 to 3.
        name: Written into the picture.
        guest: The guest's id, which the endpoint ends with.
        token: Of the guest's invite.
        trust: The one certificate that is accepted; None: without TLS.
        folder: Where what was encoded is kept.
        host_addresses: From which media is sent; none: all of this machine's.
    """

    look: int = Field(ge=0, lt=MAX_SYNTHETIC)
    name: str
    guest: str
    token: str = Field(repr=False)
    host: str
    port: int
    trust: Path | None
    folder: Path
    host_addresses: tuple[str, ...]
    log: LogSettings
