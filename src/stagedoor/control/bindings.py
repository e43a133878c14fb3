"""Where a guest's sessions belong."""

from stagedoor.domain.guest import Guest
from stagedoor.domain.ids import lobby_path, screen_path
from stagedoor.ipc.messages import AudioMode, Binding, DestinationSpec, VideoMode
from stagedoor.settings import RelaySettings


def base_path(guest: Guest) -> str:
    """Return where a guest's camera is published: at the seat, or in the lobby."""
    return guest.seat or lobby_path(guest.id)


def binding(guest: Guest, relay: RelaySettings, *, screen: bool) -> Binding:
    """Return where a session of a guest belongs: a seat with destinations, or the lobby."""
    path = screen_path(base_path(guest)) if screen else base_path(guest)
    return Binding(path=path, destinations=() if guest.seat is None else destinations(path, relay))


def destinations(path: str, relay: RelaySettings) -> tuple[DestinationSpec, ...]:
    """Return where what comes to a seat's path goes."""
    return tuple(
        DestinationSpec(
            id=str(number),
            url=destination.url.replace("{path}", path),
            audio=AudioMode(destination.audio),
            video=VideoMode(destination.video),
        )
        for number, destination in enumerate(relay.destinations, 1)
        if destination.enabled
    )
