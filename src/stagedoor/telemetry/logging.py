"""One line for each life event: text for people or JSON for programs, secrets taken out of both.

Fields stand after the text, so that whoever looks for a line finds it by its beginning::

    2026-03-01 20:15:03.120 info    relay    Starting relay for guest1 guest=g_4f session=1a2b3c4d
"""

import json
import logging
import sys
import time
from collections.abc import Iterable, Mapping, MutableMapping
from typing import IO, Any

from stagedoor.settings import LogSettings
from stagedoor.telemetry.redact import redact

FIELDS = "fields"
"""The attribute of a record that holds its fields."""

_QUIET = ("uvicorn", "uvicorn.error", "httpx", "httpcore", "aioice", "aiortc", "asyncio")
"""Libraries of whose events ours tell the interesting half already."""


class FieldsAdapter(logging.LoggerAdapter[logging.Logger]):
    """A logger whose lines all end with the same fields."""

    def process(
        self, msg: object, kwargs: MutableMapping[str, Any]
    ) -> tuple[object, MutableMapping[str, Any]]:
        """Add our fields to those of the call."""
        extra = dict(kwargs.get("extra") or {})
        extra[FIELDS] = {**(self.extra or {}), **extra.get(FIELDS, {})}
        return msg, {**kwargs, "extra": extra}

    def bind(self, **fields: object) -> "FieldsAdapter":
        """Return an adapter with more fields."""
        return FieldsAdapter(self.logger, {**(self.extra or {}), **fields})


def with_fields(logger: logging.Logger, **fields: object) -> FieldsAdapter:
    """Return `logger` with fields, like `guest=…` and `session=…`, on every line."""
    return FieldsAdapter(logger, fields)


def configure(
    settings: LogSettings, process: str, *, secrets: Iterable[str] = (), stream: IO[str] | None = None
) -> None:
    """Send this process's log to `stream` (standard error), in place of whatever was set up before.

    Args:
        settings: Level and format.
        process: What the lines call this process.
        secrets: Texts that never appear, wherever they come from.
        stream: Where to; standard error if left out.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    form = JsonFormatter if settings.format == "json" else TextFormatter
    handler.setFormatter(form(process, tuple(filter(None, secrets))))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for name in _QUIET:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.DEBUG if settings.level == "debug" else logging.WARNING)
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    logging.captureWarnings(True)


class _Formatter(logging.Formatter):
    def __init__(self, process: str, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._process = process
        self._secrets = secrets

    def _clean(self, text: str) -> str:
        return redact(text, self._secrets)

    def _error(self, record: logging.LogRecord) -> str:
        return self._clean(self.formatException(record.exc_info)) if record.exc_info else ""


class TextFormatter(_Formatter):
    """`date time level process text field=value …`, and a traceback on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; what came from outside cannot start another one."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        head = f"{when}.{int(record.msecs):03d} {record.levelname.lower():<7} {self._process:<8} "
        fields = "".join(f" {name}={_value(value)}" for name, value in _fields(record).items())
        error = self._error(record)
        return head + self._clean(_one_line(record.getMessage()) + fields) + (f"\n{error}" if error else "")


class JsonFormatter(_Formatter):
    """One JSON object a line: time (RFC 3339), level, process, logger, message, the fields, error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "time": f"{when}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": self._clean(record.getMessage()),
        }
        for name, value in _fields(record).items():
            plain = isinstance(value, bool | int | float) or value is None
            line.setdefault(name, value if plain else self._clean(str(value)))
        if record.exc_info:
            line["error"] = self._error(record)
        return json.dumps(line, ensure_ascii=False)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields = getattr(record, FIELDS, None)
    return fields if isinstance(fields, Mapping) else {}


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _value(value: object) -> str:
    text = _one_line(str(value))
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
