"""How many WebRTC connections a page has open."""

from playwright.async_api import Page

from tests.kit.wait import until

_COUNT = """() => {
    const Peer = RTCPeerConnection;
    window.peers = [];
    window.RTCPeerConnection = class extends Peer {
        constructor(how) { super(how); window.peers.push(this); }
    };
}"""
_OPEN = "() => peers.filter((each) => each.connectionState !== 'closed').length"


async def count_peers(page: Page) -> None:
    """Count from the next load of the page on."""
    await page.add_init_script(f"({_COUNT})()")


async def has_peers(page: Page, wanted: int) -> None:
    """Return once so many are open."""

    async def so_many() -> bool:
        return bool(await page.evaluate(_OPEN) == wanted)

    await until(so_many, 10, interval=0.1, what=f"{wanted} connections")
