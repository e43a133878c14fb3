"""Log lines, what is kept out of them, and metrics."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from stagedoor.settings import LogSettings
from stagedoor.telemetry import logging as telemetry
from stagedoor.telemetry.metrics import Metrics
from stagedoor.telemetry.redact import redact, redact_url

pytestmark = pytest.mark.unit

SIGNED = "eyJjIjp7InNlYXQiOiJndWVzdDEifX0." + "A" * 43


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    logging.getLogger("uvicorn.access").propagate = True


def _logged(settings: LogSettings, *secrets: str) -> io.StringIO:
    stream = io.StringIO()
    telemetry.configure(settings, "relay", secrets=secrets, stream=stream)
    return stream


def _fail(text: str) -> None:
    raise ValueError(text)


def test_fields_stand_after_the_text() -> None:
    stream = _logged(LogSettings())
    log = telemetry.with_fields(logging.getLogger("stagedoor.relay"), guest="g1").bind(session="1a2b")
    log.info(
        "Relay started for %s: %s -> %s", "guest1", "builtin", "MediaMTX", extra={"fields": {"n": "a b"}}
    )
    line = stream.getvalue()
    assert line.endswith(
        ' info    relay    Relay started for guest1: builtin -> MediaMTX guest=g1 session=1a2b n="a b"\n'
    )


def test_json_lines_hold_the_same_things() -> None:
    stream = _logged(LogSettings(format="json"))
    log = telemetry.with_fields(logging.getLogger("stagedoor.relay"), guest="g1", packets=3)
    try:
        _fail("token=abc")
    except ValueError:
        log.exception("Starting relay for guest1")
    line = json.loads(stream.getvalue())
    assert line["message"] == "Starting relay for guest1"
    assert (line["level"], line["process"], line["guest"], line["packets"]) == ("error", "relay", "g1", 3)
    assert "ValueError: token=***" in line["error"]


def test_the_level_is_applied() -> None:
    stream = _logged(LogSettings(level="warning"))
    logging.getLogger("stagedoor").info("quiet")
    logging.getLogger("stagedoor").warning("loud")
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def test_access_logs_of_uvicorn_do_not_appear() -> None:
    stream = _logged(LogSettings(level="debug"))
    logging.getLogger("uvicorn.access").info("GET /switcher?token=x")
    assert not stream.getvalue()


def test_text_from_outside_cannot_forge_a_line() -> None:
    stream = _logged(LogSettings())
    logging.getLogger("stagedoor").info("Renamed to %s", "x\n2026-01-01 info relay forged\x1b[2J")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_known_secrets_never_appear(form: str) -> None:
    stream = _logged(LogSettings.model_validate({"format": form}), "topsecretvalue")
    log = telemetry.with_fields(logging.getLogger("stagedoor"), where="a topsecretvalue b")
    try:
        _fail("topsecretvalue")
    except ValueError:
        log.exception("it was %s", "topsecretvalue")
    assert "topsecretvalue" not in stream.getvalue()
    assert stream.getvalue().count("***") == 4


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Bearer abc.def", "Bearer ***"),
        ("GET /guest_join?invite=abc&x=1", "GET /guest_join?invite=***&x=1"),
        ("rtmp://user:pw@h/live", "rtmp://***@h/live"),
        ("rtsp://h/live/guest1?streamkey=1&more=2 refused", "rtsp://h/live/guest1?*** refused"),
        (f"claims {SIGNED} end", "claims *** end"),
        ("Invite made invite=4f2c seat=guest1", "Invite made invite=4f2c seat=guest1"),
        ("nothing=here to see: a/b?c=d", "nothing=here to see: a/b?c=d"),
    ],
)
def test_credentials_are_recognised(text: str, clean: str) -> None:
    assert redact(text) == clean


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtmp://h/{path}", "rtmp://h/{path}"),
        ("rtmp://h:1935/live/{path}", "rtmp://h:1935/live/{path}"),
        ("rtmps://a:b@h/app/secret/{path}?k=v", "rtmps://***@h/app/***/{path}?***"),
        ("rtmp://h/onlysegment", "rtmp://h/***"),
        ("http://u:p@h:9997", "http://***@h:9997"),
    ],
)
def test_urls_are_shown_without_keys(url: str, shown: str) -> None:
    assert redact_url(url) == shown


def test_metrics_have_a_registry_each() -> None:
    one, two = Metrics("control"), Metrics("control")
    counter = one.counter("stagedoor_guests_joined_total", "Guests.", ("how",))
    counter.labels("invite").inc()
    assert b'stagedoor_guests_joined_total{how="invite"} 1.0' in one.render()
    assert b"stagedoor_guests_joined_total" not in two.render()
    assert b"stagedoor_control_process_resident_memory_bytes" in one.render()


def test_metric_names_are_ours() -> None:
    with pytest.raises(ValueError, match="start with"):
        Metrics("relay").gauge("guests", "Guests.")


async def test_a_busy_loop_shows() -> None:
    import time  # the event loop's own sleep would not hold it up

    metrics = Metrics("relay")
    watch = asyncio.create_task(metrics.watch_loop(every_s=0.05))
    started = time.monotonic()
    while time.monotonic() - started < 1.3:
        await asyncio.sleep(0.01)
        if time.monotonic() - started < 0.3:
            end = time.monotonic() + 0.12
            while time.monotonic() < end:
                pass
    watch.cancel()
    lag = metrics.registry.get_sample_value("stagedoor_relay_loop_lag_seconds")
    assert lag is not None
    assert 0.05 <= lag <= 1.0
