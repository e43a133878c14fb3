"""The command as people type it: what it prints, and its exit codes."""

import asyncio
import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stagedoor import __version__
from stagedoor.banner import qr_code
from stagedoor.commands.conform import conform_take
from stagedoor.commands.invite import InviteRequest, invite
from stagedoor.commands.links import print_links
from stagedoor.control.store import MIGRATIONS
from stagedoor.domain.errors import ConflictError, NotFoundError, StagedoorError
from stagedoor.exits import Exit
from stagedoor.secrets import load_or_create
from stagedoor.settings import ServerSettings, Settings, pages
from stagedoor.supervisor.instance import (
    Instance,
    announce,
    only_instance,
    running,
    running_settings,
    snapshot_file,
    withdraw,
    write_private,
)
from tests.kit.answering import answering
from tests.kit.instance import held
from tests.kit.ports import free_ports

pytestmark = pytest.mark.service


def stagedoor(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run one command in `folder`, with the data directory there and free ports."""
    port, hub_port = free_ports(2)
    ours = {
        "STAGEDOOR_SERVER__DATA_DIR": str(folder / "data"),
        "STAGEDOOR_SERVER__PORT": str(port),
        "STAGEDOOR_HUB__PORT": str(hub_port),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STAGEDOOR_")}
    return subprocess.run(
        [sys.executable, "-m", "stagedoor", *arguments],
        cwd=folder,
        env={**kept, **ours, **environ},
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )


def _server(folder: Path, **changes: Any) -> ServerSettings:
    return ServerSettings.model_validate({"data_dir": folder / "data", **changes})


def test_version(tmp_path: Path) -> None:
    assert stagedoor(tmp_path, "--version").stdout == f"stagedoor {__version__}\n"


def test_help_lists_what_people_use(tmp_path: Path) -> None:
    text = stagedoor(tmp_path, "--help").stdout
    assert all(f"    {name} " in text for name in ("serve", "link", "invite", "doctor", "config"))
    assert "openapi" not in text
    assert "==SUPPRESS==" not in text


def test_a_wrong_command_line(tmp_path: Path) -> None:
    assert stagedoor(tmp_path, "serve", "--la").returncode == Exit.SETTINGS
    assert stagedoor(tmp_path).returncode == Exit.SETTINGS


def test_unknown_keys_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "stagedoor.toml").write_text("[server]\nprot = 1\n")
    done = stagedoor(tmp_path, "serve")
    assert done.returncode == Exit.SETTINGS
    assert done.stderr.startswith(
        f"stagedoor: {tmp_path}/stagedoor.toml: server.prot is no key of the settings; "
        "did you mean server.port?\n"
    )
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("section", "kind"),
    [("server", socket.SOCK_STREAM), ("hub", socket.SOCK_STREAM), ("osc", socket.SOCK_DGRAM)],
)
def test_a_busy_port_is_one_sentence_with_the_key(
    tmp_path: Path, section: str, kind: socket.SocketKind
) -> None:
    with socket.socket(type=kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        named = {f"STAGEDOOR_{section.upper()}__PORT": str(port), "STAGEDOOR_OSC__ENABLED": "true"}
        done = stagedoor(tmp_path, "serve", **named)
    assert done.returncode == Exit.ADDRESS
    assert f"stagedoor: port {port} on 127.0.0.1 is in use by another program\n" in done.stderr
    assert f"set {section}.port" in done.stderr
    assert not done.stdout


def test_an_address_that_vanished(tmp_path: Path) -> None:
    done = stagedoor(tmp_path, "serve", STAGEDOOR_SERVER__HOST="198.51.100.77")
    assert done.returncode == Exit.ADDRESS
    assert "198.51.100.77 is not an address of this machine, or no longer one" in done.stderr
    assert "server.host" in done.stderr


def test_a_second_instance(tmp_path: Path) -> None:
    with only_instance(_server(tmp_path)):
        done = stagedoor(tmp_path, "serve")
    assert done.returncode == Exit.RUNNING
    assert f"already runs with the data directory {tmp_path}/data (process {os.getpid()})" in done.stderr
    assert "server.data_dir" in done.stderr


def test_a_data_directory_that_is_made_is_nobody_elses(tmp_path: Path) -> None:
    server = _server(tmp_path)
    with only_instance(server):
        folders = (server.data_dir, server.run_dir, server.media_dir)
        modes = [path.stat().st_mode & 0o777 for path in folders]
    assert modes == [0o700] * 3


def test_a_data_directory_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    done = stagedoor(tmp_path, "serve")
    assert done.returncode == Exit.DATA_DIR
    assert "server.data_dir" in done.stderr


@pytest.mark.parametrize("damage", ["garbage", "directory", "pages"])
def test_a_database_that_cannot_be_used(tmp_path: Path, damage: str) -> None:
    database = tmp_path / "data" / "control.db"
    database.parent.mkdir()
    match damage:
        case "garbage":
            database.write_bytes(b"this is no database, but long enough to be looked at" * 10)
        case "directory":
            database.mkdir()
        case _:
            made = sqlite3.connect(database)
            made.executescript(f"{''.join(MIGRATIONS)} PRAGMA user_version = {len(MIGRATIONS)};")
            made.close()
            whole = database.read_bytes()
            database.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    done = stagedoor(tmp_path, "run", "control")
    said = (done.stdout + done.stderr).strip()
    assert (done.returncode, said.count("\n")) == (Exit.PROBLEM, 0), said
    assert "control.db: " in said
    assert "server.data_dir" in said
    assert "Traceback" not in said


def test_a_data_directory_too_deep_for_a_socket(tmp_path: Path) -> None:
    done = stagedoor(tmp_path, "serve", STAGEDOOR_SERVER__DATA_DIR=f"{tmp_path}/{'deep/' * 20}")
    assert done.returncode == Exit.DATA_DIR
    assert "too long for a socket" in done.stderr


def test_a_certificate_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "stagedoor.toml").write_text(
        "[server]\ntls = 'files'\ntls_cert = 'no.pem'\ntls_key = 'no.key'\n"
    )
    done = stagedoor(tmp_path, "serve")
    assert done.returncode == Exit.SETTINGS
    assert "server.tls_cert" in done.stderr


def test_config_show_has_the_changes_of_the_command_line(tmp_path: Path) -> None:
    text = stagedoor(tmp_path, "config", "show", "--lan", "--open").stdout
    assert 'server.host = "0.0.0.0"  # command line --lan\n' in text
    assert 'server.tls = "self-signed"  # command line --lan\n' in text
    assert "guests.open = true  # command line --open\n" in text


def test_config_example(tmp_path: Path) -> None:
    assert stagedoor(tmp_path, "config", "example").stdout == pages.example()
    assert stagedoor(tmp_path, "config", "example", "--reference").stdout == pages.reference()


def test_link_works_without_the_program(tmp_path: Path) -> None:
    done = stagedoor(tmp_path, "link", STAGEDOOR_SERVER__PORT="8123")
    token = json.loads((tmp_path / "data" / "secrets.json").read_text())["operator_token"]
    assert done.stdout == f"http://127.0.0.1:8123/switcher?token={token}\n"


def test_link_of_the_running_program(tmp_path: Path) -> None:
    server = _server(tmp_path)
    out = io.StringIO()
    with only_instance(server):
        announce(server, Instance(os.getpid(), ("https://127.0.0.1:1", "https://192.0.2.7:1")))
        print_links(Settings(server=server), out)
        withdraw(server)
    token = load_or_create(server.data_dir, Settings(server=server)).operator_token
    assert out.getvalue().splitlines() == [
        f"https://127.0.0.1:1/switcher?token={token}",
        f"https://192.0.2.7:1/switcher?token={token}",
    ]


def test_the_lock_says_who_runs(tmp_path: Path) -> None:
    server = _server(tmp_path)
    assert running(server) is None
    with only_instance(server):
        assert running(server) == Instance(os.getpid())
        announce(server, Instance(os.getpid(), ("http://h",)))
        changed = Settings.model_validate({"server": server, "guests": {"open": True}})
        write_private(snapshot_file(server), changed.model_dump_json())
        assert running(server) == Instance(os.getpid(), ("http://h",))
        assert running_settings(server) == changed
        with pytest.raises(ConflictError), only_instance(server):
            pass
        withdraw(server)
        assert running_settings(server) is None
    assert running(server) is None
    with only_instance(server):
        pass


def test_invite_without_the_program(tmp_path: Path) -> None:
    done = stagedoor(tmp_path, "invite", "guest1")
    assert done.returncode == Exit.PROBLEM
    assert "stagedoor serve" in done.stderr
    assert stagedoor(tmp_path, "invite", "guest1", "--expires", "soon").returncode == Exit.SETTINGS


async def _invited(
    folder: Path, answer: tuple[int, bytes], wanted: InviteRequest, **server: Any
) -> tuple[str, list[str]]:
    out = io.StringIO()
    async with answering({"/api/invites": answer}) as told:
        settings = Settings(server=_server(folder, port=told.port, **server))
        async with held(settings.server, settings.server.url, "https://192.0.2.7:1"):
            await asyncio.to_thread(invite, settings, wanted, out)
    return out.getvalue(), told.asked


async def test_invite_asks_the_program(tmp_path: Path) -> None:
    answer = (201, json.dumps({"url": "http://127.0.0.1:1/guest_join?invite=abc.def"}).encode())
    text, asked = await _invited(
        tmp_path, answer, InviteRequest("guest1", "Ann", "lobby", "cloudflare", 3600)
    )
    first, second, *code = text.splitlines()
    assert first.endswith("/guest_join?invite=abc.def")
    assert second == "https://192.0.2.7:1/guest_join?invite=abc.def"
    assert code[-1].startswith("Good until ")
    head, _, body = asked[0].partition("\r\n\r\n")
    token = json.loads((tmp_path / "data" / "secrets.json").read_text())["operator_token"]
    assert f"Authorization: Bearer {token}" in head
    assert json.loads(body) == {
        "seat": "guest1",
        "name": "Ann",
        "admit": "lobby",
        "carrier": "cloudflare",
        "expires_s": 3600,
    }


async def test_invite_draws_the_link_of_the_public_url(tmp_path: Path) -> None:
    answer = (201, json.dumps({"url": "https://show.example/guest_join?invite=abc.def"}).encode())
    wanted, public = InviteRequest(None, None, None, None, 3600), "https://show.example"
    text, _ = await _invited(tmp_path, answer, wanted, public_url=public)
    assert text.splitlines()[0] == f"{public}/guest_join?invite=abc.def"
    assert qr_code(f"{public}/guest_join?invite=abc.def", None) in text


async def test_invite_tells_what_the_program_says(tmp_path: Path) -> None:
    problem = {"kind": "not_found", "code": "seat_unknown", "detail": "there is no seat guest9"}
    wanted = InviteRequest("guest9", None, None, None, 3600)
    with pytest.raises(NotFoundError, match="there is no seat guest9"):
        await _invited(tmp_path, (404, json.dumps(problem).encode()), wanted)
    with pytest.raises(StagedoorError, match="cannot be understood"):
        await _invited(tmp_path, (200, b"<html>"), wanted)


def test_conform_of_a_take_that_is_not_there(tmp_path: Path) -> None:
    done = stagedoor(tmp_path, "conform", "20261126-060000")
    assert (done.returncode, "there is no take 20261126-060000" in done.stderr) == (Exit.PROBLEM, True)


@pytest.mark.parametrize(
    ("recording", "code"),
    [
        ({"state": "recording", "take": "20261126-060000"}, "recording_runs"),
        ({"state": "recording", "take": "20261126-070000"}, "recording_unknown"),
        ({"state": "failed", "take": "20261126-060000"}, "recording_unknown"),
        (None, "recording_unknown"),
        ({}, "bad_answer"),
    ],
)
async def test_conform_asks_whether_the_take_still_runs(
    tmp_path: Path, recording: dict[str, str] | None, code: str
) -> None:
    answer = (200, json.dumps({"recording": recording, "takes": []}).encode())
    async with answering({"/api/recordings": answer}) as told:
        settings = Settings(server=_server(tmp_path, port=told.port))
        async with held(settings.server, settings.server.url):
            with pytest.raises(StagedoorError) as raised:
                await asyncio.to_thread(conform_take, settings, "20261126-060000", io.StringIO(), force=False)
    assert raised.value.code == code
