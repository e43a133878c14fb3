"""What a measurement gave, as a row of `docs/benchmarks.md`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One figure with its aim and how it came about."""

    name: str
    value: str
    aim: str
    method: str

    def row(self) -> str:
        """As a line of a Markdown table."""
        return f"| {self.name} | {self.value} | {self.aim} | {self.method} |"


HEAD = "| what | measured | aim | how |\n|---|---|---|---|"


def table(results: list[Result]) -> str:
    """All results as one table."""
    return "\n".join([HEAD, *(each.row() for each in results)])
