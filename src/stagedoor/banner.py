"""What is printed when the program is ready: the links, and what a browser will ask."""

import io
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import segno

from stagedoor.settings import Settings, Tls

CLICKS = (
    "Everybody's browser asks once, because the certificate is our own. Chrome and Edge: Advanced, Proceed. "
    "Firefox: Advanced, Accept the Risk. Safari: Show Details, visit this website."
)


def operator_link(root: str, token: str) -> str:
    """Return the link that opens the operator's pages."""
    return f"{root}/switcher?{urlencode({'token': token})}"


def guest_link(root: str) -> str:
    """Return the link for guests who have no invite."""
    return f"{root}/guest_join"


@dataclass(frozen=True, slots=True)
class Banner:
    """The links of a running instance.

    Attributes:
        settings: In force.
        operator_token: Part of the operator's link.
        addresses: Where others reach this machine.
        config: The settings file, if there is one.
    """

    settings: Settings
    operator_token: str
    addresses: list[str]
    config: Path | None = None

    @property
    def roots(self) -> tuple[str, ...]:
        """Roots of the pages, the best for this machine first."""
        server = self.settings.server
        others = (server.url_of(address) for address in self.addresses)
        return tuple(dict.fromkeys([server.url, *others]))

    def text(self, version: str, encoding: str | None = "utf-8") -> str:
        """Return the whole banner."""
        server = self.settings.server
        lines = ["", f"Stagedoor {version} is ready.", ""]
        for root in self.roots:
            lines += [f"  Operator  {operator_link(root, self.operator_token)}"]
            lines += [f"  Guests    {guest_link(root)}", ""]
            if root == server.public_url or any(root == server.url_of(item) for item in self.addresses):
                lines += [qr_code(guest_link(root), encoding), ""]
        if server.tls is Tls.SELF_SIGNED and not server.public_url:
            lines += [f"  {CLICKS}", ""]
        lines += [
            f"  {self._welcome()}",
            f"  Hub       {self.settings.hub.url}/live/{self.settings.guests.seats[0].name}.mkv",
            f"  Data      {server.data_dir}",
        ]
        lines += [f"  Settings  {self.config or 'defaults (`stagedoor config example` shows every key)'}", ""]
        return "\n".join(lines) + "\n"

    def _welcome(self) -> str:
        if self.settings.guests.open:
            return "Whoever opens the guest link gets a free seat at once."
        return "Whoever opens the guest link waits in the lobby; `stagedoor invite` makes a link to a seat."


def qr_code(link: str, encoding: str | None) -> str:
    """Draw a QR code with half blocks, or with double spaces where the terminal cannot show them."""
    drawing = io.StringIO()
    code = segno.make(link, error="l", micro=False)
    try:
        "█▀▄".encode(encoding or "ascii")
    except UnicodeEncodeError:
        code.terminal(drawing, border=2)
    else:
        code.terminal(drawing, border=2, compact=True)
    return drawing.getvalue().rstrip("\n")
