import pytest

from stagedoor.domain.errors import InvalidError
from stagedoor.outputs.address import Address, redact
from stagedoor.outputs.rtmp.client import Target

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtmp://h/live/secret?x=1", "rtmp://h/live/***"),
        ("rtmp://h/live/guest1?pass=x", "rtmp://h/live/guest1"),
        ("rtmp://h/guest1", "rtmp://h/guest1"),
        ("rtmps://me:word@h:443/app/key", "rtmps://h:443/app/***"),
        ("rtsp://me:word@h:8554/guest1?x", "rtsp://h:8554/guest1"),
        ("rtsp://me:word@[::1]:8554/a/b", "rtsp://[::1]:8554/a/b"),
        ("not a url at all, secret", "***"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert redact(url, public="guest1") == shown


@pytest.mark.parametrize("url", ["http://h/x", "rtmp:///x", "x", "rtmp://h:99999/x", "rtmp://[::1/x", ""])
def test_a_url_that_cannot_be_published_to(url: str) -> None:
    with pytest.raises(InvalidError):
        Address.parse(url)


@pytest.mark.parametrize(("scheme", "port"), [("rtmp", 1935), ("rtmps", 443), ("rtsp", 554), ("rtsps", 322)])
def test_default_ports(scheme: str, port: int) -> None:
    address = Address.parse(f"{scheme}://h/x")
    assert (address.port, address.tls) == (port, scheme.endswith("s"))


@pytest.mark.parametrize(
    ("url", "application", "name", "tc_url"),
    [
        ("rtmp://h/live/guest1", "live", "guest1", "rtmp://h/live"),
        ("rtmp://h:19/live/guest1?a=b", "live", "guest1?a=b", "rtmp://h:19/live"),
        ("rtmp://u:p@h/guest1?a=b", "guest1?a=b", "", "rtmp://h/guest1?a=b"),
        ("rtmp://h/a/b/c", "a/b", "c", "rtmp://h/a/b"),
    ],
)
def test_what_a_url_means_to_a_server(url: str, application: str, name: str, tc_url: str) -> None:
    assert Target.of(Address.parse(url)) == Target(application, name, tc_url)


def test_credentials_of_the_adobe_scheme_go_with_the_application() -> None:
    target = Target.of(Address.parse("rtmp://h/live/key?a=b"), "authmod=adobe&user=me")
    assert target == Target("live?authmod=adobe&user=me", "key?a=b", "rtmp://h/live?authmod=adobe&user=me")


def test_a_server_s_words_are_cleaned() -> None:
    address = Address.parse("rtmp://me:word@h/live/topkey?pass=other")
    told = "stream topkey?pass=other: no 'other', no word for topkey"
    assert address.clean(told) == "stream ***?***: no '***', no *** for ***"
    assert "guest1" in Address.parse("rtmp://h/live/guest1").clean("path guest1", public="guest1")


def test_a_password_is_unquoted() -> None:
    address = Address.parse("rtsp://me:a%40b@h/x")
    assert (address.user, address.password) == ("me", "a@b")
