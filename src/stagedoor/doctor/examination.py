"""Puts the checks in order: first what the program itself says, if it runs."""

import asyncio
from collections.abc import Iterable

from stagedoor.doctor import cloudflare, machine, network, outside
from stagedoor.doctor.findings import Finding, ok, problem, warning
from stagedoor.domain.errors import StagedoorError
from stagedoor.local_http import request, server_endpoint
from stagedoor.secrets import Secrets, load_or_create
from stagedoor.settings import Loaded, ServerSettings, Settings
from stagedoor.supervisor.instance import Instance, running, running_settings


async def examine(loaded: Loaded) -> list[Finding]:
    """Look at everything that Stagedoor needs, within a few seconds.

    Ports are tried out only while the program does not run; otherwise it is asked how it does.
    """
    instance, settings, secrets = await asyncio.to_thread(_state, loaded.settings)
    source = str(loaded.config) if loaded.config else "defaults and environment; no stagedoor.toml here"
    found = [ok("settings", source)]
    found += await asyncio.to_thread(_local, settings)
    if instance is None or secrets is None:
        found.append(ok("program", "not running"))
        found += await asyncio.to_thread(network.ports, settings)
    else:
        found += await _program(settings.server, instance.pid, secrets.operator_token)
    for group in await asyncio.gather(
        outside.examine(settings.server, secrets),
        outside.media(settings),
        network.mediamtx(settings.mediamtx),
        network.destinations(settings.relay),
        cloudflare.account(settings),
    ):
        found += group
    return found


def _local(settings: Settings) -> list[Finding]:
    checks: Iterable[list[Finding]] = (
        machine.codecs(),
        machine.encoder(settings.mixer),
        machine.precedence(settings.mixer),
        machine.pages(),
        machine.data_dir(settings.server.data_dir),
        machine.certificate(settings.server),
        network.addresses(settings),
    )
    return [finding for group in checks for finding in group]


def _state(settings: Settings) -> tuple[Instance | None, Settings, Secrets | None]:
    """Return the running instance, the settings in force, and the secrets if something runs."""
    instance = running(settings.server)
    if instance is None:
        return None, settings, None
    settings = running_settings(settings.server) or settings
    return instance, settings, load_or_create(settings.server.data_dir, settings)


async def _program(server: ServerSettings, pid: int, token: str) -> list[Finding]:
    """Ask the running program."""
    topic = "program"
    try:
        answer = await request(
            server_endpoint(server),
            "GET",
            "/api/health",
            headers={"Authorization": f"Bearer {token}"},
        )
        health = answer.json()
        warnings = [
            warning(topic, str(item["message"]), str(item.get("hint") or "See its log."))
            for item in health["warnings"]
        ]
        status = str(health["status"])
    except StagedoorError as error:
        return [problem(topic, f"process {pid} runs, but {error.message}", "See its log.")]
    except (ValueError, KeyError, TypeError):
        return [problem(topic, f"process {pid} runs, but its answer cannot be understood", "See its log.")]
    return [ok(topic, f"runs (process {pid}), status {status}"), *warnings]
