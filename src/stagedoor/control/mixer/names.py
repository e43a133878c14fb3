"""Ids made from what people call a thing."""

import re
import unicodedata
from collections.abc import Container

from stagedoor.control.mixer.schemas import never_on_air
from stagedoor.domain.errors import ConflictError

LONGEST = 40


def new_id(wanted: str | None, label: str, kind: str, taken: Container[str]) -> str:
    """Return the id of a new thing: the wanted one, or one made from its label.

    Args:
        wanted: What was asked for.
        label: What people read.
        kind: What the thing is called, also where there is no label.
        taken: The ids that there are.

    Raises:
        ConflictError: The wanted one is taken.
    """
    if wanted is not None:
        if wanted in taken:
            raise ConflictError(
                f"id: there is a {kind} {wanted} already", code="id_taken", values={"name": wanted}
            )
        return wanted
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST] or kind
    if never_on_air(base):
        base = f"{kind}-{base}"
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found
