"""What each operator listens to."""

from collections.abc import Container

from stagedoor.domain.errors import InvalidError

MAIN_MONITOR = "main"
MAX_MONITORS = 16
"""The one that was set longest ago ends for a newer one."""


class Monitors:
    """By operator, the sources that are listened to; none at all means program."""

    def __init__(self) -> None:
        self._set: dict[str, tuple[str, ...]] = {MAIN_MONITOR: ()}

    def all(self) -> dict[str, tuple[str, ...]]:
        """Return all of them, the newest last."""
        return dict(self._set)

    def put(self, operator: str, listen: tuple[str, ...], known: Container[str]) -> None:
        """Have an operator listen to these sources.

        Raises:
            InvalidError: One of them is not known.
        """
        for place, source in enumerate(listen):
            if source not in known:
                raise InvalidError(f"listen.{place}: there is no source {source}", code="source_unknown")
        self._set.pop(operator, None)
        self._set[operator] = listen
        for oldest in tuple(self._set)[:-MAX_MONITORS]:
            del self._set[oldest]
