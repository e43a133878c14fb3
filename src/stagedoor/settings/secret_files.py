"""Secrets that stand in files of their own, as systemd's credentials and Docker's secrets do."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from stagedoor.settings.values import bad_settings

MAX_BYTES = 4096
KEYS = ("carrier.cloudflare.app_secret", "carrier.cloudflare.turn_key_token")
"""The keys that may be given as `…_file` instead."""


def read_secrets(values: MutableMapping[str, Any], origins: MutableMapping[str, str]) -> None:
    """Fill in each secret whose file is named, without the white space around it.

    Args:
        values: What is set, by key; the secrets are put here.
        origins: Where it was set; the files are put here.

    Raises:
        InvalidError: A file cannot be read or is empty, or a secret is given in both ways.
    """
    problems = []
    for key in KEYS:
        file_key = f"{key}_file"
        if not isinstance(values.get(file_key), str | Path):
            continue
        if values.get(key) is not None:
            problems.append(f"{origins[file_key].removeprefix('file ')}: {key} and {file_key} are both given")
            continue
        path = Path(values[file_key]).expanduser().absolute()
        try:
            values[key] = _read(path)
        except ValueError as error:
            problems.append(f"{origins[file_key].removeprefix('file ')}: {file_key}: {path} {error}")
        origins[key] = f"secret file {path}"
    if problems:
        raise bad_settings("\n".join(problems))


def _read(path: Path) -> str:
    """Return the secret in a file; raise `ValueError`, saying what is wrong, where there is none."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        text = content.decode("ascii").strip()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError("holds something else than a secret") from None
    if len(content) > MAX_BYTES:
        raise ValueError("is too long for a secret")
    if not text:
        raise ValueError("is empty")
    return text
