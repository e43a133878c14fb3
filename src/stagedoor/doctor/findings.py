"""What an examination finds, and how it is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        topic: What was looked at, one or two words.
        grade: How bad it is.
        text: What was found.
        advice: What to do about it; empty where all is well.
    """

    topic: str
    grade: Grade
    text: str
    advice: str = ""


def ok(topic: str, text: str) -> Finding:
    """All is well."""
    return Finding(topic, Grade.OK, text)


def warning(topic: str, text: str, advice: str) -> Finding:
    """It works, but not for everybody or not for long."""
    return Finding(topic, Grade.WARNING, text, advice)


def problem(topic: str, text: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(topic, Grade.PROBLEM, text, advice)


def report(findings: Iterable[Finding], out: TextIO) -> bool:
    """Write the findings, one a line with its advice below, and return whether there is a problem."""
    problems = warnings = 0
    for finding in findings:
        out.write(f"{finding.grade:<8} {finding.topic:<12} {finding.text}\n")
        if finding.advice:
            out.write(f"{'':<21} -> {finding.advice}\n")
        problems += finding.grade is Grade.PROBLEM
        warnings += finding.grade is Grade.WARNING
    out.write(f"\nproblems: {problems}, warnings: {warnings}\n")
    return problems > 0
