"""When Python looks for garbage in processes that run for weeks.

Objects that hold each other, as every HTTP request leaves some, go only when it looks through all that has
lived for long, and it does so once a quarter as much has come. What a start makes is so much that garbage
would wait for hours, and that looking through it would hold up program.
"""

import gc


def wait() -> None:
    """Look for none while a process starts."""
    gc.disable()


def begin() -> None:
    """Look for it among what comes from now on; what is here lives as long as the process."""
    gc.freeze()
    gc.enable()
