"""`stagedoor link`: the operator's link again."""

from typing import TextIO

from stagedoor.addresses import usable_addresses
from stagedoor.banner import Banner, operator_link
from stagedoor.secrets import load_or_create
from stagedoor.settings import Settings
from stagedoor.supervisor.instance import running, running_settings


def print_links(settings: Settings, out: TextIO) -> None:
    """Print the operator's link for each address, of the running instance if there is one.

    Raises:
        InvalidError: The data directory cannot be used.
    """
    instance = running(settings.server)
    settings = running_settings(settings.server) or settings
    secrets = load_or_create(settings.server.data_dir, settings)
    roots = instance.urls if instance and instance.urls else ()
    roots = roots or Banner(settings, "", usable_addresses(settings.server.host)).roots
    out.writelines(f"{operator_link(root, secrets.operator_token)}\n" for root in roots)
