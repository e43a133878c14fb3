"""aioice's way to names of local hosts, loaded with its DNS library when the first such candidate comes.

Candidates like `….local` come from browsers whose page may not use the camera, such as viewers
(draft-ietf-mmusic-mdns-ice-candidates). This stands in for `aioice.mdns` where aioice looks for it.
"""

import asyncio
import importlib
from typing import Any

MDnsProtocol = object
"""What aioice says that `create_mdns_protocol` returns."""


def is_mdns_hostname(name: str) -> bool:
    """Whether a candidate's address is such a name."""
    label, dot, rest = name.partition(".")
    return bool(dot) and rest == "local" and 1 <= len(label) <= 63 and label.replace("-", "").isalnum()


async def create_mdns_protocol() -> Any:  # noqa: ANN401 - aioice's own, which only it uses
    """Return what resolves them."""
    module = await asyncio.to_thread(importlib.import_module, "aioice.mdns")
    return await module.create_mdns_protocol()
