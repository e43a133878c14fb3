"""Whether there is a mixer of ours to be told anything."""

from stagedoor.domain.errors import ConflictError


def require_ours(*, enabled: bool) -> None:
    """Raise `ConflictError` where another program is the mixer."""
    if not enabled:
        raise ConflictError(
            "another program is the mixer here",
            code="mixer_disabled",
            hint="Set mixer.enabled = true to mix with Stagedoor.",
        )
