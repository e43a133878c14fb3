"""A data directory that somebody uses."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from stagedoor.settings import ServerSettings
from stagedoor.supervisor.instance import Instance, announce, only_instance, withdraw


@asynccontextmanager
async def held(server: ServerSettings, *urls: str) -> AsyncIterator[None]:
    """Hold the lock as a running program does, and announce its `urls` if there are any."""
    stack = ExitStack()
    await asyncio.to_thread(stack.enter_context, only_instance(server))
    try:
        if urls:
            await asyncio.to_thread(announce, server, Instance(os.getpid(), urls))
        yield
    finally:
        await asyncio.to_thread(withdraw, server)
        await asyncio.to_thread(stack.close)
