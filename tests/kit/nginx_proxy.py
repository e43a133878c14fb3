"""Debian's nginx as a reverse proxy, with the file that the deploy folder has."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.kit.certificate import Certificate
from tests.kit.wait import until

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
AROUND = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{deployed}
}}
"""


def deployed(name: str, changes: dict[str, str]) -> str:
    """A file of the deploy folder with other addresses and names; each of them must be there."""
    text = (DEPLOY / name).read_text()
    for old, new in changes.items():
        assert old in text, f"deploy/{name} does not hold {old}"
        text = text.replace(old, new)
    return text


@contextlib.asynccontextmanager
async def nginx_proxy(
    folder: Path, certificate: Certificate, *, port: int, to: int, without: str = ""
) -> AsyncIterator[None]:
    """nginx on a port of loopback in front of another one, as `localhost`; `without` one line of the file."""
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server_name guests.example.org": "server_name localhost",
        "/etc/stagedoor/fullchain.pem": str(certificate.file),
        "/etc/stagedoor/privkey.pem": str(certificate.key),
        "127.0.0.1:8000;": f"127.0.0.1:{to};",
    }
    text = deployed("nginx.conf", changes | ({without: ""} if without else {}))
    config = folder / "nginx.conf"
    await asyncio.to_thread(config.write_text, AROUND.format(folder=folder, deployed=text))
    log = folder / "error.log"
    command = ["/usr/sbin/nginx", "-c", str(config), "-p", str(folder), "-e", str(log)]
    process = await asyncio.create_subprocess_exec(*command)

    async def listens() -> bool:
        assert process.returncode is None, log.read_text()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    try:
        await until(listens, what="nginx listens")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
