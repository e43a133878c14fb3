"""Looks whether the ports can be had, before a process fails on them."""

import errno
import socket
from contextlib import ExitStack

from stagedoor.domain.errors import Blame, CapacityError, InvalidError, StagedoorError
from stagedoor.settings import Settings


def check_ports(settings: Settings, *sections: str) -> None:
    """Raise the error of the first port that cannot be listened on.

    Args:
        settings: Where the ports are.
        sections: `server`, `hub`; a port that one of our processes has already is not to be asked for.

    Raises:
        CapacityError: `port_busy`: another program listens there.
        InvalidError: `address_missing`: the address is not this machine's; `bad_settings`: the port wants
            rights that this user has not.
    """
    wanted = {
        "server": (settings.server.host, settings.server.port),
        "hub": (settings.hub.host, settings.hub.port),
    }
    with ExitStack() as stack:
        for section in sections:
            stack.enter_context(_listening(section, *wanted[section]))


def port_problem(section: str, host: str, port: int) -> StagedoorError | None:
    """Return why `section.host` and `section.port` cannot be listened on; None if they can."""
    try:
        with _listening(section, host, port):
            return None
    except StagedoorError as error:
        return error


def _listening(section: str, host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise _no_address(section, host) from error
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # As the servers do: connections of the last run that still linger are no hindrance.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1)
    except OSError as error:
        listener.close()
        raise _named(error, section, host, port) from error
    return listener


def _named(error: OSError, section: str, host: str, port: int) -> StagedoorError:
    if error.errno == errno.EADDRINUSE:
        return CapacityError(
            f"port {port} on {host} is in use by another program",
            code="port_busy",
            hint=f"Stop that program, or set {section}.port to another port.",
            blame=Blame.OPERATOR,
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return _no_address(section, host)
    return InvalidError(
        f"port {port} on {host} cannot be listened on: {error.strerror}",
        code="bad_settings",
        hint=f"Set {section}.port to a port from 1024 on.",
    )


def _no_address(section: str, host: str) -> StagedoorError:
    return InvalidError(
        f"{host} is not an address of this machine, or no longer one",
        code="address_missing",
        hint=f"Set {section}.host to an address of this machine, or to 0.0.0.0 for all of them.",
    )
