"""Tells guests what vMix shows of them: `python3 examples/vmix_tally.py guest1=1 guest2=2 …`.

The operator's link is taken from STAGEDOOR_LINK: whoever may list processes reads their command lines.
Each seat is followed by the number of its input in vMix, which is asked by its TCP API at 127.0.0.1,
or at the host that VMIX names (`host` or `host:port`).
Needs nothing but Python. Ctrl-C ends it; guests then read that it is unknown.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

PORT = 8099
ANSWER_WITHIN_S = 5.0
ASK_EVERY_S = 2.0
SILENT_S = 7.0
"""Without a line for so long vMix is connected to anew."""
AGAIN_S = 2.0
HOLD_S = 10
"""Guests read that nothing is known where this script, its machine or the network is gone for so long."""
LIGHTS = {"0": "off", "1": "program", "2": "preview"}


def lights_of(line: bytes, seats: dict[str, int]) -> dict[str, str] | None:
    """Return the tally that a line of vMix tells, one figure for each input; None of another line."""
    words = line.decode("utf-8", "replace").split()
    if words[:2] != ["TALLY", "OK"]:
        return None
    figures = words[2] if words[2:] else ""
    known = {seat: figures[number - 1] for seat, number in seats.items() if 0 < number <= len(figures)}
    return {seat: LIGHTS[figure] for seat, figure in known.items() if figure in LIGHTS}


def put(link: str, lights: dict[str, str]) -> None:
    """Tell Stagedoor the tally of all seats; of those that are left out it is unknown."""
    parts = urllib.parse.urlsplit(link)
    token = urllib.parse.parse_qs(parts.query)["token"][0]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"{parts.scheme}://{parts.netloc}/api/tally?hold_s={HOLD_S}"
    body = json.dumps(lights).encode()
    request = urllib.request.Request(url, body, headers, method="PUT")  # noqa: S310 - the link is the caller's own
    with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_S):  # noqa: S310
        pass


def lines(vmix: socket.socket) -> Iterator[bytes]:
    """Yield what vMix says, line by line, and ask it again whenever it has said nothing for a while."""
    data, heard_at = b"", time.monotonic()
    vmix.settimeout(ASK_EVERY_S)
    vmix.sendall(b"SUBSCRIBE TALLY\r\n")
    while True:
        try:
            part = vmix.recv(65536)
        except TimeoutError:
            if time.monotonic() - heard_at > SILENT_S:
                raise
            vmix.sendall(b"TALLY\r\n")
            continue
        if not part:
            raise ConnectionError("vMix has gone")
        heard_at = time.monotonic()
        *whole, data = (data + part).split(b"\r\n")
        yield from whole


def follow(link: str, seats: dict[str, int]) -> None:
    """Tell Stagedoor whatever vMix says, until one of them fails."""
    host, _, port = os.environ.get("VMIX", "127.0.0.1").partition(":")
    with socket.create_connection((host, int(port or PORT)), ANSWER_WITHIN_S) as vmix:
        for line in lines(vmix):
            # Also where nothing has changed: a Stagedoor that was started again knows nothing.
            if (lights := lights_of(line, seats)) is not None:
                put(link, lights)


def follow_for_ever(link: str, seats: dict[str, int]) -> None:
    """Follow vMix; after a failure begin again, and say meanwhile that nothing is known."""
    said_last = ""
    while True:
        try:
            follow(link, seats)
        except OSError as error:
            if str(error) != said_last:
                said_last = str(error)
                sys.stderr.write(f"{error}; trying again\n")
        with contextlib.suppress(OSError):
            put(link, {})
        time.sleep(AGAIN_S)


def main() -> None:
    """Follow vMix until Ctrl-C, or until it is told to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    link = os.environ["STAGEDOOR_LINK"]
    seats = {seat: int(number) for seat, _, number in (word.partition("=") for word in sys.argv[1:])}
    try:
        follow_for_ever(link, seats)
    except KeyboardInterrupt:
        put(link, {})


if __name__ == "__main__":
    main()
