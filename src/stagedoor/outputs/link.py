"""A TCP or TLS connection to a server that we publish to: each wait bounded, each failure a sentence."""

import asyncio
import contextlib
import functools
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Final

from stagedoor.aio.closing import close_stream
from stagedoor.domain.errors import DestinationError, RefusedError, UnreachableError
from stagedoor.outputs.address import Address

CONNECT_WITHIN: Final = 5.0
"""Seconds for name, TCP and TLS together."""

ANSWER_WITHIN: Final = 5.0
"""Seconds that one answer of the server may take."""

STALLED_AFTER: Final = 5.0
"""A server that takes not one byte for this many seconds, while some wait, is given up."""

HIGH_WATER: Final = 256 * 1024
"""Bytes that may wait in this process before the sender waits."""

SEND_BUFFER: Final = 256 * 1024
"""Bytes for the kernel; left to itself it would hide for many seconds that a server reads nothing."""

READ_LIMIT: Final = 64 * 1024

CLOSED: Final = "destination_closed"
"""The code of an error that says only that the server hung up."""


class Link:
    """An open connection; made by `Link.open`."""

    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.where = address.where
        self._reader = reader
        self._writer = writer
        self.bytes_sent = 0
        self.bytes_read = 0

    @classmethod
    async def open(cls, address: Address) -> "Link":
        """Connect; raises `UnreachableError`, or `RefusedError` where the certificate does not verify."""
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                context = await asyncio.to_thread(_tls_context) if address.tls else None
                reader, writer = await asyncio.open_connection(
                    address.host, address.port, ssl=context, limit=READ_LIMIT
                )
        except TimeoutError:
            message = f"{address.where} did not answer within {CONNECT_WITHIN:.0f} s"
            raise UnreachableError(message, hint="Check the address, and firewalls in between.") from None
        except (OSError, UnicodeError) as error:
            raise _connect_failure(address, error) from error
        _bound(writer)
        return cls(address, reader, writer)

    async def read(self, size: int) -> bytes:
        """Return exactly `size` bytes; raises `UnreachableError` when the server is gone."""
        try:
            data = await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise self._gone() from error
        self.bytes_read += size
        return data

    async def read_line(self) -> bytes:
        """Return one line with its end; raises `UnreachableError` when there is none."""
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as error:
            raise UnreachableError(f"{self.where} does not speak this protocol") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            raise self._gone() from error
        self.bytes_read += len(line)
        return line

    async def send(self, data: bytes) -> None:
        """Send whole messages; waits while too much is queued; raises `UnreachableError`."""
        if self._writer.is_closing():
            raise self._gone()
        self._writer.write(data)
        self.bytes_sent += len(data)
        while (queued := self._queued()) > HIGH_WATER:
            with contextlib.suppress(TimeoutError):
                await self._drain()
            if self._queued() >= queued:
                self._writer.transport.abort()
                message = f"{self.where} took nothing for {STALLED_AFTER:.0f} s"
                raise UnreachableError(
                    message, hint="The server accepts but does not read: look at its load."
                )

    @contextlib.asynccontextmanager
    async def answering(self, what: str) -> AsyncIterator[None]:
        """Bound the wait for an answer to `what`; raises `UnreachableError` when it does not come."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                yield
        except TimeoutError:
            message = f"{self.where} did not answer {what} within {ANSWER_WITHIN:.0f} s"
            raise UnreachableError(message) from None

    async def aclose(self) -> None:
        """Close within a second; what the server does not take by then is thrown away."""
        await close_stream(self._writer)

    def _queued(self) -> int:
        return self._writer.transport.get_write_buffer_size()

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(STALLED_AFTER):
                await self._writer.drain()
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise self._gone() from error

    def _gone(self) -> UnreachableError:
        return UnreachableError(f"{self.where} closed the connection", code=CLOSED)


def _bound(writer: asyncio.StreamWriter) -> None:
    """Bound what may wait; of a server that has hung up already the first read tells."""
    if writer.is_closing():
        return
    writer.transport.set_write_buffer_limits(high=HIGH_WATER)
    raw = writer.get_extra_info("socket")
    # Under TLS a transport that was lost is not closing, and has no socket.
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)


@functools.cache
def _tls_context() -> ssl.SSLContext:
    """Verify by the system's authorities; made once, in a thread, because it reads files."""
    return ssl.create_default_context()


def _connect_failure(address: Address, error: OSError | UnicodeError) -> DestinationError:
    match error:
        case ssl.SSLCertVerificationError():
            return RefusedError(
                f"the certificate of {address.where} does not verify: {error.verify_message}",
                code="destination_certificate",
                hint="Give the server a certificate for this name, or name its authority in SSL_CERT_FILE.",
            )
        case ssl.SSLError():
            return UnreachableError(
                f"no TLS with {address.where}: {error.reason or error}",
                hint=f"Perhaps it wants {address.scheme.removesuffix('s')} there.",
            )
        case socket.gaierror() | UnicodeError():
            return UnreachableError(f"there is no address for {address.host}", hint="Check the host's name.")
        case ConnectionRefusedError():
            return UnreachableError(
                f"nothing listens at {address.where}", hint="Start the server, or mend the port."
            )
        case OSError():
            return UnreachableError(f"{address.where} cannot be reached: {error.strerror or error}")
