"""Which build of the pages is served: a page that was loaded from another one knows by it that it is old."""

import asyncio
import hashlib
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
DESK_PAGE: Final = "switcher.html"
GUEST_PAGE: Final = "guest.html"


class Builds:
    """By page, the build that was read last: a hash of the page, which names its files by their content."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, page: str) -> str:
        """Return the build of a page; empty where it was never there."""
        return self._known.get(page, "")

    async def read(self, folder: Path, page: str) -> bytes:
        """Return a page that says of which build it is.

        Raises:
            FileNotFoundError: It was not built.
        """
        content = await asyncio.to_thread((folder / page).read_bytes)
        build = hashlib.sha256(content).hexdigest()[:16]
        self._known[page] = build
        mark = f'<head><meta name="stagedoor-build" content="{build}" />'
        return content.replace(b"<head>", mark.encode(), 1)

    async def restore(self, folder: Path) -> None:
        """Read all pages that were built."""
        for page in (DESK_PAGE, GUEST_PAGE):
            try:
                await self.read(folder, page)
            except FileNotFoundError:
                continue
