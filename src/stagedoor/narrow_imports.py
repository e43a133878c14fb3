"""Parts of packages that load far more than what is wanted of them.

A guest is back as soon as the relay listens again, and most of its start is imports.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def without_init(package: str) -> Iterator[None]:
    """Import modules of a package without running its `__init__`, unless that has run already.

    Whoever imports the package itself later gets all of it, made of the same modules.

    Args:
        package: Its name; one at the top.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    if package in sys.modules:
        yield
        return
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"no package {package}", name=package)
    with instead(package, importlib.util.module_from_spec(spec)):
        yield


@contextmanager
def instead(name: str, module: ModuleType) -> Iterator[None]:
    """Give those who import a module meanwhile another one, unless it has been imported already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = module
    try:
        yield
    finally:
        del sys.modules[name]
