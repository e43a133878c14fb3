"""A seat: a named place for a guest, which has at most one."""

from collections.abc import Iterable, Sequence

from stagedoor.domain.errors import ConflictError
from stagedoor.domain.guest import Guest

HOLD_MS = 60_000
"""How long a place is held after a lost connection for a guest without a link, or with an expired one."""


def holder(guests: Iterable[Guest], seat: str) -> Guest | None:
    """Return the guest who has a seat, here or away."""
    return next((guest for guest in guests if guest.seat == seat), None)


def holders(guests: Iterable[Guest]) -> dict[str, Guest]:
    """Return who has which seat, here or away."""
    return {guest.seat: guest for guest in guests if guest.seat is not None}


def require_free(guests: Iterable[Guest], seat: str, guest: str) -> None:
    """Return if a seat is free or the guest's own.

    Raises:
        ConflictError: Somebody else has it.
    """
    other = holder(guests, seat)
    if other is not None and other.id != guest:
        raise ConflictError(
            f"{seat} is taken by {other.name or 'another guest'}",
            code="seat_taken",
            values={"seat": seat, "who": other.name},
            hint="Choose another seat, or hold or remove the guest who has it.",
        )


def first_free(seats: Sequence[str], guests: Iterable[Guest], promised: Iterable[str]) -> str | None:
    """Return a seat that nobody has and that is `promised` to no invite; None if there is none."""
    taken = {guest.seat for guest in guests} | set(promised)
    return next((seat for seat in seats if seat not in taken), None)
