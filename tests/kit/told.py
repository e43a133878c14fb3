"""What a page says on its console, where looking into it would count as somebody's touch."""

from playwright.async_api import ConsoleMessage, Page

from tests.kit.wait import until


class Told:
    """The lines that a page has said."""

    def __init__(self, page: Page) -> None:
        self.lines: list[str] = []
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        self.lines.append(message.text)

    async def says(self, line: str) -> None:
        """Return once it has said this."""
        await until(lambda: line in self.lines, 20, what=f"the page says {line}")
