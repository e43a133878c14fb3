"""Whether two URLs lead to one stream, by whatever spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.addresses import OWN, plain_host
from stagedoor.outputs.address import PORTS
from stagedoor.outputs.place import is_same_stream

pytestmark = pytest.mark.unit

HERE = frozenset({"localhost", "studio", "studio.local", "192.0.2.1", "2001:db8::1"})
"""This machine's own hosts."""
OWN_SPELLINGS = (
    "localhost",
    "LocalHost.",
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "studio",
    "STUDIO.local.",
    "192.0.2.1",
    "[::ffff:192.0.2.1]",
    "[2001:db8::1]",
    "[2001:0DB8:0:0::1]",
)
OTHERS = (
    ("media.example.org", "MEDIA.example.ORG."),
    ("192.0.2.7", "[::ffff:192.0.2.7]"),
    ("[2001:db8::7]", "[2001:DB8:0::7]"),
)
"""Other hosts, each in two spellings."""
NAME = st.text("abcdefgh0123456789-_.~", min_size=1, max_size=12).filter(lambda name: set(name) != {"."})
SEGMENTS = st.lists(NAME, min_size=1, max_size=3)
SCHEMES = st.sampled_from(tuple(PORTS))
PORT = st.integers(1, 65535)


@st.composite
def spelled(draw: st.DrawFn, scheme: str, hosts: tuple[str, ...], port: int, segments: list[str]) -> str:
    """One of the spellings of a stream at a server."""
    host = draw(st.sampled_from(hosts))
    login = draw(st.sampled_from(("", "me@", "me:word@", "me:a%40b@")))
    shown = "" if port == PORTS[scheme] and draw(st.booleans()) else f":{port}"
    slash = draw(st.sampled_from(("/", "//")))
    path = slash.join(draw(st.sampled_from((segment, _escaped(segment)))) for segment in segments)
    end = draw(st.sampled_from(("", "/")))
    query = draw(st.sampled_from(("", "?user=me&pass=word", "?token=x")))
    return f"{draw(_cased(scheme))}://{login}{host}{shown}{slash}{path}{end}{query}"


def _escaped(segment: str) -> str:
    return "".join(f"%{ord(letter):02x}" for letter in segment)


def _cased(scheme: str) -> st.SearchStrategy[str]:
    return st.sampled_from((scheme, scheme.upper()))


HOSTS = st.sampled_from((OWN_SPELLINGS, *OTHERS))


@given(st.data())
def test_a_stream_is_itself_by_every_spelling_and_through_each_scheme_of_its_server(
    data: st.DataObject,
) -> None:
    hosts, segments, schemes = data.draw(HOSTS), data.draw(SEGMENTS), data.draw(st.tuples(SCHEMES, SCHEMES))
    ports = {scheme: data.draw(PORT | st.just(PORTS[scheme])) for scheme in sorted(set(schemes))}
    one, other = (data.draw(spelled(scheme, hosts, ports[scheme], segments)) for scheme in schemes)
    assert is_same_stream(one, other, HERE), (one, other)
    assert is_same_stream(other, one, HERE)


@given(st.data())
def test_another_path_another_host_and_another_port_of_the_scheme_are_other_streams(
    data: st.DataObject,
) -> None:
    scheme, hosts, port, segments = data.draw(SCHEMES), data.draw(HOSTS), data.draw(PORT), data.draw(SEGMENTS)
    one = data.draw(spelled(scheme, hosts, port, segments))
    elsewhere = data.draw(HOSTS.filter(lambda found: found != hosts))
    other_port = data.draw(PORT.filter(lambda found: found != port))
    other_path = data.draw(SEGMENTS.filter(lambda found: found != segments))
    for other in (
        spelled(scheme, elsewhere, port, segments),
        spelled(scheme, hosts, other_port, segments),
        spelled(data.draw(SCHEMES), hosts, port, other_path),
    ):
        found = data.draw(other)
        assert not is_same_stream(one, found, HERE), (one, found)
        assert not is_same_stream(found, one, HERE)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_source_may_have_for_an_address_is_compared(one: str, other: str) -> None:
    assert is_same_stream(one, other, HERE) is is_same_stream(other, one, HERE)
    assert not is_same_stream(
        "rtmp://media.example.org/live/x", f"http://media.example.org/live/{other}", HERE
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("rtmp://h/live/key", "rtmp://h/live/KEY", False),
        ("rtmp://h/live/key", "rtmp://h:1935/live/key?x=1", True),
        ("rtmp://h/live/key", "rtmps://h/live/key", True),
        ("rtmp://h:1935/program", "rtsp://h:8554/program", True),
        ("rtmp://h:1935/program", "rtmp://h:1936/program", False),
        ("rtmp://h/live/key", "http://h/live/key", False),
        ("rtmp://h/live/key", "clip.mp4", False),
        ("rtmp://h/live/key", "hub", False),
    ],
)
def test_streams_by_example(one: str, other: str, *, same: bool) -> None:
    assert is_same_stream(one, other, HERE) is same


@pytest.mark.parametrize("host", OWN_SPELLINGS)
def test_each_of_our_own_hosts_is_one(host: str) -> None:
    assert plain_host(host.strip("[]"), HERE) == OWN
