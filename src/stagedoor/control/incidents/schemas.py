"""What the route of incidents answers, as JSON."""

from datetime import datetime

from stagedoor.control.schemas import Answer, Severity


class IncidentView(Answer):
    """Something that went wrong.

    Attributes:
        code: As in the runbook.
        guest: Whom it is about; null where it is about nobody.
        output: Which output it is about; null where it is about none.
        cause: What is wrong, in a sentence.
        done: What the program does about it by itself; may be empty.
        todo: What the operator can do; may be empty.
        ended: Null while it lasts; afterwards it is listed for an hour.
    """

    id: str
    code: str
    severity: Severity
    guest: str | None
    output: str | None
    cause: str
    done: str
    todo: str
    since: datetime
    ended: datetime | None


class IncidentList(Answer):
    """Those that last, the newest first, then those that have ended within the last hour."""

    incidents: tuple[IncidentView, ...]
