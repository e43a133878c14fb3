"""Looks whether the ports can be had, before a process fails on them."""

import errno
import socket
from contextlib import ExitStack
from dataclasses import dataclass

from stagedoor.domain.errors import Blame, CapacityError, InvalidError, StagedoorError
from stagedoor.settings import Settings


@dataclass(frozen=True, slots=True)
class OwnPort:
    """A port that the program listens on.

    Attributes:
        section: Of the settings, where `host` and `port` are.
        kind: TCP, or UDP.
    """

    section: str
    host: str
    number: int
    kind: socket.SocketKind = socket.SOCK_STREAM


def check_ports(settings: Settings, *sections: str) -> None:
    """Raise the error of the first port that cannot be listened on.

    Args:
        settings: Where the ports are.
        sections: `server`, `hub`, `osc` (which counts only where it is enabled); a port that one of our
            processes has already is not to be asked for.

    Raises:
        CapacityError: `port_busy`: another program listens there.
        InvalidError: `address_missing`: the address is not this machine's; `bad_settings`: the port wants
            rights that this user has not.
    """
    with ExitStack() as stack:
        for port in own_ports(settings):
            if port.section in sections:
                stack.enter_context(_listening(port))


def own_ports(settings: Settings) -> tuple[OwnPort, ...]:
    """Return the ports that the program listens on with these settings."""
    server, hub, osc = settings.server, settings.hub, settings.osc
    fixed = (OwnPort("server", server.host, server.port), OwnPort("hub", hub.host, hub.port))
    return (*fixed, OwnPort("osc", osc.host, osc.port, socket.SOCK_DGRAM)) if osc.enabled else fixed


def port_problem(port: OwnPort) -> StagedoorError | None:
    """Return why a port cannot be listened on; None if it can."""
    try:
        with _listening(port):
            return None
    except StagedoorError as error:
        return error


def _listening(port: OwnPort) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(port.host, port.number, type=port.kind)[0]
    except socket.gaierror as error:
        raise _no_address(port) from error
    listener = socket.socket(family, port.kind)
    try:
        if port.kind is socket.SOCK_STREAM:
            # As the servers do: connections of the last run that still linger are no hindrance.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if port.kind is socket.SOCK_STREAM:
            listener.listen(1)
    except OSError as error:
        listener.close()
        raise _named(error, port) from error
    return listener


def _named(error: OSError, port: OwnPort) -> StagedoorError:
    if error.errno == errno.EADDRINUSE:
        return CapacityError(
            f"port {port.number} on {port.host} is in use by another program",
            code="port_busy",
            hint=f"Stop that program, or set {port.section}.port to another port.",
            blame=Blame.OPERATOR,
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return _no_address(port)
    return InvalidError(
        f"port {port.number} on {port.host} cannot be listened on: {error.strerror}",
        code="bad_settings",
        hint=f"Set {port.section}.port to a port from 1024 on.",
    )


def _no_address(port: OwnPort) -> StagedoorError:
    return InvalidError(
        f"{port.host} is not an address of this machine, or no longer one",
        code="address_missing",
        hint=f"Set {port.section}.host to an address of this machine, or to 0.0.0.0 for all of them.",
    )
