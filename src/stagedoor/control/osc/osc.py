"""Controllers by OSC: what they ask for comes in, the tally goes out.

OSC has neither passwords nor answers: what a controller sees of a command is the tally that follows from it.
A packet may be lost, so that the whole tally is sent again and again.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stagedoor.aio.backoff import Backoff
from stagedoor.aio.channel import Channel
from stagedoor.aio.race import until_first
from stagedoor.aio.supervise import supervise
from stagedoor.control.mixer.mixing import Mixing
from stagedoor.control.mixer.tallies import Tallies
from stagedoor.control.osc.bounds import Allowance, Outcome, Outcomes
from stagedoor.control.osc.controllers import Controllers, Where
from stagedoor.control.osc.endpoint import Endpoint
from stagedoor.control.osc.lights import Lights, lights_of, unknown
from stagedoor.control.osc.packets import OscText, Value, read
from stagedoor.control.osc.requests import PREFIX, fulfil
from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.settings import Settings

log = logging.getLogger(__name__)

WAITING: Final = 32
"""Messages that may wait for the mixer."""
WITHIN_S: Final = 1.0
"""A cut that comes later is worse than none."""
DONE_WITHIN_S: Final = 0.75
"""What takes longer is given up, so that what was asked for after it still has its time."""
SLOW: Final = "the mixer takes too long"
REPEAT_EVERY_S: Final = 2.0
LEAST_PORT: Final = 1024
MOST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a controller asks for, and when that came."""

    message: OscText
    sender: str
    at: float


class Osc:
    """The port for controllers.

    Args:
        settings: Whether there is a port (`osc`), and where the media are.
        mixing: Where what they ask for is done.
        tallies: What they are sent.
        count: Told what became of each message.
    """

    def __init__(
        self, settings: Settings, mixing: Mixing, tallies: Tallies, count: Callable[[str], None]
    ) -> None:
        self._settings = settings.osc
        self._media_dir = settings.server.media_dir
        self._mixing = mixing
        self._tallies = tallies
        self._controllers = Controllers(settings.osc.places, time.monotonic)
        self._allowance = Allowance(time.monotonic)
        self._outcomes = Outcomes(count, time.monotonic)
        self._asked: Channel[_Asked] = Channel(WAITING)
        self._endpoint: Endpoint | None = None
        self._shown: Lights = {}
        self._trouble = ""

    @property
    def listens(self) -> bool:
        """Whether the port is open."""
        return self._endpoint is not None

    async def run(self) -> None:
        """Listen until cancelled, where it is enabled; a port that cannot be had is tried again."""
        if self._settings.enabled:
            backoff = Backoff(0.5, 5.0)
            await supervise("OSC", self._serve, expected=OSError, on_failure=self._fails, backoff=backoff)

    def look(self) -> None:
        """Tell what has changed of the tally; called whenever something may have."""
        if self._endpoint is None:
            return
        shown, self._shown = self._shown, lights_of(self._mixing, self._tallies)
        self._send({key: light for key, light in self._shown.items() if shown.get(key) != light})

    async def _serve(self) -> None:
        async with Endpoint.open(self._settings, self._take) as endpoint:
            self._endpoint, self._trouble = endpoint, ""
            self._say_where()
            try:
                await until_first(self._follow(), self._repeat(), endpoint.lost())
            finally:
                self._send(unknown(self._shown))
                self._endpoint, self._shown = None, {}
        raise ConnectionError("the socket was lost")

    def _fails(self, error: OSError) -> bool:
        if str(error) != self._trouble:
            self._trouble = str(error)
            log.error("Controllers cannot be heard on %s: %s", self._settings.host, error)
        return True

    def _say_where(self) -> None:
        settings = self._settings
        log.info("Controllers are heard by OSC on %s port %d", settings.host, settings.port)
        if settings.is_open:
            log.warning(
                "Whoever reaches UDP port %d can switch the show: OSC knows no passwords", settings.port
            )

    def _take(self, packet: bytes, sender: Where) -> None:
        """Take a packet; nothing that is wrong with it is answered."""
        if not self._allowance.take():
            self._outcomes.take(Outcome.DROPPED, sender[0], "too many come")
            return
        try:
            messages = read(packet)
        except InvalidError as error:
            self._outcomes.take(Outcome.INVALID, sender[0], error.message)
            return
        if not self._allowance.take(max(0, len(messages) - 1)):
            self._outcomes.take(Outcome.DROPPED, sender[0], "too many come")
            return
        for message in messages:
            self._receive(message, sender)

    def _receive(self, message: OscText, sender: Where) -> None:
        """Follow a message about subscriptions at once; what is for the mixer takes its turn."""
        name = message.address.removeprefix(PREFIX)
        if name not in ("subscribe", "unsubscribe"):
            if not self._asked.put(_Asked(message, sender[0], time.monotonic())):
                self._outcomes.take(Outcome.DROPPED, sender[0], "too many wait for the mixer")
            return
        try:
            self._subscribe(_place(sender, message.values), on=name == "subscribe")
        except StagedoorError as error:
            self._outcomes.take(_outcome(error), sender[0], error.message)
        else:
            self._outcomes.take(Outcome.DONE, sender[0])

    def _subscribe(self, where: Where, *, on: bool) -> None:
        if not on:
            self._controllers.unsubscribe(where)
            return
        self._controllers.subscribe(where)
        self.look()
        self._send(self._shown, (where,))

    async def _follow(self) -> None:
        """Do what is asked for, one after the other."""
        async for asked in self._asked:
            if time.monotonic() - asked.at > WITHIN_S:
                self._outcomes.take(Outcome.DROPPED, asked.sender, SLOW)
                continue
            self._outcomes.take(*await self._done(asked))

    async def _done(self, asked: _Asked) -> tuple[Outcome, str, str]:
        """Do what is asked for; return what became of it, whose it was, and why."""
        try:
            async with asyncio.timeout(DONE_WITHIN_S):
                await fulfil(self._mixing, asked.message, self._media_dir)
        except TimeoutError:
            return Outcome.DROPPED, asked.sender, SLOW
        except StagedoorError as error:
            return _outcome(error), asked.sender, error.message
        return Outcome.DONE, asked.sender, ""

    async def _repeat(self) -> None:
        while True:
            self.look()
            self._send(self._shown)
            await asyncio.sleep(REPEAT_EVERY_S)

    def _send(self, lights: Lights, to: tuple[Where, ...] | None = None) -> None:
        """Send these lights to one controller, or to all."""
        if self._endpoint is not None:
            packets = [OscText(key, light).encode() for key, light in lights.items()]
            self._endpoint.send(packets, self._controllers.all() if to is None else to)


def _place(sender: Where, values: tuple[Value, ...]) -> Where:
    """Return where a subscriber wants the tally: where the packet came from, or at another port there."""
    match values:
        case []:
            return sender
        case [int(port)] if LEAST_PORT <= port <= MOST_PORT:
            return (sender[0], port, *sender[2:])
        case _:
            raise InvalidError(f"a subscription has no value, or a port from {LEAST_PORT} on")


def _outcome(error: StagedoorError) -> Outcome:
    return Outcome.INVALID if isinstance(error, InvalidError) else Outcome.REFUSED
