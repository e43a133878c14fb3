"""The tests themselves: an assertion that nothing runs proves nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.unit, pytest.mark.timeout(60)]

TESTS = Path(__file__).resolve().parent.parent
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
RUN_BY_MARK = ("fixture", "rule", "invariant", "initialize")
"""Decorators whose functions pytest or Hypothesis runs by itself."""


def test_every_function_with_an_assertion_is_a_test_or_is_used() -> None:
    trees = {path: ast.parse(path.read_text()) for path in TESTS.rglob("*.py")}
    used = {name for tree in trees.values() for name in _names_used(tree)}
    idle = [
        f"{path.relative_to(TESTS)}:{function.lineno} {function.name}"
        for path, tree in trees.items()
        for function in _functions(path, tree)
        if _asserts(function) and not _collected(path, function) and function.name not in used
    ]
    assert not idle, f"assert, but nothing calls them: {idle}"


def _functions(path: Path, tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a test module; of the kit only those that stand alone: objects assert their state."""
    nodes = ast.walk(tree) if path.name.startswith("test_") else tree.body
    return (node for node in nodes if isinstance(node, FUNCTIONS))


def _asserts(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function))


def _collected(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if any(mark in ast.unparse(decorator) for decorator in function.decorator_list for mark in RUN_BY_MARK):
        return True
    return function.name.startswith("test_" if path.name.startswith("test_") else "pytest_")


def _names_used(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
