"""This machine's own names and addresses, as others can use them."""

import ipaddress
import socket
from collections.abc import Collection, Iterator
from typing import Final

import ifaddr

OWN: Final = "localhost"
"""What stands for each of this machine's own names and addresses where hosts are compared."""

_INTERNAL = ("docker", "br-", "virbr", "podman", "cni", "flannel")
"""Beginnings of the names of interfaces that lead only to containers and virtual machines in here."""


def usable_addresses(host: str) -> list[str]:
    """Return the addresses at which others reach a server that listens on `host`; IPv4 first.

    That is the host itself, or for `0.0.0.0` and `::` every address that is not loopback and not link-local.
    """
    try:
        listening = ipaddress.ip_address(host)
    except ValueError:
        return [] if host == "localhost" else [host]
    if listening.is_loopback:
        return []
    if not listening.is_unspecified:
        return [str(listening)]
    found = set(_addresses())
    wanted = [address for address in found if listening.version == 6 or address.version == 4]
    return [str(address) for address in sorted(wanted, key=lambda item: (item.version, int(item)))]


def host_names() -> list[str]:
    """Return this machine's name, bare and as multicast DNS announces it."""
    name = socket.gethostname()
    return [name] if "." in name or not name else [name, f"{name}.local"]


def own_hosts(*listening: str) -> frozenset[str]:
    """Return this machine's own names and addresses, in the spelling in which they are compared.

    Looks at the network's interfaces, so it is for a thread.

    Args:
        listening: The hosts that servers of ours listen on.
    """
    return frozenset(name.lower() for name in (OWN, *listening, *host_names(), *usable_addresses("::")))


def plain_host(host: str, own: Collection[str]) -> str:
    """Return a host in the one spelling in which it is compared.

    Args:
        host: A name or an address, an IPv6 address without its brackets; it is not looked up.
        own: As `own_hosts` says; each of them becomes `OWN`, as all that is loopback does.
    """
    name = host.removesuffix(".").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return OWN if name in own else name
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    is_own = address.is_loopback or address.is_unspecified or str(address) in own
    return OWN if is_own else str(address)


def _addresses() -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    for adapter in ifaddr.get_adapters():
        if adapter.name.startswith(_INTERNAL):
            continue
        for entry in adapter.ips:
            address = ipaddress.ip_address(entry.ip if isinstance(entry.ip, str) else entry.ip[0])
            if not (address.is_loopback or address.is_link_local or address.is_multicast):
                yield address
