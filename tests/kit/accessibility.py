"""What axe finds against a page as it stands: WCAG 2.2, levels A and AA."""

from functools import cache
from pathlib import Path
from typing import Final

from playwright.async_api import Page

AXE: Final = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
LEVELS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

_RUN = """async (levels) => {
    const { violations } = await axe.run(document, {
        runOnly: levels,
        rules: { "target-size": { enabled: true } },
        resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
        `${id}: ${node.html.slice(0, 160)} (${node.failureSummary.split("\\n").slice(1).join(";").trim()})`));
}"""


async def violations(page: Page) -> list[str]:
    """Each element that does not do as it must, with the rule and what is wrong with it."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_axe())
    return list(await page.evaluate(_RUN, LEVELS))


@cache
def _axe() -> str:
    return AXE.read_text()
