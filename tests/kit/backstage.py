"""What an operator sends to a guest's page, and what becomes of it."""

from typing import Any

from tests.kit.app import App
from tests.kit.wait import until


async def command(app: App, guest: str, kind: str, **more: Any) -> str:
    """Send a command; its id."""
    sent = await app.api.post(f"/api/guests/{guest}/commands", json={"kind": kind, **more})
    assert sent.status_code == 202, sent.text
    return str(sent.json()["id"])


async def fate(app: App, guest: str, command_id: str, *states: str) -> dict[str, Any]:
    """The command once it is in one of the states; any that is over, where none is named."""
    wanted = states or ("done", "refused", "timeout")
    found: dict[str, Any] = {}

    async def come_so_far() -> bool:
        nonlocal found
        listed = (await app.api.get(f"/api/guests/{guest}/commands")).json()["commands"]
        (found,) = [each for each in listed if each["id"] == command_id]
        return found["state"] in wanted

    await until(come_so_far, 15, interval=0.05, what=f"{command_id} to be {' or '.join(wanted)}")
    return found


async def done(app: App, guest: str, kind: str, **more: Any) -> None:
    """Send a command that the page does."""
    found = await fate(app, guest, await command(app, guest, kind, **more))
    assert found["state"] == "done", found


async def refused(app: App, guest: str, kind: str, **more: Any) -> str:
    """Send a command that the page refuses; why."""
    found = await fate(app, guest, await command(app, guest, kind, **more))
    assert found["state"] == "refused", found
    return str(found["reason"])
