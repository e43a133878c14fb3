"""A web page of an application on Cloudflare Realtime, and the little proxy that knows the app's secret."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from stagedoor.emulator.serve import Emulator
from stagedoor.serving.server import bind_tcp, serving

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
SCRIPT = Path(__file__).with_name("cloudflare.js")
_ENTRY = """
export * from "partytracks/client";
export { BehaviorSubject, shareReplay } from "rxjs";
"""
_PAGE = """<!doctype html>
<title>Test</title>
<link rel="icon" href="data:," />
<body></body>
<script>window.process = { env: { NODE_ENV: "production" } };</script>
<script src="/cloudflare.js"></script>
"""


async def bundle_partytracks(folder: Path) -> Path:
    """Cloudflare's own client library and what it is used with, in one module for a browser."""
    entry, bundle = folder / "entry.js", folder / "partytracks.js"
    entry.write_text(_ENTRY)
    (folder / "node_modules").symlink_to(WEB / "node_modules")
    environment = {**os.environ, "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        str(WEB / "node_modules" / ".bin" / "rolldown"),
        str(entry),
        *("--file", str(bundle), "--format", "esm", "--platform", "browser"),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, said.decode()
    return bundle


@contextlib.asynccontextmanager
async def page(it: Emulator, bundle: Path | None = None) -> AsyncIterator[str]:
    """Serve a page with `cloudflare.js`; its `/sfu/…` is the emulator's app, with the secret added."""
    headers = {"Authorization": f"Bearer {it.app_secret}"}
    async with httpx.AsyncClient(base_url=f"{it.base_url}/apps/{it.app_id}", headers=headers) as http:
        listener = await asyncio.to_thread(bind_tcp, "127.0.0.1", 0)
        with contextlib.closing(listener):
            async with serving(_application(http, bundle), listener):
                yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def _application(http: httpx.AsyncClient, bundle: Path | None) -> Starlette:
    async def forward(request: Request) -> Response:
        answer = await http.request(
            request.method,
            f"/{request.path_params['path']}",
            params=dict(request.query_params),
            content=await request.body() or None,
            timeout=15,
        )
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def show(_request: Request) -> Response:
        return HTMLResponse(_PAGE)

    async def ice_servers(_request: Request) -> Response:
        return JSONResponse({"iceServers": []})

    async def script(request: Request) -> Response:
        chosen = SCRIPT if request.url.path == "/cloudflare.js" else bundle
        assert chosen is not None
        return FileResponse(chosen, media_type="text/javascript")

    return Starlette(
        routes=[
            Route("/", show),
            Route("/cloudflare.js", script),
            Route("/partytracks.js", script),
            Route("/sfu/generate-ice-servers", ice_servers),
            Route("/sfu/{path:path}", forward, methods=["GET", "POST", "PUT"]),
        ]
    )
