"""How the program ends: the exit codes, and which failure has which."""

from enum import IntEnum

from stagedoor.domain.errors import StagedoorError


class Exit(IntEnum):
    """Exit codes of every `stagedoor` command and of the processes that it starts."""

    OK = 0
    PROBLEM = 1
    """Anything that has no code of its own here; the message says what."""
    SETTINGS = 2
    """The command line, the file or the environment says something that cannot be."""
    RUNNING = 3
    """Another instance uses the data directory."""
    ADDRESS = 4
    """A port is busy, or an address is not (or no longer) this machine's."""
    DATA_DIR = 5
    """The data directory or a file in it cannot be used."""
    CHILD = 6
    """One of our processes does not come up."""


_BY_CODE = {
    "bad_settings": Exit.SETTINGS,
    "already_running": Exit.RUNNING,
    "port_busy": Exit.ADDRESS,
    "address_missing": Exit.ADDRESS,
    "data_dir_unusable": Exit.DATA_DIR,
    "secrets_damaged": Exit.DATA_DIR,
    "tls_unusable": Exit.SETTINGS,
    "child_failed": Exit.CHILD,
}


def exit_code(error: StagedoorError) -> Exit:
    """Return the exit code for a failure that ends the program."""
    return _BY_CODE.get(error.code, Exit.PROBLEM)
