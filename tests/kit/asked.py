"""What an operator asks of the API, and what the mixer is by then."""

from dataclasses import asdict
from typing import Any

from stagedoor.domain.scene import Rect
from tests.kit.app import App


async def asked(app: App, method: str, path: str, /, **body: Any) -> dict[str, Any]:
    """The answer of an operator's request."""
    answer = await app.api.request(method, path, json=body or None)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def add_duel(app: App, first: Rect, other: Rect) -> None:
    """Have a scene `duel` with the first two seats at these places."""
    slots = [{"source": source, **asdict(rect)} for source, rect in (("guest1", first), ("guest2", other))]
    await asked(app, "POST", "/api/scenes", id="duel", label="Duel", slots=slots)


async def mixer_is(app: App, **wanted: object) -> bool:
    """Whether the mixer says so of itself."""
    now = await asked(app, "GET", "/api/mixer")
    return all(now[name] == value for name, value in wanted.items())


async def is_between(app: App) -> bool:
    """Whether a transition is on its way."""
    return 0 < ((await asked(app, "GET", "/api/mixer"))["position"] or 0) < 1


async def are_live(app: App, *names: str) -> bool:
    """Whether the mixer has these sources."""
    sources = (await asked(app, "GET", "/api/mixer")).get("sources", [])
    return {each["id"] for each in sources if each["state"] == "live"} >= set(names)


async def strip_has(app: App, source: str, **wanted: object) -> bool:
    """Whether a source's strip is set so."""
    strip = (await asked(app, "GET", "/api/audio"))["strips"].get(source, {})
    return all(strip.get(name) == value for name, value in wanted.items())
