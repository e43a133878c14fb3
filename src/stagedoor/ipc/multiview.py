"""Where the multiview shows what."""

from stagedoor.ipc.message import Message


class MultiviewCell(Message):
    """The place of one source in the multiview, in fractions of its picture."""

    source: str
    x: float
    y: float
    width: float
    height: float
