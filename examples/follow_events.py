"""Prints each change of a guest: `python3 examples/follow_events.py OPERATOR_LINK`; Ctrl-C ends it."""

import json
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any


def events(link: str) -> Iterator[dict[str, Any]]:
    """Yield the events until the stream ends; a comment comes every 15 s, so 30 s of silence is a failure."""
    parts = urllib.parse.urlsplit(link)
    token = urllib.parse.parse_qs(parts.query)["token"][0]
    request = urllib.request.Request(  # noqa: S310 - the link is the caller's own
        f"{parts.scheme}://{parts.netloc}/api/events", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as stream:  # noqa: S310
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def main() -> None:
    """Print a line whenever a guest's state, seat or session state is another one."""
    last: dict[str, str] = {}
    for event in events(sys.argv[1]):
        found = event["data"]["guests"] if event["type"] == "snapshot" else []
        for guest in [event["data"]] if event["type"] == "guest" else found:
            sessions = " ".join(f"{session['path']}:{session['state']}" for session in guest["sessions"])
            away = "away" if guest["away"] else ""
            now = " ".join(filter(None, (guest["state"], guest["seat"], away, sessions)))
            if last.get(guest["id"]) != now:
                last[guest["id"]] = now
                sys.stdout.write(f"{guest['name'] or guest['id']}: {now}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
