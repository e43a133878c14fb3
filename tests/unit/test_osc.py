"""OSC: what is read of a packet, and the bounds of it."""

import logging
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import build_msg

from stagedoor.control.osc.bounds import PER_S, SAY_EVERY_S, Allowance, Outcome, Outcomes
from stagedoor.control.osc.controllers import LASTS_S, MOST, Controllers
from stagedoor.control.osc.packets import MAX_PACKET, OscText, read
from stagedoor.domain.errors import CapacityError, ForbiddenError, InvalidError
from stagedoor.settings import OscSettings, Settings

pytestmark = pytest.mark.unit

HEAD = b"#bundle\0" + bytes(7) + b"\1"
CUT = build_msg("/stagedoor/cut", "quad").dgram
NEAR = ("192.168.1.20", 9000)


class Clock:
    """Seconds that a test puts forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def bundle(*elements: bytes) -> bytes:
    return HEAD + b"".join(struct.pack(">i", len(each)) + each for each in elements)


class TestPackets:
    @pytest.mark.parametrize("values", [(), ("quad",), ("guest1", 1), (0.5, True, False, -7)])
    def test_what_is_written_is_read(self, values: tuple[str | float | bool, ...]) -> None:
        text = OscText("/stagedoor/cut", values)
        assert read(text.encode()) == (text,)
        assert text.encode() == build_msg("/stagedoor/cut", list(values)).dgram

    def test_a_message_of_an_old_sender_has_no_types(self) -> None:
        assert read(b"/stagedoor/take\0") == (OscText("/stagedoor/take"),)

    def test_a_bundle_is_read_in_its_order_and_at_once(self) -> None:
        made = OscBundleBuilder(IMMEDIATELY)
        for scene in ("quad", "pip"):
            made.add_content(build_msg("/stagedoor/cut", scene))
        late = OscBundleBuilder(2_000_000_000)
        late.add_content(made.build())
        assert [text.values for text in read(late.build().dgram)] == [("quad",), ("pip",)]

    @pytest.mark.parametrize(
        "packet",
        [
            b"",
            b"GET / HTTP/1.1\r\n\r\n",
            b"/stagedoor/cut",
            b"/stagedoor/cut\0\0,b\0\0\0\0\0\0",
            b"/stagedoor/cut\0\0,s\0\0\xff\xfe\0\0",
            b"/stagedoor/cut\0\0,s\0\0quad",
            b"/stagedoor/cut\0\0,i\0\0\0\0",
            b"/stagedoor/cut\0\0," + b"q" * 400 + b"\0\0\0\0",
            b"/stagedoor/cut\0\0,[[[[[[\0",
            CUT + bytes(MAX_PACKET),
            b"#bundle\0",
            HEAD + b"\0\0\0\0",
            HEAD + b"\0\0\0\x40" + CUT,
            HEAD + b"\xff\xff\xff\xfc" + CUT,
            bundle(bundle(bundle(bundle(bundle(CUT))))),
        ],
    )
    def test_what_cannot_be_read_is_one_error_and_no_line(
        self, packet: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(InvalidError):
            read(packet)
        assert not caplog.records

    @given(st.one_of(st.binary(max_size=200), st.binary(max_size=80).map(lambda end: bundle(CUT)[:-8] + end)))
    def test_whatever_comes_is_read_or_refused(self, packet: bytes) -> None:
        try:
            read(packet)
        except InvalidError:
            return


class TestControllers:
    def test_a_subscription_lasts_until_it_is_not_repeated(self) -> None:
        clock = Clock()
        known = Controllers([("127.0.0.1", 9000)], clock)
        known.subscribe(NEAR)
        clock.now += LASTS_S - 1
        known.subscribe(NEAR)
        clock.now += LASTS_S - 1
        assert known.all() == (("127.0.0.1", 9000), NEAR)
        clock.now += 1
        assert known.all() == (("127.0.0.1", 9000),)

    def test_one_that_ends_it_is_told_nothing_more(self) -> None:
        known = Controllers([], Clock())
        known.subscribe(NEAR)
        known.unsubscribe(NEAR)
        known.unsubscribe(NEAR)
        assert known.all() == ()

    def test_there_are_only_so_many(self) -> None:
        clock = Clock()
        known = Controllers([], clock)
        for number in range(MOST):
            known.subscribe(("10.0.0.1", 9000 + number))
        with pytest.raises(CapacityError):
            known.subscribe(NEAR)
        known.subscribe(("10.0.0.1", 9000))
        clock.now += LASTS_S
        known.subscribe(NEAR)
        assert known.all() == (NEAR,)

    def test_nobody_on_the_internet_is_sent_what_somebody_else_asked_for(self) -> None:
        known = Controllers([], Clock())
        for host in ("8.8.8.8", "2606:4700::1111"):
            with pytest.raises(ForbiddenError):
                known.subscribe((host, 9000))
        known.subscribe(("fd00::7", 9000, 0, 0))


class TestBounds:
    def test_so_many_a_second_and_no_more(self) -> None:
        clock = Clock()
        allowance = Allowance(clock)
        assert sum(allowance.take() for _ in range(1000)) == PER_S
        clock.now += 0.5
        assert sum(allowance.take() for _ in range(1000)) == PER_S / 2
        clock.now += 1000
        assert not allowance.take(int(PER_S) + 1)
        assert allowance.take(int(PER_S))

    def test_all_are_counted_and_few_are_said(self, caplog: pytest.LogCaptureFixture) -> None:
        clock, counted = Clock(), list[str]()
        outcomes = Outcomes(counted.append, clock)
        with caplog.at_level(logging.INFO):
            for _ in range(50):
                outcomes.take(Outcome.INVALID, "127.0.0.1", "why")
                outcomes.take(Outcome.DONE, "127.0.0.1")
            assert [record.getMessage() for record in caplog.records] == [
                "A message by OSC is not followed: why"
            ]
            clock.now += SAY_EVERY_S
            outcomes.take(Outcome.INVALID, "127.0.0.1", "again")
        assert len(caplog.records) == 2
        assert (counted.count("invalid"), counted.count("done")) == (51, 50)


class TestSettings:
    @pytest.mark.parametrize(
        ("host", "place"),
        [
            ("127.0.0.1", "192.0.2.7:9000"),
            ("::1", "127.0.0.1:9000"),
            ("0.0.0.0", "a-name:9000"),
            ("0.0.0.0", "192.0.2.7"),
            ("0.0.0.0", "192.0.2.7:0"),
            ("::", "2001:db8::7:9000"),
            ("0.0.0.0", "[192.0.2.7]:9000"),
        ],
    )
    def test_a_place_that_nothing_reaches_is_refused(self, host: str, place: str) -> None:
        with pytest.raises(ValidationError):
            OscSettings(host=host, tally=(place,))

    def test_places(self) -> None:
        assert OscSettings(tally=("127.0.0.1:9000",)).places == (("127.0.0.1", 9000),)
        assert OscSettings(host="::", tally=("[2001:DB8::7]:9000",)).places == (("2001:db8::7", 9000),)

    def test_guests_media_leaves_its_port_alone(self) -> None:
        parts = {"webrtc": {"udp_ports": "8000-8400"}, "osc": {"enabled": True}}
        with pytest.raises(ValidationError, match=r"osc\.port must lie outside of webrtc\.udp_ports"):
            Settings.model_validate(parts)
