"""The doctor says which value of the account at Cloudflare is wrong."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from stagedoor.doctor import Grade, cloudflare
from stagedoor.doctor.findings import Finding
from stagedoor.emulator.faults import CallFault, FaultSettings, Kind
from stagedoor.emulator.options import Options
from stagedoor.emulator.serve import Emulator, emulator
from stagedoor.settings import Settings
from tests.kit.answering import answering
from tests.kit.certificate import certificate
from tests.kit.ports import free_ports

pytestmark = pytest.mark.service

TURN = {"turn_key_id": "a-turn-key", "turn_key_token": "a-turn-token"}
OPTIONS = replace(Options(), **TURN)  # type: ignore[arg-type]


@pytest.fixture
async def it() -> AsyncIterator[Emulator]:
    async with emulator(OPTIONS) as made:
        yield made


def settings(it: Emulator | None = None, **changes: Any) -> Settings:
    """An account that is right but for `changes`."""
    own = {} if it is None else {"app_id": it.app_id, "app_secret": it.app_secret, "base_url": it.base_url}
    account = {"app_id": "app", "app_secret": "secret", **TURN, **own, **changes}
    return Settings.model_validate({"carrier": {"cloudflare": account}})


async def found(it: Emulator | None = None, **changes: Any) -> dict[str, Finding]:
    return {finding.topic: finding for finding in await cloudflare.account(settings(it, **changes))}


async def test_without_an_account_nothing_is_asked() -> None:
    assert await cloudflare.account(Settings()) == []


async def test_an_account_that_works(it: Emulator) -> None:
    findings = await found(it)
    assert {topic: finding.grade for topic, finding in findings.items()} == {
        "cloudflare": Grade.OK,
        "turn key": Grade.OK,
    }
    assert it.base_url in findings["cloudflare"].text
    assert len(it.engine.sessions) == 1


@pytest.mark.parametrize(
    ("topic", "changes", "text", "advice"),
    [
        ("cloudflare", {"app_id": "other"}, "no app has the id other", "carrier.cloudflare.app_id"),
        ("cloudflare", {"app_secret": "x"}, "app secret is refused", "carrier.cloudflare.app_secret"),
        ("turn key", {"turn_key_id": "x"}, "no TURN key has the id x", "cloudflare.turn_key_id"),
        ("turn key", {"turn_key_token": "x"}, "its token is refused", "cloudflare.turn_key_token"),
    ],
)
async def test_a_value_that_is_wrong(
    it: Emulator, topic: str, changes: dict[str, str], text: str, advice: str
) -> None:
    findings = await found(it, **changes)
    wrong = findings.pop(topic)
    assert wrong.grade is Grade.PROBLEM
    assert text in wrong.text
    assert advice in wrong.advice
    assert [finding.grade for finding in findings.values()] == [Grade.OK]


async def test_two_values_that_are_wrong(it: Emulator) -> None:
    findings = await found(it, app_secret="x", turn_key_token="x")
    assert [finding.grade for finding in findings.values()] == [Grade.PROBLEM] * 2


async def test_a_secret_of_a_file(it: Emulator, tmp_path: Path) -> None:
    findings = await found(it, app_secret="x", app_secret_file=str(tmp_path / "secret"))
    assert "app_secret_file, or what is in that file" in findings["cloudflare"].advice


async def test_a_base_url_that_leads_nowhere() -> None:
    (port,) = free_ports(1)
    finding = (await found(base_url=f"http://127.0.0.1:{port}/v1"))["cloudflare"]
    assert finding.grade is Grade.PROBLEM
    assert "connection" in finding.text
    assert "carrier.cloudflare.base_url" in finding.advice


async def test_a_name_that_is_not_known() -> None:
    finding = (await found(base_url="https://nowhere.invalid/v1"))["cloudflare"]
    assert finding.text.endswith("cannot be reached: its name is not known")


@pytest.mark.parametrize("answer", [(404, b"<html>Not Found</html>"), (200, b"<html>Hello</html>")])
async def test_something_else_answers(answer: tuple[int, bytes]) -> None:
    paths = dict.fromkeys(("/v1/apps/app/sessions/new",), answer)
    async with answering(paths) as told:
        finding = (await found(base_url=f"http://127.0.0.1:{told.port}/v1"))["cloudflare"]
    assert finding.grade is Grade.PROBLEM
    assert "is not Cloudflare's API" in finding.text
    assert "carrier.cloudflare.base_url" in finding.advice


async def test_a_path_of_the_api_that_is_wrong(it: Emulator) -> None:
    findings = await found(it, base_url=it.base_url.replace("/v1", "/v2"))
    assert list(findings) == ["cloudflare"]
    assert findings["cloudflare"].text.endswith("/v2 is not the API's root")
    assert "carrier.cloudflare.base_url" in findings["cloudflare"].advice


async def test_an_answer_that_does_not_come(it: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudflare, "ANSWER_WITHIN_S", 0.3)
    it.engine.faults.set(FaultSettings(calls=[CallFault(operation="sessions/get", kind=Kind.HANG)]))
    finding = (await found(it))["cloudflare"]
    assert finding.text == f"{it.base_url} does not answer in time"


async def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    own = certificate(tmp_path)
    async with answering({}, own.server_context()) as told:
        finding = (await found(base_url=f"https://127.0.0.1:{told.port}/v1"))["cloudflare"]
    assert "is not trusted: self" in finding.text
    assert "SSL_CERT_FILE" in finding.advice


@pytest.mark.parametrize(("minutes", "words"), [(10, "behind"), (-10, "ahead of")])
async def test_a_clock_that_is_wrong(
    it: Emulator, monkeypatch: pytest.MonkeyPatch, minutes: int, words: str
) -> None:
    class Elsewhen(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) - timedelta(minutes=minutes)

    monkeypatch.setattr(cloudflare, "datetime", Elsewhen)
    finding = (await found(it))["clock"]
    assert finding.grade is Grade.WARNING
    assert f" s {words} Cloudflare's" in finding.text
    assert "NTP" in finding.advice


def test_dates_that_say_nothing() -> None:
    assert cloudflare._clock_off(None) is None
    assert cloudflare._clock_off("yesterday") is None
    assert abs(cloudflare._clock_off(format_datetime(datetime.now(UTC), usegmt=True)) or 99) < 60


async def test_without_a_turn_key(it: Emulator) -> None:
    account = {"app_id": it.app_id, "app_secret": it.app_secret, "base_url": it.base_url}
    carrier = {"carrier": {"cloudflare": account}}
    (_, missing) = await cloudflare.account(Settings.model_validate(carrier))
    assert (missing.topic, missing.grade) == ("turn key", Grade.WARNING)
    other = {"ice_servers": [{"urls": "turns:turn.example.org", "username": "u", "credential": "c"}]}
    (_,) = await cloudflare.account(Settings.model_validate({**carrier, "webrtc": other}))
