"""One outgoing stream on its transport: paced packets, sender reports, repairs."""

import time

from stagedoor.media.packets import Packet
from stagedoor.rtc.rtcp import goodbye
from stagedoor.rtc.sdp.formats import Choice
from stagedoor.rtc.send.pacer import Pacer
from stagedoor.rtc.send.track import TrackSender, ntp_now
from stagedoor.rtc.transport import MediaTransport


class PathClock:
    """Dates a path's time 0 by the wall clock at which a packet of it came; one for all lines of a path.

    Paths with one time line, such as a return's picture and its sound, are in step by that.

    Attributes:
        ntp_origin: 64-bit NTP time stamp of the path's time 0; None before its first packet.
    """

    def __init__(self) -> None:
        self.ntp_origin: int | None = None

    def begin(self, packet: Packet) -> bool:
        """Take note of a packet that is sent; True if it is the first one."""
        if self.ntp_origin is not None:
            return False
        waited = max(0.0, time.monotonic() - packet.arrived) if packet.arrived else 0.0
        came = ntp_now() - int(waited * (1 << 32))
        self.ntp_origin = came - (packet.pts << 32) // packet.track.clock_rate
        return True


class Line:
    """Sends one track.

    Attributes:
        sender: What makes packets of its frames.

    Args:
        choice: Codec and payload types.
        cname: Ties the streams of a path together (RFC 3550 section 6.5.1).
        transport: What it is sent over.
        clock: The path's.
    """

    def __init__(self, choice: Choice, cname: str, transport: MediaTransport, clock: PathClock) -> None:
        self.choice = choice
        self.cname = cname
        self.clock = clock
        self._transport = transport
        self._pacer = Pacer(transport.send_rtp)
        self.sender = TrackSender(choice, cname, self._pacer)

    def write(self, packet: Packet) -> None:
        """Send one frame."""
        self.sender.write(packet)

    def report(self) -> None:
        """Send a sender report, once something has been sent."""
        if self.clock.ntp_origin is None:
            return
        report = self.sender.report(self.clock.ntp_origin)
        if report is not None:
            self._transport.send_rtcp(report)

    def feedback(self, packet: object) -> bool:
        """Take one RTCP packet of the other side: repeat what it lacks; True if it wants a key frame."""
        return self.sender.feedback(packet)

    def end(self, *, said: bool) -> None:
        """Forget what waits; with `said`, tell the other side that nothing more comes."""
        self._pacer.close()
        if said:
            self._transport.send_rtcp(goodbye([self.sender.ssrc]))
