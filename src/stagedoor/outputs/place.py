"""Where a stream is at a server: whether two URLs, one to write and one to read, lead to the same one."""

from collections.abc import Collection
from pathlib import PurePosixPath
from urllib.parse import unquote

from stagedoor.addresses import plain_host
from stagedoor.domain.errors import InvalidError
from stagedoor.outputs.address import Address


def is_same_stream(one: str, other: str, own: Collection[str]) -> bool:
    """Tell whether two URLs lead to one stream at a server of RTMP or RTSP.

    Credentials and query say who may write or read there, and nothing of where it is. A server has the same
    paths for each of its schemes, and each at a port of its own: ports tell servers of one host apart only
    where the schemes are the same.

    Args:
        one: As an output or a source has it; what is no such URL is the same as nothing.
        other: Like it.
        own: This machine's own hosts, as `own_hosts` says.
    """
    try:
        first, second = Address.parse(one), Address.parse(other)
    except InvalidError:
        return False
    if plain_host(first.host, own) != plain_host(second.host, own) or _path(first) != _path(second):
        return False
    return first.scheme != second.scheme or first.port == second.port


def _path(address: Address) -> PurePosixPath:
    """Return the path as servers take it; of RTMP it ends with the stream's name, which may be a key."""
    return PurePosixPath("/", unquote(address.path).strip("/"))
