"""One clock per path, also across publishers that each bring their own."""

from stagedoor.media.packets import Packet

_BACK_MS = 1000
"""A clock that goes back by more than this was started anew; by less, the packet is merely late."""


class Timeline:
    """Moves each publisher's times so that a path's readers see them go on.

    The shift is one whole number of milliseconds for both tracks, which is exact in the 90 kHz and 48 kHz
    clocks of RTP: sound and picture keep their distance.
    """

    def __init__(self) -> None:
        self._shift_ms = 0
        self._fresh = True
        self._started = False
        self._last_ms = 0
        self._last_arrived = 0.0
        self._dts: dict[bool, int] = {}
        self._rate: dict[bool, int] = {}
        self._new: set[bool] = set()
        self._ticks: dict[int, int] = {}

    def restart(self) -> None:
        """Another publisher follows, with another clock."""
        self._fresh = True

    def place(self, packet: Packet, *, video: bool) -> Packet | None:
        """Return the packet with the path's times; None if it is too late to be of use."""
        rate = packet.track.clock_rate
        if self._fresh:
            self._rebase(packet, rate)
        dts = packet.dts + self._ticks_of(rate)
        floor = self._floor(video, rate)
        if dts <= floor:
            if video not in self._new and (floor - dts) * 1000 <= _BACK_MS * rate:
                return None
            if video not in self._new:
                self._rebase(packet, rate)
            self._push_on(packet, rate, floor)
            dts = packet.dts + self._ticks_of(rate)
        self._new.discard(video)
        self._dts[video] = dts
        self._rate[video] = rate
        self._last_ms = dts * 1000 // rate
        self._last_arrived = packet.arrived
        if not self._shift_ms:
            return packet
        return _moved(packet, self._ticks_of(rate))

    def _ticks_of(self, rate: int) -> int:
        ticks = self._ticks.get(rate)
        if ticks is None:
            ticks = self._ticks[rate] = self._shift_ms * rate // 1000
        return ticks

    def _floor(self, video: bool, rate: int) -> int:
        last = self._dts.get(video)
        if last is None:
            return -1
        before = self._rate[video]
        return last if before == rate else last * rate // before

    def _rebase(self, packet: Packet, rate: int) -> None:
        """Let the new clock go on where the last one stopped, by the time that passed since."""
        if self._started:
            passed = max(0, round((packet.arrived - self._last_arrived) * 1000))
            self._set_shift(self._last_ms + passed - packet.dts * 1000 // rate)
        self._started = True
        self._fresh = False
        self._new = {False, True}

    def _push_on(self, packet: Packet, rate: int, floor: int) -> None:
        """The first packet of a new clock must not lie before its track's last one."""
        behind = floor + 1 - (packet.dts + self._ticks_of(rate))
        if behind > 0:
            self._set_shift(self._shift_ms + behind * 1000 // rate + 1)

    def _set_shift(self, shift_ms: int) -> None:
        self._shift_ms = shift_ms
        self._ticks = {}


def _moved(packet: Packet, ticks: int) -> Packet:
    return Packet(
        packet.track,
        packet.data,
        packet.pts + ticks,
        packet.dts + ticks,
        packet.duration,
        packet.key,
        packet.gap,
        packet.arrived,
    )
