"""Checks of the account at Cloudflare Realtime, by one real session: which value is wrong, if one is."""

import asyncio
import os
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from stagedoor.carriers.cloudflare.api import CloudflareApi
from stagedoor.doctor.findings import Finding, ok, problem, warning
from stagedoor.domain.errors import CarrierError
from stagedoor.settings import CloudflareSettings, Settings

TOPIC, TURN_TOPIC = "cloudflare", "turn key"
ANSWER_WITHIN_S = 9.0
LOOK_WITHIN_S = 4.0
CLOCK_OFF_S = 60
TRIAL_TTL_S = 60
"""How long the TURN credentials last that are made here, and used by nobody."""

RESERVED = "WHIP/WHEP"
"""Part of what Cloudflare answers to calls that it does not have."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What answers at `base_url`, seen without the account.

    Attributes:
        is_cloudflare: It speaks as Cloudflare's API does.
        clock_off_s: Our clock less that of the answer; None where there was no answer, or no `Date`.
    """

    is_cloudflare: bool = False
    clock_off_s: float | None = None


async def account(settings: Settings) -> list[Finding]:
    """Whether guests can come by Cloudflare; nothing where no account is set."""
    cloudflare = settings.carrier.cloudflare
    if not cloudflare.is_configured:
        return []
    async with CloudflareApi(cloudflare) as api:
        sight, session, turn = await asyncio.gather(_look(cloudflare), _session(api), _turn(api, settings))
    of_turn = [] if _is_told(session, turn) else _told_of_turn(turn, settings)
    return [_told(session, sight, cloudflare), *of_turn, *_told_of_clock(sight)]


async def _look(cloudflare: CloudflareSettings) -> Sight:
    """Ask for what there is not, with no secret along, so that a certificate need not be trusted for it."""
    url = f"{cloudflare.base_url}/apps/{cloudflare.app_id}/sessions/new"
    try:
        client = await asyncio.to_thread(httpx.AsyncClient, verify=False, timeout=LOOK_WITHIN_S)
        async with client:
            answer = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL):
        return Sight()
    speaks = RESERVED in answer.text or '"errorCode"' in answer.text
    return Sight(speaks, _clock_off(answer.headers.get("date")))


def _clock_off(date: str | None) -> float | None:
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return (datetime.now(UTC) - there).total_seconds() if there.tzinfo else None


async def _session(api: CloudflareApi) -> CarrierError | None:
    """Make a session, which ends by itself as nobody connects to it, and find it again."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await api.show(await api.new_session())
    except TimeoutError:
        return _late()
    except CarrierError as error:
        return error
    return None


async def _turn(api: CloudflareApi, settings: Settings) -> CarrierError | None:
    if settings.carrier.cloudflare.turn_key_id is None:
        return None
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await api.ice_servers(TRIAL_TTL_S)
    except TimeoutError:
        return _late()
    except CarrierError as error:
        return error
    return None


def _late() -> CarrierError:
    return CarrierError(f"no answer within {ANSWER_WITHIN_S:.0f} s", code="carrier_timed_out")


def _is_told(session: CarrierError | None, turn: CarrierError | None) -> bool:
    """Tell whether both calls failed alike on the way, which is said once."""
    if session is None or turn is None:
        return False
    return session.code == turn.code


def _told(error: CarrierError | None, sight: Sight, cloudflare: CloudflareSettings) -> Finding:
    url = cloudflare.base_url
    if error is None:
        return ok(TOPIC, f"{url} made a session for the app and found it again")
    match error.code:
        case "carrier_unauthorized":
            text, advice = "the app secret is refused", f"Correct carrier.cloudflare.{_secret(cloudflare)}."
        case "carrier_app_unknown" if sight.is_cloudflare:
            text = f"no app has the id {cloudflare.app_id}"
            advice = "Correct carrier.cloudflare.app_id; a new app is known everywhere after some minutes."
        case "carrier_unreachable":
            text, advice = f"{url} cannot be reached: {_cause(error)}", _WAY
        case "carrier_timed_out":
            text, advice = f"{url} does not answer in time", _WAY
        case "carrier_tls_failed":
            text, advice = f"the certificate of {url} is not trusted: {_cause(error)}", _trust(sight)
        case "carrier_not_understood" if sight.is_cloudflare:
            text = f"{url} is not the API's root"
            advice = "Correct carrier.cloudflare.base_url; Cloudflare's ends with /v1."
        case _ if not sight.is_cloudflare:
            text = f"what answers at {url} is not Cloudflare's API"
            advice = "Correct carrier.cloudflare.base_url; a proxy may also be answering in its place."
        case _:
            text, advice = error.message, error.hint
    return problem(TOPIC, text, advice)


_WAY = "Look at this machine's way to the Internet, its DNS, and carrier.cloudflare.base_url."


def _secret(cloudflare: CloudflareSettings) -> str:
    return "app_secret" if cloudflare.app_secret_file is None else "app_secret_file, or what is in that file"


def _token(cloudflare: CloudflareSettings) -> str:
    if cloudflare.turn_key_token_file is None:
        return "turn_key_token"
    return "turn_key_token_file, or what is in that file"


def _trust(sight: Sight) -> str:
    if _is_off(sight):
        return "Set this machine's clock, see below."
    return "Correct carrier.cloudflare.base_url, or name your proxy's authority in SSL_CERT_FILE."


def _told_of_turn(error: CarrierError | None, settings: Settings) -> list[Finding]:
    cloudflare = settings.carrier.cloudflare
    if cloudflare.turn_key_id is None:
        return [] if _has_turn(settings) else [warning(TURN_TOPIC, _NO_TURN, _SET_TURN)]
    if error is None:
        return [ok(TURN_TOPIC, "gives credentials")]
    match error.code:
        case "carrier_turn_refused":
            text, advice = "its token is refused", f"Correct carrier.cloudflare.{_token(cloudflare)}."
        case "carrier_turn_unknown":
            text = f"no TURN key has the id {cloudflare.turn_key_id}"
            advice = "Correct carrier.cloudflare.turn_key_id."
        case _:
            text, advice = error.message, error.hint
    return [problem(TURN_TOPIC, text, advice)]


_NO_TURN = "none is set: guests whose networks let no UDP through cannot come"
_SET_TURN = "Make a TURN key in the dashboard, and set carrier.cloudflare.turn_key_id and turn_key_token."


def _has_turn(settings: Settings) -> bool:
    return any(url.startswith("turn") for server in settings.webrtc.ice_servers for url in server.urls)


def _told_of_clock(sight: Sight) -> list[Finding]:
    if not _is_off(sight):
        return []
    off = sight.clock_off_s or 0
    text = f"this machine's clock is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} Cloudflare's"
    return [warning("clock", text, "Set it, best by NTP: certificates and credentials depend on it.")]


def _is_off(sight: Sight) -> bool:
    return sight.clock_off_s is not None and abs(sight.clock_off_s) > CLOCK_OFF_S


def _cause(error: CarrierError) -> str:
    """The system's own words, from below the client's."""
    causes: list[BaseException] = [error]
    while (deeper := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(deeper)
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "its name is not known"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message.lower()
    systems = [cause for cause in causes if isinstance(cause, OSError)]
    numbers = [cause.errno for cause in systems if isinstance(cause, ConnectionError) and cause.errno]
    if numbers:
        return os.strerror(numbers[-1]).lower()
    return str((systems or causes)[-1]).lower()
