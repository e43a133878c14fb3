"""What the route of incidents answers, as JSON."""

from datetime import datetime

from stagedoor.control.schemas import Answer, Severity
from stagedoor.domain.incident import IncidentKind


class IncidentView(Answer):
    """Something that went wrong.

    Attributes:
        kind: Which sentences are said of it; the code says why.
        code: As in the runbook.
        guest: Whom it is about; null where it is about nobody.
        source: What is missing on air, or would be; null where nothing is.
        output: Which output it is about; null where it is about none.
        cause: What is wrong, in a sentence.
        done: What the program does about it by itself; may be empty.
        todo: What the operator can do; may be empty.
        values: What the sentences have put in, by name, for whoever says them in another language; of a
            failure, `reason` has its sentence.
        ended: Null while it lasts; afterwards it is listed for an hour.
    """

    id: str
    kind: IncidentKind
    code: str
    severity: Severity
    guest: str | None
    source: str | None
    output: str | None
    cause: str
    done: str
    todo: str
    values: dict[str, str | int | float]
    since: datetime
    ended: datetime | None


class IncidentList(Answer):
    """Those that last, the newest first, then those that have ended within the last hour."""

    incidents: tuple[IncidentView, ...]
