"""What the mixer of a running program says of itself."""

from pathlib import Path

import httpx

from stagedoor.ipc.mixer import MixerState
from tests.kit.app import App


async def mixer_state(app: App) -> MixerState:
    """What the mixer says of itself, past control."""
    transport = httpx.AsyncHTTPTransport(uds=str(Path(app.folder, "data", "run", "mixer.sock")))
    async with httpx.AsyncClient(transport=transport, base_url="http://mixer") as client:
        return MixerState.model_validate_json((await client.get("/state")).content)
