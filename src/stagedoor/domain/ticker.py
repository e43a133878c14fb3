"""How a ticker moves: whole even pixels from frame to frame, so that no letter trembles."""

from bisect import bisect_left
from collections.abc import Sequence


def step_of(speed: float, width: int, frame_rate: int) -> int:
    """Return by how many pixels a ticker moves with each frame: even, 2 at least.

    Colour has half as many samples as light: by an odd pixel the two would part.

    Args:
        speed: In fractions of the canvas's width a second.
        width: Of the canvas, pixels.
        frame_rate: Frames a second.
    """
    return max(2, round(speed * width / frame_rate / 2) * 2)


def windows(offset: int, width: int, loop: int) -> tuple[tuple[int, int], ...]:
    """Return which parts of a text that goes round are seen, from left to right.

    Args:
        offset: Which place of it stands at the left edge, pixels; any number of rounds further on.
        width: Of what it is seen through.
        loop: Its own; it begins anew behind its end.

    Returns:
        Where in the text each part begins, and how wide it is.
    """
    found: list[tuple[int, int]] = []
    while width > 0:
        start = offset % loop
        wide = min(loop - start, width)
        found.append((start, wide))
        offset, width = offset + wide, width - wide
    return tuple(found)


def next_end(ends: Sequence[int], offset: int, loop: int) -> int:
    """Return the first place at or behind `offset` where a word ends, in a text that goes round.

    Args:
        ends: Where words end within the text, in order.
        offset: A place, any number of rounds further on.
        loop: The text's width.
    """
    rounds, within = divmod(offset, loop)
    found = bisect_left(ends, within)
    if found == len(ends):
        return (rounds + 1) * loop + ends[0]
    return rounds * loop + ends[found]
