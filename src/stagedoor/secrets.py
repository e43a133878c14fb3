"""What must stay secret: the operator's token and the key that signs invites, kept in the data directory."""

import hmac
import json
import os
import secrets as random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from stagedoor.domain.errors import InvalidError
from stagedoor.settings import Settings
from stagedoor.telemetry.redact import url_secrets

FILE_NAME = "secrets.json"
SIGNING_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secrets:
    """Both secrets; neither shows in a repr.

    Attributes:
        operator_token: Opens the operator's pages and the API.
        signing_key: Signs invites and the tokens of readers and publishers.
    """

    operator_token: str = field(repr=False)
    signing_key: bytes = field(repr=False)

    @property
    def installation(self) -> str:
        """A name of this installation that everybody may know; it tells nothing of the key."""
        return hmac.new(self.signing_key, b"installation", "sha256").hexdigest()[:16]


def load_or_create(data_dir: Path, settings: Settings) -> Secrets:
    """Read `secrets.json`, and make it (mode 0600) or what is missing in it where need be.

    `server.operator_token` stands in front of the token in the file, and is not written there.

    Raises:
        InvalidError: The file or the directory cannot be read or written, or holds something else.
    """
    path = data_dir / FILE_NAME
    stored = _read(path)
    complete = {
        "operator_token": stored.get("operator_token") or random.token_urlsafe(24),
        "signing_key": stored.get("signing_key") or random.token_hex(SIGNING_KEY_BYTES),
    }
    try:
        signing_key = bytes.fromhex(complete["signing_key"])
    except ValueError as error:
        raise _damaged(path) from error
    if len(signing_key) < SIGNING_KEY_BYTES:
        raise _damaged(path)
    if complete != stored:
        _write(path, complete)
    return Secrets(settings.server.operator_token or complete["operator_token"], signing_key)


def secret_texts(settings: Settings, secrets: Secrets) -> list[str]:
    """Return every text that must not reach a log."""
    texts = [secrets.operator_token, secrets.signing_key.hex()]
    texts += [server.credential for server in settings.webrtc.ice_servers if server.credential]
    cloudflare = settings.carrier.cloudflare
    texts += [text for text in (cloudflare.app_secret, cloudflare.turn_key_token) if text]
    urls = [destination.url for destination in settings.relay.destinations]
    urls += [seat.return_url for seat in settings.guests.seats if seat.return_url]
    urls += [settings.mediamtx.api_url] if settings.mediamtx.api_url else []
    return texts + [part for url in urls for part in url_secrets(url)]


def _read(path: Path) -> dict[str, str]:
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unusable(path, error) from error
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
        raise _damaged(path)
    return document


def _write(path: Path, document: dict[str, str]) -> None:
    """Write beside and rename, so that a crash leaves the old file or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE_NAME}-")
        with os.fdopen(handle, "w") as file:
            json.dump(document, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> InvalidError:
    return InvalidError(
        f"{path}: cannot be used: {error.strerror}",
        code="data_dir_unusable",
        hint="server.data_dir must be a directory that this user may write to.",
    )


def _damaged(path: Path) -> InvalidError:
    return InvalidError(
        f"{path}: does not hold what Stagedoor wrote",
        code="secrets_damaged",
        hint="Put back a copy of it, or delete it: new links and tokens are then made.",
    )
