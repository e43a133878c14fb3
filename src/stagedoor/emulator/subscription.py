"""A pulled track: a publication's packets under numbers of this session's own, repeated on request."""

import time
from collections.abc import Callable

from stagedoor.emulator.formats import Identity
from stagedoor.emulator.key_frames import begins_key_frame
from stagedoor.emulator.lines import MID_EXTENSION, Line, Source
from stagedoor.emulator.publication import Publication
from stagedoor.emulator.sequence import Sequencer
from stagedoor.rtc.rtcp import SenderClock, key_frame_wanted, lost_sequences, sender_report
from stagedoor.rtc.rtp import Rtp, write_extension, write_padding, write_rtp

HISTORY = 1024
"""Packets kept for repair."""
REPEAT_AFTER = 0.02
"""Seconds in which a packet is not sent again, however often it is asked for."""
_PADDING = 224


class Subscription:
    """One pulled track; its source may change, its streams stay.

    Args:
        line: Where it is sent.
        source: The streams that were announced.
        send_rtp: To the client.
        send_rtcp: To the client.
        padding_every: Packets between two empty ones; 0 sends none.

    Attributes:
        closed: Whether it was closed.
        packets: That were sent so far.
        repeated: Of these again, on request.
        empty: Of nothing but padding.
    """

    def __init__(
        self,
        line: Line,
        source: Source,
        send_rtp: Callable[[bytes], None],
        send_rtcp: Callable[[bytes], None],
        padding_every: int,
    ) -> None:
        self.line = line
        self.source = source
        self.kind = line.kind
        self.publication: Publication | None = None
        self.closed = False
        self.packets = self.repeated = self.empty = 0
        self._send_rtp = send_rtp
        self._send_rtcp = send_rtcp
        self._padding_every = padding_every
        self._sequencer = Sequencer()
        self._source_ssrc: int | None = None
        self._last_at: float | None = None
        self._at_frame_end = True
        self._since_padding = 0
        self._octets = 0
        self._history: list[tuple[int, bytes] | None] = [None] * HISTORY
        self._repeated_at = [0.0] * HISTORY
        self._rtx_sequence = 0
        self._numbers: dict[Identity, int] = {}
        self._extension = b""

    def attach(self, publication: Publication) -> None:
        """Take packets from this publication from now on."""
        self.detach()
        self.publication, self.closed = publication, False
        self._source_ssrc = None
        publication.subscribe(self)

    def detach(self) -> None:
        """Take no more packets; idempotent."""
        if self.publication is not None:
            self.publication.unsubscribe(self)

    def close(self) -> None:
        """Send nothing any more, and keep no packets; the publication is remembered."""
        self.detach()
        self.closed = True
        self._history = [None] * HISTORY

    def negotiated(self) -> None:
        """Take the numbers that the line has by now; before this nothing is sent."""
        self._numbers = {meaning: number for number, meaning in self.line.meaning.items()}
        number = self.line.extensions.get(MID_EXTENSION)
        self._extension = b"" if number is None else write_extension(number, self.line.mid.encode()[:16])

    def packet(self, packet: Rtp, extended: int, carries: Identity) -> None:
        """Pass a packet on, if the client takes what it carries."""
        payload_type = self._numbers.get(carries)
        if payload_type is None or not self.line.sends or self.closed:
            return
        now = time.monotonic()
        if packet.ssrc != self._source_ssrc and not self._begin(packet, extended, carries, now):
            return
        sequence = self._sequencer.number(extended)
        if sequence is None:
            return
        self._last_at = now
        timestamp = self._sequencer.timestamp(packet.timestamp)
        self._write(payload_type, packet.marker, sequence, timestamp, packet.payload)
        self._since_padding += 1
        if self._padding_every and self._since_padding >= self._padding_every and self._at_frame_end:
            self._pad(payload_type, timestamp)

    def _begin(self, packet: Rtp, extended: int, carries: Identity, now: float) -> bool:
        """Take another source; one that follows another begins with a key frame, which is asked for."""
        elapsed = 0
        if self._last_at is not None:
            if not begins_key_frame(carries, packet.payload):
                self._ask_for_key_frame()
                return False
            elapsed = max(1, int((now - self._last_at) * carries.clock_rate))
        # The frame that was cut off leaves a hole, so that nobody takes it for a whole one.
        self._sequencer.begin(extended, packet.timestamp, elapsed, hole=not self._at_frame_end)
        self._source_ssrc = packet.ssrc
        return True

    def _ask_for_key_frame(self) -> None:
        if self.publication is not None and not self.closed:
            self.publication.request_key_frame()

    def _write(self, payload_type: int, marker: bool, sequence: int, timestamp: int, payload: bytes) -> None:
        data = write_rtp(
            payload_type, marker, sequence, timestamp, self.source.ssrc, payload, self._extension
        )
        self._history[sequence % HISTORY] = (sequence, data)
        self.packets += 1
        self._octets += len(payload)
        self._at_frame_end = marker or self.kind == "audio"
        self._send_rtp(data)

    def _pad(self, payload_type: int, timestamp: int) -> None:
        """A packet without a payload, as probes of the way have them; a frame must not be torn by one."""
        self.empty += 1
        self._since_padding = 0
        sequence = self._sequencer.insert()
        data = write_padding(payload_type, sequence, timestamp, self.source.ssrc, _PADDING)
        self._history[sequence % HISTORY] = (sequence, data)
        self._send_rtp(data)

    def report(self, clock: SenderClock) -> None:
        """Pass the publisher's sender report on, as one of our stream."""
        if clock.ssrc != self._source_ssrc or self.closed:
            return
        timestamp = self._sequencer.peek_timestamp(clock.timestamp)
        self._send_rtcp(
            sender_report(
                self.source.ssrc, clock.ntp, timestamp, self.packets, self._octets, self.source.cname
            )
        )

    def feedback(self, packet: object) -> None:
        """Take one RTCP packet of the client."""
        for sequence in lost_sequences(packet, self.source.ssrc):
            self._repeat(sequence)
        if key_frame_wanted(packet, self.source.ssrc):
            self._ask_for_key_frame()

    def _repeat(self, sequence: int) -> None:
        place, now = sequence % HISTORY, time.monotonic()
        kept = self._history[place]
        if kept is None or kept[0] != sequence or now - self._repeated_at[place] < REPEAT_AFTER:
            return
        self._repeated_at[place] = now
        self.repeated += 1
        self._send_rtp(self._wrapped(kept[1]))

    def _wrapped(self, data: bytes) -> bytes:
        """A packet as a retransmission (RFC 4588), or as it was where the client takes none."""
        meaning = next((each for each, n in self._numbers.items() if n == data[1] & 0x7F), None)
        number = self._numbers.get(meaning.rtx) if meaning is not None else None
        if number is None or data[0] & 0x20:
            return data
        start = 12 + len(self._extension)
        payload = data[2:4] + data[start:]
        timestamp = int.from_bytes(data[4:8], "big")
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        return write_rtp(
            number,
            data[1] > 0x7F,
            self._rtx_sequence,
            timestamp,
            self.source.rtx_ssrc,
            payload,
            self._extension,
        )
