"""What must be known after a crash: which sessions are open at the SFU, and how much it has sent."""

import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from stagedoor.ipc.messages import CarrierUsage

logger = logging.getLogger(__name__)

FILE_NAME: Final = "cloudflare.json"
MOST_SESSIONS: Final = 512
"""Remembered at once; the oldest have ended by themselves long before."""


class Record(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="ignore")

    since_ms: int = 0
    pulled_bytes: int = 0
    returned_bytes: int = 0
    sessions: list[str] = []


class Journal:
    """The file in the data directory; `load` and `save` block, so they are for threads.

    Args:
        data_dir: Where it is kept.

    Attributes:
        has_counted: Bytes have been added since the last save.
        is_urgent: Sessions have come or gone since the last save.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._since_ms = time.time_ns() // 1_000_000
        self._sessions: dict[str, None] = {}
        self._pulled = self._returned = 0
        self._writing = threading.Lock()
        self.has_counted = self.is_urgent = False

    def load(self) -> None:
        """Read what the last run has left; a file that cannot be read is begun anew."""
        try:
            record = Record.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError):
            logger.warning("%s cannot be read and is begun anew", self._path.name)
            return
        self._since_ms = record.since_ms or self._since_ms
        self._pulled, self._returned = record.pulled_bytes, record.returned_bytes
        self._sessions = dict.fromkeys(record.sessions[-MOST_SESSIONS:])

    def content(self) -> bytes:
        """Return what the file is to hold as of now."""
        record = Record(
            since_ms=self._since_ms,
            pulled_bytes=self._pulled,
            returned_bytes=self._returned,
            sessions=list(self._sessions),
        )
        return json.dumps(record.model_dump()).encode()

    def save(self, content: bytes) -> None:
        """Write the file, whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        draft = self._path.with_suffix(".json.new")
        # A thread goes on when whoever waits for it is cancelled.
        with self._writing:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)

    @property
    def sessions(self) -> tuple[str, ...]:
        """Ids of the sessions that are open, as far as is known."""
        return tuple(self._sessions)

    @property
    def usage(self) -> CarrierUsage:
        """What the SFU has sent."""
        return CarrierUsage(since_ms=self._since_ms, pulled_bytes=self._pulled, returned_bytes=self._returned)

    def reset(self) -> None:
        """Begin to count what the SFU sends anew."""
        self._since_ms = time.time_ns() // 1_000_000
        self._pulled = self._returned = 0
        self.is_urgent = True

    def opened(self, session: str) -> None:
        """Remember a session."""
        self._sessions[session] = None
        while len(self._sessions) > MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        self.is_urgent = True

    def closed(self, session: str) -> None:
        """Forget a session."""
        if session in self._sessions:
            del self._sessions[session]
            self.is_urgent = True

    def count(self, *, pulled: int = 0, returned: int = 0) -> None:
        """Add bytes that the SFU has sent."""
        self._pulled += pulled
        self._returned += returned
        self.has_counted = self.has_counted or bool(pulled or returned)
