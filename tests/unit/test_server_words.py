"""What the server says is known in Norwegian: no code, rule or kind of incident is forgotten."""

import re
from pathlib import Path

import pytest

from stagedoor.domain.checks import Rule
from stagedoor.domain.incident import IncidentKind
from stagedoor.settings.model import NOTICE

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
NORWEGIAN = ROOT / "web" / "src" / "nb"
RUNBOOK = ROOT / "docs" / "runbook.md"
CODED_ROW = re.compile(r"^\| `([a-z0-9_]+)` \|", re.MULTILINE)
KEY = re.compile(r"^  ([a-z0-9_]+): ", re.MULTILINE)
ENTRIES = re.compile(
    r"^const \w+: (?:Readonly<)?Record<string, (\w+)>+ = \{\n(.*?)^\};", re.MULTILINE | re.DOTALL
)

NOT_ON_A_PAGE = {"take_without_cuts", "conformed_already"}
"""Said by `stagedoor conform` alone; what keeps the program from starting has a section of its own."""


def known(kind: str) -> list[str]:
    """Everything that the Norwegian catalogues have an entry of this type for."""
    texts = [path.read_text() for path in sorted(NORWEGIAN.glob("*server*.ts"))]
    found = [match for text in texts for match in ENTRIES.findall(text)]
    return [key for of, entries in found if of == kind for key in KEY.findall(entries)]


def test_every_code_that_can_reach_a_page_has_a_sentence_and_no_other() -> None:
    starting, rest = RUNBOOK.read_text().split("## Health and incidents")
    codes = known("CodeWords")
    assert len(codes) == len(set(codes))
    assert set(codes) == set(CODED_ROW.findall(rest)) - NOT_ON_A_PAGE - set(CODED_ROW.findall(starting))


def test_every_rule_of_a_field_has_words() -> None:
    assert set(Rule) <= set(known("Phrase"))


def test_every_kind_of_incident_has_sentences_and_no_other() -> None:
    kinds = known("IncidentWords")
    assert len(kinds) == len(set(kinds)) == len(IncidentKind)
    assert set(kinds) == set(IncidentKind)


def test_the_usual_notice_is_what_pages_say_of_it_in_english() -> None:
    assert f'usualNotice: "{NOTICE}"' in (NORWEGIAN.parent / "texts.ts").read_text()
