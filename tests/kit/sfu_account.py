"""The SFU that a test's guests come by: the emulated one, or the real one by `make test-cloudflare`."""

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol

from stagedoor.emulator.serve import emulator

REAL = "STAGEDOOR_TEST_CLOUDFLARE"
"""Set to 1, the account of the two variables below is used."""
APP_ID = "STAGEDOOR_TEST_CLOUDFLARE_APP_ID"
APP_SECRET = "STAGEDOOR_TEST_CLOUDFLARE_APP_SECRET"


class Account(Protocol):
    """What the settings need to know."""

    @property
    def app_id(self) -> str: ...

    @property
    def app_secret(self) -> str: ...

    @property
    def base_url(self) -> str: ...


@dataclass(frozen=True)
class RealAccount:
    """An account at Cloudflare."""

    app_id: str
    app_secret: str = field(repr=False)
    base_url: str = "https://rtc.live.cloudflare.com/v1"


@contextlib.asynccontextmanager
async def sfu_account() -> AsyncIterator[Account]:
    """The account to use."""
    if os.environ.get(REAL) == "1":
        yield RealAccount(os.environ[APP_ID], os.environ[APP_SECRET])
        return
    async with emulator() as it:
        yield it
