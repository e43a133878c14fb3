"""`stagedoor doctor`: what is missing or cannot be reached, and what to do about it."""

from stagedoor.doctor.examination import examine
from stagedoor.doctor.findings import Finding, Grade, report

__all__ = ["Finding", "Grade", "examine", "report"]
