"""Settings of controllers that speak OSC."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from stagedoor.settings.values import PORT_MAX, PORT_MIN, Address, Part, Port


def _place(value: str) -> str:
    host, port = split_place(value)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def split_place(value: str) -> tuple[str, int]:
    """Return the address and the port of a text like `192.0.2.7:9000`, or `[2001:db8::7]:9000`.

    Raises:
        ValueError: It is none; names are not looked up.
    """
    host, colon, port = value.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        raise ValueError("is not an IP address and a port like 192.0.2.7:9000") from None
    if not (colon and port.isascii() and port.isdecimal() and PORT_MIN <= int(port) <= PORT_MAX):
        raise ValueError("is not an IP address and a port like 192.0.2.7:9000")
    if (address.version == 6) != (bare != host):
        raise ValueError("has square brackets around an IPv6 address, and around no other")
    return str(address), int(port)


Place = Annotated[str, AfterValidator(_place)]


class OscSettings(Part):
    """Controllers that speak OSC by UDP: panels with buttons and lights, and programs like them."""

    enabled: bool = Field(
        False, description="Whether controllers may switch and mute. OSC knows no passwords."
    )
    host: Address = Field(
        "127.0.0.1",
        description="Address to listen on; with any but 127.0.0.1, whoever reaches it can switch the show.",
    )
    port: Port = Field(8300, description="UDP port to listen on.")
    tally: tuple[Place, ...] = Field(
        (),
        max_length=16,
        examples=[["127.0.0.1:9000"]],
        description="Where the tally is sent without anybody asking: IP addresses with a UDP port.",
    )

    @property
    def is_open(self) -> bool:
        """Whether other machines reach it."""
        return not ipaddress.ip_address(self.host).is_loopback

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """The addresses and ports of `tally`."""
        return tuple(split_place(each) for each in self.tally)

    @model_validator(mode="after")
    def _reaches_the_tally(self) -> "OscSettings":
        own = ipaddress.ip_address(self.host)
        for host, _ in self.places:
            there = ipaddress.ip_address(host)
            if there.version != own.version or (own.is_loopback and not there.is_loopback):
                raise ValueError(f"tally names {host}, where nothing sent from host = {self.host} arrives")
        return self
