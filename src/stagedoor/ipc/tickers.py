"""What control and mixer say to each other of tickers."""

from stagedoor.ipc.message import Message


class TickerPlace(Message):
    """How far a ticker's text has come.

    Attributes:
        id: The ticker.
        entered: How much of its text has come in at the right edge since it began, every round counted; in
            fractions of the canvas's width.
        day_ns: When that was, nanoseconds since the epoch.
    """

    id: str
    entered: float
    day_ns: int
