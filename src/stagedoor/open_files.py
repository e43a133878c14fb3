"""How many files and sockets this process may have open at once."""

import contextlib
import sys

UNKNOWN = 1024
"""What is reckoned with where the system does not say."""

if sys.platform == "win32":

    def allow_all() -> None:
        """There is no such limit."""

    def allowed() -> int:
        """There is no such limit."""
        return UNKNOWN

else:
    import resource

    def allow_all() -> None:
        """Raise the limit as far as this user may: many systems give a program 1024 to begin with."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # macOS says "unlimited" and then refuses that.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def allowed() -> int:
        """The limit in force."""
        now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return UNKNOWN if now == resource.RLIM_INFINITY else now
