"""A file of a recording as a response, also while it grows: whole, or a range (RFC 9110 section 14)."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.responses import Response

from stagedoor.control.http import problem
from stagedoor.control.streaming import Stream
from stagedoor.domain.errors import NotFoundError, RangeError

CHUNK = 256 * 1024
CONTENT_TYPES = {".mkv": "video/x-matroska", ".mp4": "video/mp4", ".jsonl": "application/x-ndjson"}
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)


async def download(path: Path, name: str, wanted: str | None, closing: asyncio.Event) -> Response:
    """Return a file as a response.

    Args:
        path: The file.
        name: What the browser saves it as.
        wanted: The request's `Range`; several ranges at once are answered with the whole file.
        closing: Ends the response when it is set.

    Raises:
        NotFoundError: The file has gone.
    """
    try:
        size = (await asyncio.to_thread(path.lstat)).st_size
    except OSError:
        raise NotFoundError("this file has gone", code="recording_unknown") from None
    begin, end = part_of(wanted, size)
    if begin >= end and wanted is not None and size:
        error = RangeError(f"the file has {size} bytes")
        return problem(error, {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    response = Stream(lambda: _opened(path, begin, end), CONTENT_TYPES[path.suffix], (closing,))
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Length"] = str(end - begin)
    if end - begin < size:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    return response


@asynccontextmanager
async def _opened(path: Path, begin: int, end: int) -> AsyncIterator[AsyncIterator[bytes]]:
    file = await asyncio.to_thread(os.open, path, _FLAGS)
    try:
        yield _chunks(file, begin, end)
    finally:
        os.close(file)


def part_of(wanted: str | None, size: int) -> tuple[int, int]:
    """Return from where to where a `Range` leads in a file of some size; what cannot be read is the whole."""
    found = None if wanted is None else _RANGE.fullmatch(wanted.strip())
    if found is None:
        return 0, size
    first, last = found.groups()
    if first:
        begin = int(first)
        end = size if not last else min(size, int(last) + 1)
        return (begin, end) if not last or int(last) >= begin else (0, size)
    return (max(0, size - int(last)), size) if last else (0, size)


async def _chunks(file: int, begin: int, end: int) -> AsyncIterator[bytes]:
    while begin < end:
        chunk = await asyncio.to_thread(os.pread, file, min(CHUNK, end - begin), begin)
        if not chunk:
            return
        begin += len(chunk)
        yield chunk
