"""What is published from here and read back as a source: it would be seen and heard in itself.

Outputs alone bring back what is mixed here. A guest's own destination brings back the guest, and may be read;
then it is in all returns but that guest's own.
"""

from collections.abc import Collection, Mapping

from stagedoor.control.bindings import destinations
from stagedoor.control.mixer.board import Board, Output
from stagedoor.domain.checks import Rule
from stagedoor.domain.errors import InvalidError
from stagedoor.domain.ids import screen_path
from stagedoor.domain.source import Source, SourceKind
from stagedoor.outputs.place import is_same_stream
from stagedoor.settings import Settings


def require_not_published(source: Source, board: Board, own: Collection[str]) -> None:
    """Return if no output publishes to where a source is read; raise `InvalidError` if one does.

    Args:
        source: New or changed; a seat's is what the settings say.
        board: Has the outputs, whether they run or not.
        own: This machine's own hosts.
    """
    if source.kind is not SourceKind.URL:
        return
    for output in board.outputs.values():
        if is_same_stream(output.whole_url, source.url, own):
            name = output.label or output.id
            raise InvalidError(
                f"url: is where the output {name} publishes to, and would be seen and heard in itself",
                hint="Remove that output first, or read another address.",
                values={"at": "url", "rule": Rule.PUBLISHED.value, "name": name},
            )


def require_not_read(output: Output, board: Board, guest_url: str, own: Collection[str]) -> None:
    """Return if no source is read from where an output is to publish to; raise `InvalidError` if one is.

    Args:
        output: A new one.
        board: Has the sources.
        guest_url: Where guests are read, as `mixer.guest_url` says.
        own: This machine's own hosts.
    """
    for source in board.sources.values():
        if is_same_stream(output.whole_url, _address(source, guest_url), own):
            name = source.label or source.id
            raise InvalidError(
                f"url: is where the source {name} is read, and would be seen and heard in itself",
                hint="Publish to another address.",
                values={"at": "url", "rule": Rule.READ.value, "name": name},
            )


def returning(board: Board, settings: Settings, own: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Return, by seat, the sources that read where its guest is published to.

    Args:
        board: Has the sources.
        settings: Say which seats there are, and where they are published to.
        own: This machine's own hosts.
    """
    read = [source for source in board.sources.values() if source.kind is SourceKind.URL]
    seats = settings.guests.seats if read else ()
    return {seat.name: _reading(read, seat.name, settings, own) for seat in seats}


def _reading(
    sources: Collection[Source], seat: str, settings: Settings, own: Collection[str]
) -> tuple[str, ...]:
    to = [each.url for path in (seat, screen_path(seat)) for each in destinations(path, settings.relay)]
    return tuple(source.id for source in sources if any(is_same_stream(url, source.url, own) for url in to))


def _address(source: Source, guest_url: str) -> str:
    """Return where the mixer reads a source; what is no server's address is nobody's place."""
    return guest_url.replace("{path}", source.url) if source.kind is SourceKind.GUEST else source.url
