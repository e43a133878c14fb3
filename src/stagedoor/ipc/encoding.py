"""What the mixer says of the encoder that makes program's picture."""

from stagedoor.ipc.message import Message
from stagedoor.settings.mixer import EncoderName


class Encoding(Message):
    """What makes program's picture.

    Attributes:
        encoder: What does now.
        wanted: What shall, by `mixer.encoder`.
        reason: Why another one does; empty where it is the one that is wanted.
        hint: What that one needs.
    """

    encoder: EncoderName = "x264"
    wanted: EncoderName = "x264"
    reason: str = ""
    hint: str = ""
