"""Tells guests what OBS shows of them: `python3 examples/obs_tally.py guest1="Guest 1" …`.

The operator's link is taken from STAGEDOOR_LINK: whoever may list processes reads their command lines.
Each seat is followed by the name of its source in OBS. OBS is asked by its own WebSocket server
(obs-websocket 5, in OBS 28 and later: Tools, WebSocket Server Settings), at `ws://127.0.0.1:4455` unless
OBS_URL names another place; its password is taken from OBS_PASSWORD. Needs nothing but Python. Ctrl-C ends
it; guests then read that nothing is known.
"""

import base64
import contextlib
import hashlib
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterable
from typing import Any

HELLO, IDENTIFY, IDENTIFIED, EVENT, REQUEST, RESPONSE = 0, 1, 2, 5, 6, 7
EVENTS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 7 | 1 << 10 | 1 << 17
"""General, configuration, scenes, items of scenes, user interface, and whether an input is in program."""
LOOK_EVERY_S = 1.0
ANSWER_WITHIN_S = 5.0
AGAIN_S = 2.0
HOLD_S = 10
"""Guests read that nothing is known where this script, its machine or the network is gone for so long."""
DEEPEST = 8
"""Scenes and groups within one another that are looked into."""


class WebSocket:
    """As much of RFC 6455 as obs-websocket needs: text, pings, an end."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "127.0.0.1", parts.port or 4455
        self._socket = socket.create_connection((host, port), ANSWER_WITHIN_S)
        self._read = b""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (f"GET {parts.path or '/'} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket")
        more = ("Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13")
        self._socket.sendall("\r\n".join((*lines, *more, "", "")).encode())
        while b"\r\n\r\n" not in self._read:
            self._more()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise ConnectionError("no WebSocket is served there")

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message as JSON."""
        self._frame(1, json.dumps(message).encode())

    def comes(self, within_s: float) -> bool:
        """Return whether something comes within so many seconds."""
        return bool(self._read) or bool(select.select([self._socket], [], [], max(0.0, within_s))[0])

    def receive(self) -> dict[str, Any]:
        """Return the next message; raises `ConnectionError` at the end, `TimeoutError` after some silence."""
        data = b""
        while True:
            first, second = self._exactly(2)
            size = second & 127
            if size >= 126:
                size = int.from_bytes(self._exactly(2 if size == 126 else 8), "big")
            opcode, part = first & 15, self._exactly(size)
            if opcode == 8:
                raise ConnectionError(said(int.from_bytes(part[:2], "big")))
            if opcode == 9:
                self._frame(10, part)
            elif opcode in (0, 1):
                data += part
                if first & 128:
                    found: dict[str, Any] = json.loads(data)
                    return found

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        data, self._read = self._read[:size], self._read[size:]
        return data

    def _more(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("OBS has gone")
        self._read += data

    def _frame(self, opcode: int, data: bytes) -> None:
        mask, size = os.urandom(4), len(data)
        length = struct.pack("!B", 128 | size) if size < 126 else struct.pack("!BQ", 255, size)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self._socket.sendall(bytes([128 | opcode]) + length + mask + masked)


class Obs:
    """A session with OBS."""

    def __init__(self, url: str, password: str) -> None:
        self._socket = WebSocket(url)
        self._asked = 0
        self._busy = False
        hello = self._expect(HELLO)
        identity: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": EVENTS}
        if "authentication" in hello:
            identity["authentication"] = proof(password, **hello["authentication"])
        self._socket.send({"op": IDENTIFY, "d": identity})
        self._expect(IDENTIFIED)

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def ask(self, kind: str, **data: str) -> dict[str, Any] | None:
        """Return what OBS answers; None where it refuses."""
        self._asked += 1
        request = {"requestType": kind, "requestId": str(self._asked), "requestData": data}
        self._socket.send({"op": REQUEST, "d": request})
        while (answer := self._expect(RESPONSE))["requestId"] != request["requestId"]:
            pass
        found: dict[str, Any] = answer.get("responseData") or {}
        return found if answer["requestStatus"]["result"] else None

    def wait(self) -> None:
        """Return once something has happened, or after a second; not while the scene collection changes."""
        if self._socket.comes(LOOK_EVERY_S):
            self._note(self._socket.receive())
        while self._busy or self._socket.comes(0):
            self._note(self._socket.receive())

    def _expect(self, op: int) -> dict[str, Any]:
        while (message := self._socket.receive())["op"] != op:
            self._note(message)
        found: dict[str, Any] = message["d"]
        return found

    def _note(self, message: dict[str, Any]) -> None:
        kind = message["d"].get("eventType") if message["op"] == EVENT else None
        if kind in ("CurrentSceneCollectionChanging", "CurrentSceneCollectionChanged"):
            # Whoever asks OBS something in between may bring it down, says its documentation.
            self._busy = kind.endswith("Changing")


def said(code: int) -> str:
    """Return what a closing code of obs-websocket means."""
    return {4009: "OBS_PASSWORD is not OBS's password", 4011: "OBS has sent us away"}.get(
        code, f"closed ({code})"
    )


def proof(password: str, challenge: str, salt: str) -> str:
    """Return what shows OBS that we know its password."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + challenge).encode()).digest()).decode()


def look(obs: Obs, seats: dict[str, str]) -> dict[str, str]:
    """Return the tally of each seat; one whose source OBS does not know is left out, which is unknown."""
    preview = (obs.ask("GetCurrentPreviewScene") or {}).get("currentPreviewSceneName")
    next_up = set() if preview is None else shown(obs, "GetSceneItemList", preview)
    lights: dict[str, str] = {}
    for seat, source in seats.items():
        state = obs.ask("GetSourceActive", sourceName=source)
        if state is not None:
            # OBS says it of every source that can be seen in program, also while a transition goes on.
            off = "preview" if source in next_up else "off"
            lights[seat] = "program" if state["videoActive"] else off
    return lights


def shown(obs: Obs, kind: str, scene: str, depth: int = DEEPEST) -> set[str]:
    """Return the names of everything that a scene or a group shows, also by scenes and groups within it."""
    items = (obs.ask(kind, sceneName=scene) or {}).get("sceneItems", [])
    found: set[str] = set()
    for item in items:
        if not item["sceneItemEnabled"]:
            continue
        name = item["sourceName"]
        found.add(name)
        if depth and item.get("isGroup"):
            found |= shown(obs, "GetGroupSceneItemList", name, depth - 1)
        elif depth and item.get("sourceType") == "OBS_SOURCE_TYPE_SCENE":
            found |= shown(obs, "GetSceneItemList", name, depth - 1)
    return found


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


def follow(link: str, seats: dict[str, str]) -> None:
    """Tell Stagedoor each change, and again every few seconds, until OBS or Stagedoor fails."""
    obs = Obs(os.environ.get("OBS_URL", "ws://127.0.0.1:4455"), os.environ.get("OBS_PASSWORD", ""))
    told, told_at = None, 0.0
    try:
        while True:
            lights = look(obs, seats)
            # Also where nothing has changed: a Stagedoor that was started again knows nothing.
            if lights != told or time.monotonic() - told_at > AGAIN_S:
                put(link, lights)
                told, told_at = lights, time.monotonic()
            obs.wait()
    finally:
        obs.close()


def seats_of(words: Iterable[str]) -> dict[str, str]:
    """Return the sources by seat of `seat=source` words."""
    return {seat: source for seat, _, source in (word.partition("=") for word in words)}


def follow_for_ever(link: str, seats: dict[str, str]) -> None:
    """Follow OBS; after a failure begin again, and say meanwhile that nothing is known."""
    said_last = ""
    while True:
        try:
            follow(link, seats)
        except (OSError, ValueError, KeyError) as error:
            if str(error) != said_last:
                said_last = str(error)
                sys.stderr.write(f"{error}; trying again\n")
        with contextlib.suppress(OSError):
            put(link, {})
        time.sleep(AGAIN_S)


def main() -> None:
    """Follow OBS until Ctrl-C, or until it is told to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    link = os.environ["STAGEDOOR_LINK"]
    seats = seats_of(sys.argv[1:])
    try:
        follow_for_ever(link, seats)
    except KeyboardInterrupt:
        put(link, {})


if __name__ == "__main__":
    main()
