"""The files of uploaded media; everything here is for a thread.

What is still coming, and the thumbnails, are in a folder of their own within the media folder.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from stagedoor.domain.errors import NotFoundError, StorageError
from stagedoor.domain.media import clean_name, numbered

OWN_FOLDER: Final = ".stagedoor"
DRAFT: Final = ".part"
MOST_NAMES: Final = 1000
_LEFT: Final = re.compile(r".*\.part|[0-9a-f]{16}\.jpg")
"""Names of drafts and of their thumbnails; that of a file that was kept has the file's ending too."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class MediaFiles:
    """The media folder.

    Args:
        folder: It; made where it is not there.
        min_free_bytes: What has to stay free on its disk.
    """

    def __init__(self, folder: Path, min_free_bytes: int) -> None:
        self.folder = folder
        self._own = folder / OWN_FOLDER
        self._min_free_bytes = min_free_bytes

    def clear(self) -> None:
        """Remove what uploads of the last run have left: drafts and their thumbnails."""
        if self._own.is_dir():
            for path in self._own.iterdir():
                if _LEFT.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    def lost(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return which files are not there; of a folder that is not ours, as without its disk, none.

        An empty one is the place that was kept for a file that never came, and is removed.
        """
        if not self._own.is_dir():
            return ()
        found = tuple(name for name in names if not self._has(name))
        for name in found:
            self.drop(*self.all_of(name))
        return found

    def _has(self, name: str) -> bool:
        path = self.folder / name
        return path.is_file() and path.stat().st_size > 0

    def has(self, name: str, size: int) -> bool:
        """Tell whether a file of so many bytes is there."""
        try:
            return (self.folder / name).stat().st_size == size
        except OSError:
            return False

    def new_draft(self) -> Path:
        """Return where something new can come to."""
        return self._own / f"{secrets.token_hex(8)}{DRAFT}"

    def begin(self, draft: Path) -> None:
        """Make an empty draft; raises `StorageError`."""
        try:
            self._own.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._require_room()
            draft.touch(mode=0o600)
        except OSError as error:
            raise _refusal(error) from error

    def append(self, draft: Path, data: bytes) -> None:
        """Add bytes to a draft; raises `StorageError`."""
        try:
            self._require_room()
            with draft.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise _refusal(error) from error

    def free_name(self, given: str, suffix: str, taken: Collection[str]) -> str:
        """Return a name like the given one that no file has and that is not taken; raises `StorageError`."""
        name = clean_name(given, suffix)
        for number in range(1, MOST_NAMES):
            found = numbered(name, number)
            if found not in taken and not os.path.lexists(self.folder / found):
                return found
        raise StorageError(f"too many files are called {name}", code="media_unwritable")

    def keep(self, draft: Path, thumbnail: Path, name: str) -> None:
        """Give a draft a name that is free; raises `StorageError`."""
        try:
            os.close(os.open(self.folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            draft.replace(self.folder / name)
            if thumbnail.is_file():
                thumbnail.replace(self.thumbnail(name))
        except OSError as error:
            raise _refusal(error) from error

    def all_of(self, name: str) -> tuple[Path, Path]:
        """Return a thumbnail and its file: the name is free again when both are gone."""
        return self.thumbnail(name), self.folder / name

    def thumbnail(self, name: str) -> Path:
        """Where the thumbnail of a file is."""
        return self._own / f"{name}.jpg"

    def read_thumbnail(self, name: str) -> bytes:
        """Return a thumbnail; raises `NotFoundError`."""
        try:
            return self.thumbnail(name).read_bytes()
        except OSError:
            raise NotFoundError("there is no thumbnail of this", code="media_unknown") from None

    def drop(self, *paths: Path) -> None:
        """Remove files that may be there; raises `StorageError`."""
        try:
            for path in paths:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise _refusal(error) from error

    def _require_room(self) -> None:
        free = shutil.disk_usage(self._own).free
        if free < self._min_free_bytes:
            raise StorageError(
                f"the disk of server.data_dir has {free // 1_000_000} MB left, and "
                f"{self._min_free_bytes // 1_000_000} MB must stay free (recording.min_free_mb)",
                code="media_unwritable",
                hint="Make room on the disk.",
            )


def _refusal(error: OSError) -> StorageError:
    why = error.strerror or type(error).__name__
    words = "the disk is full" if error.errno in _FULL else f"media cannot be written: {why}"
    return StorageError(words, code="media_unwritable", hint="Look at the disk of server.data_dir.")
