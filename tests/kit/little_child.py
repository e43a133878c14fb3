"""A little process for the supervisor's tests: it says that it lives, and behaves as it is told.

Run with the path of its socket and any of: `deaf` (ignores SIGTERM), `mute` (never answers),
`exit=N` (ends at once with that code), `parent=PID` (must not outlive that process).
"""

import os
import signal
import socket
import sys


def main() -> None:
    """Answer every connection until SIGTERM."""
    path, *behaviour = sys.argv[1:]
    options = dict(item.partition("=")[::2] for item in behaviour)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in options else lambda *_: os._exit(0))
    if "parent" in options:
        from stagedoor.supervisor.lifeline import hold

        hold(int(options["parent"]))
    if "exit" in options:
        sys.exit(int(options["exit"]))
    if "mute" in options:
        signal.pause()
    listener = socket.socket(socket.AF_UNIX)
    if os.path.exists(path):  # noqa: PTH110
        os.unlink(path)  # noqa: PTH108
    listener.bind(path)
    listener.listen()
    while True:
        connection, _ = listener.accept()
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nalive")
        connection.close()


if __name__ == "__main__":
    main()
