"""A real RTMP server: Debian's nginx with its RTMP module."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from tests.kit.ports import free_ports

CONFIG = """
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
rtmp {{
  access_log off;
  server {{
    listen {host}:{port}; chunk_size 4096; ping 1s; ping_timeout 5s;
    application live {{ live on; wait_key off; interleave on; }}
    application guest1 {{ live on; }}
    application kept {{ live on; wait_key off; record all; record_path {folder}; record_unique on; }}
    application closed {{ live on; deny publish all; }}
    application asked {{ live on; on_publish http://127.0.0.1:{http_port}/no; }}
  }}
}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{http_port};
    location /no {{ return 403; }}
    location /stat {{ rtmp_stat all; }}
  }}
}}
"""


class RtmpServer:
    """nginx in one process, on ports of its own; `start`, `kill` and `start` again keep them.

    Applications: `live` and `guest1` take everything, `kept` writes it to files, `closed` denies publishing,
    `asked` asks a hook that answers 403.
    """

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port, self.http_port = free_ports(2)
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"rtmp://{self.host}:{self.port}"

    async def start(self) -> None:
        config = self._folder / "nginx.conf"
        text = CONFIG.format(folder=self._folder, host=self.host, port=self.port, http_port=self.http_port)
        await asyncio.to_thread(config.write_text, text)
        self._process = await asyncio.create_subprocess_exec(
            "/usr/sbin/nginx",
            "-c",
            str(config),
            "-p",
            str(self._folder),
            "-e",
            str(self._folder / "error.log"),
        )
        deadline = asyncio.get_running_loop().time() + 5
        while not await self._listening():
            assert self._process.returncode is None, (self._folder / "error.log").read_text()
            assert asyncio.get_running_loop().time() < deadline, "nginx does not listen"
            await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """As kill -9 does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It accepts and never reads, until `thaw`: the kernel goes on taking connections for it."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def kept(self, name: str) -> list[Path]:
        """The files of what was published to `kept/{name}`, one for each connection, oldest first."""
        return sorted(self._folder.glob(f"{name}-*.flv"), key=lambda file: int(file.stem.split("-")[-1]))

    async def statistics(self) -> str:
        """The server's own account of its streams, XML."""
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{self.http_port}/stat")).text

    async def read_by(self, readers: int = 1, within: float = 5.0) -> None:
        """Wait until so many clients are connected, publishers among them."""
        await self.says("<client>", readers, within)

    async def says(self, text: str, times: int = 1, within: float = 5.0) -> None:
        """Wait until the server's statistics have a text so many times."""
        deadline = asyncio.get_running_loop().time() + within
        while (await self.statistics()).count(text) < times:
            assert asyncio.get_running_loop().time() < deadline, f"the server does not say {text}"
            await asyncio.sleep(0.02)

    async def _listening(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True


@contextlib.asynccontextmanager
async def rtmp_server(folder: Path, host: str = "127.0.0.1") -> AsyncIterator[RtmpServer]:
    """A running server at an address of this machine."""
    server = RtmpServer(folder, host)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
