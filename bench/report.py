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


def table(rows: list[str]) -> str:
    """All rows as one table."""
    return "\n".join([HEAD, *rows])


def merged(text: str, rows: list[str]) -> list[str]:
    """The rows of a table that is there, with new ones in the places of those of the same name, or behind."""
    there = [line for line in text.splitlines() if line.startswith("| ")][1:]
    news = {_name(row): row for row in rows}
    return [news.pop(_name(row), row) for row in there] + list(news.values())


def _name(row: str) -> str:
    return row.split("|")[1].strip()
