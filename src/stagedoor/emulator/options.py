"""What whoever starts the emulator can choose."""

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Timers:
    """How long things take, in seconds.

    Attributes:
        empty_track: Until a pull of a track that has sent nothing yet gives up.
        silence: Without a packet after which a published track is inactive.
        unconnected: From its creation until a session without a connection is gone.
        transport: That a pull waits for its own session's connection.
        lost: Without a sign of the other side after which a session is gone.
    """

    empty_track: float = 8.3
    silence: float = 30.0
    unconnected: float = 120.0
    transport: float = 5.0
    lost: float = 30.0


@dataclass(frozen=True, slots=True)
class Options:
    """One emulator.

    Attributes:
        host: Address of HTTP and of media.
        port: Of HTTP; 0 takes any.
        udp_port: Of media; 0 takes any.
        turn_key_id: None: no TURN key is known.
        most_bitrate: That publishers may send, in bits a second.
        padding_every: Packets between two empty ones to a subscriber; 0 sends none.
        calls_per_second: On one session.
        most_lines: Media lines that one session may have had; after that it is answered 410.
        hang_unknown: Whether a call on an unknown session hangs instead of being refused.
        refuse_gone_publisher: Whether a pull from a session that is gone is refused as a whole (410).
    """

    app_id: str = field(default_factory=lambda: secrets.token_hex(16))
    app_secret: str = field(default_factory=lambda: secrets.token_hex(32))
    host: str = "127.0.0.1"
    port: int = 0
    udp_port: int = 0
    turn_key_id: str | None = None
    turn_key_token: str | None = None
    timers: Timers = Timers()
    most_bitrate: int = 2_500_000
    padding_every: int = 200
    calls_per_second: int = 50
    most_lines: int = 256
    hang_unknown: bool = False
    refuse_gone_publisher: bool = False
