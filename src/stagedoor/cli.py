"""The `stagedoor` command."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from stagedoor import __version__
from stagedoor.domain.errors import InvalidError, StagedoorError
from stagedoor.exits import Exit, exit_code
from stagedoor.settings import Layer, Loaded, Tls, load, parse_duration

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `stagedoor.exits`)."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options)
    except StagedoorError as error:
        for line in (*error.message.splitlines(), error.hint):
            sys.stderr.write(f"stagedoor: {line}\n" if line else "")
        return exit_code(error)
    except KeyboardInterrupt:
        return Exit.PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stagedoor", description="Remote guests walk into a live production.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"stagedoor {__version__}")
    commands = parser.add_subparsers(metavar="command", required=True)

    def add(name: str, command: Command, text: str | None = None) -> argparse.ArgumentParser:
        # A command without a help text does not appear in the list.
        described = {} if text is None else {"help": text, "description": text}
        added = commands.add_parser(name, allow_abbrev=False, **described)  # type: ignore[arg-type]
        added.set_defaults(command=command)
        added.add_argument("--config", type=Path, metavar="FILE", help="settings file (stagedoor.toml)")
        return added

    _changes(add("serve", _serve, "start the program, and stop it with Ctrl-C"))
    add("link", _link, "print the operator's link")
    _invite_arguments(add("invite", _invite, "make a link for one guest"))
    text = "render a take for an editor, with its cuts as OpenTimelineIO"
    _conform_arguments(add("conform", _conform, text))
    add("doctor", _doctor, "say what is missing or cannot be reached, and what to do")
    _config_arguments(commands.add_parser("config", help="show settings", allow_abbrev=False))
    text = "a stand-in for Cloudflare Realtime SFU, for development"
    _emulator_arguments(commands.add_parser("emulate-cloudflare", help=text, allow_abbrev=False))
    run = add("run", _run)
    run.add_argument("process", choices=("control", "relay", "mixer", "guest", "probe"))
    run.add_argument("--snapshot", type=Path)
    run.add_argument("--parent", type=int)
    add("openapi", _openapi)
    return parser


def _changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lan", action="store_true", help="listen on every interface, with a self-signed certificate"
    )
    parser.add_argument("--open", action="store_true", help="give whoever comes a free seat at once")


def _invite_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("seat", nargs="?", help="the seat that the guest gets; the lobby if left out")
    parser.add_argument("--name", help="the guest's name")
    parser.add_argument("--admit", choices=("direct", "lobby"), help="lobby: the guest waits there first")
    parser.add_argument("--lobby", action="store_const", const="lobby", dest="admit", help="as --admit lobby")
    parser.add_argument(
        "--carrier", choices=("builtin", "cloudflare"), help="what brings the guest's media; as the seat says"
    )
    parser.add_argument("--expires", metavar="TIME", default="24h", help="30m, 24h, 7d (24h)")


def _conform_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("take", help="its id, as the list of the recordings has it")
    parser.add_argument("--force", action="store_true", help="replace a result that is there already")


def _config_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="action", required=True)
    show = actions.add_parser("show", help="every value, and where it came from", allow_abbrev=False)
    show.add_argument("--config", type=Path, metavar="FILE", help="settings file (stagedoor.toml)")
    _changes(show)
    show.set_defaults(command=_config_show)
    example = actions.add_parser("example", help="a file with every key", allow_abbrev=False)
    example.add_argument("--reference", action="store_true", help="the reference page instead")
    example.add_argument("--write", type=Path, metavar="FOLDER", help="write both below this folder")
    example.set_defaults(command=_config_example)


def _emulator_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--app-id", required=True, metavar="ID", help="of its one app")
    add("--app-secret", required=True, metavar="TEXT", help="of its one app, also for faults")
    add("--host", default="127.0.0.1", metavar="ADDRESS", help="for HTTP and media (127.0.0.1)")
    add("--port", type=int, default=8200, help="of HTTP (8200)")
    add("--udp-port", type=int, default=0, metavar="PORT", help="of media (any)")
    add("--turn-key-id", metavar="ID", help="of its one TURN key")
    add("--turn-key-token", metavar="TEXT", help="of that key")
    add("--empty-track", type=float, default=8.3, metavar="SECONDS", help="that a pull waits for media (8.3)")
    add("--silence", type=float, default=30.0, metavar="SECONDS", help="after which a track dies (30)")
    add("--unconnected", type=float, default=120.0, metavar="SECONDS", help="that a session waits (120)")
    add("--transport", type=float, default=5.0, metavar="SECONDS", help="before a 425 (5)")
    add("--lost", type=float, default=30.0, metavar="SECONDS", help="after which a silent peer is gone (30)")
    add("--padding-every", type=int, default=200, metavar="PACKETS", help="between two empty ones (200)")
    add("--max-bitrate", type=int, default=2_500_000, metavar="BITS", help="of a publisher (2500000)")
    add("--refuse-gone-publisher", action="store_true", help="answer pulls from ended sessions with 410")
    add("--hang-unknown", action="store_true", help="let calls on unknown sessions hang")
    parser.set_defaults(command=_emulate_cloudflare)


def _load(options: argparse.Namespace) -> Loaded:
    """Read the settings with what the command line changes."""
    plain = load(options.config)
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    if getattr(options, "lan", False):
        values["server.host"] = "0.0.0.0"  # noqa: S104
        if plain.settings.server.tls is Tls.OFF:
            values["server.tls"] = Tls.SELF_SIGNED
        origins |= dict.fromkeys(values, "command line --lan")
    if getattr(options, "open", False):
        values["guests.open"] = True
        origins["guests.open"] = "command line --open"
    return load(options.config, command_line=Layer(values, origins)) if values else plain


def _serve(options: argparse.Namespace) -> int:
    from stagedoor.supervisor.serve import serve

    serve(_load(options), sys.stdout)
    return Exit.OK


def _link(options: argparse.Namespace) -> int:
    from stagedoor.commands.links import print_links

    print_links(_load(options).settings, sys.stdout)
    return Exit.OK


def _invite(options: argparse.Namespace) -> int:
    from stagedoor.commands.invite import InviteRequest, invite

    try:
        expires_s = parse_duration(options.expires)
    except ValueError as error:
        raise InvalidError(f"--expires {options.expires}: {error}", code="bad_settings") from error
    wanted = InviteRequest(options.seat, options.name, options.admit, options.carrier, expires_s)
    invite(_load(options).settings, wanted, sys.stdout)
    return Exit.OK


def _conform(options: argparse.Namespace) -> int:
    from stagedoor.commands.conform import conform_take

    conform_take(_load(options).settings, options.take, sys.stdout, force=options.force)
    return Exit.OK


def _doctor(options: argparse.Namespace) -> int:
    from stagedoor.doctor import examine, report

    lines = asyncio.run(examine(_load(options)))
    return Exit.PROBLEM if report(lines, sys.stdout) else Exit.OK


def _config_show(options: argparse.Namespace) -> int:
    from stagedoor.commands.show import show

    sys.stdout.write(show(_load(options)))
    return Exit.OK


def _config_example(options: argparse.Namespace) -> int:
    from stagedoor.settings import pages

    if options.write is not None:
        sys.stdout.writelines(f"{path}\n" for path in pages.write(options.write))
    else:
        sys.stdout.write(pages.reference() if options.reference else pages.example())
    return Exit.OK


def _run(options: argparse.Namespace) -> int:
    from stagedoor.commands.run import run

    return run(options.process, options.config, options.snapshot, options.parent)


def _emulate_cloudflare(options: argparse.Namespace) -> int:
    from stagedoor.commands.emulate import emulate

    emulate(options, sys.stdout)
    return Exit.OK


def _openapi(_options: argparse.Namespace) -> int:
    import json

    from stagedoor.control.app import openapi_document

    sys.stdout.write(json.dumps(openapi_document(), indent=2) + "\n")
    return Exit.OK
