"""What does not wait until pictures are made: who is heard where."""

from typing import Final

from stagedoor.ipc.mixer import Wanted

SOUND: Final = ("strips", "listeners", "monitors", "talkbacks")


def heard_as(wanted: Wanted, newest: Wanted) -> Wanted:
    """Return what is wanted with the sound of what was wanted last.

    So a mute takes effect while a large still is decoded, and the still, when it comes, leaves it alone.
    """
    if newest.revision <= wanted.revision:
        return wanted
    return wanted.model_copy(update={name: getattr(newest, name) for name in SOUND})
