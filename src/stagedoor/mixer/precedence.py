"""Which of the mixer's threads run first where there is more to do than the machine can.

Program and its sound give way to nothing here (the picture, where the system lets it, comes before all else:
`stagedoor.precedence`). What has time waits: a source's pictures are due only after its playout
delay, and nobody airs the multiview. A thread that gives way by 5 gets about a third of the time of one that
does not while both want it, by 10 a tenth (sched(7), "The nice value"); on an idle machine nothing changes.
Where program comes first, all of them do in Python (`stagedoor.precedence`): what they do `aside` gives way.
"""

import os
import sys
import threading
from typing import Final

from stagedoor.precedence import come_first_in_python

OF_SECOND: Final = 2
"""The second canvas."""
OF_SOURCES: Final = 2
"""Reading and decoding a source: there is the playout delay for it."""
OF_RETURNS: Final = 4
"""What goes back to guests."""
OF_MULTIVIEW: Final = 8
"""What operators watch."""


def give_way(by: int) -> None:
    """Lower the calling thread's usual place by so much, for good, and that of the threads it starts `aside`.

    Linux has one for each thread; elsewhere it would be the whole process's, and is left as it is.
    """
    if by and sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + by)
    come_first_in_python()
