"""What speaks against a page as it stands: axe, by WCAG 2.2 A and AA; what is held without a reason."""

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

_UNREASONED = """() => {
    const words = (one) => (one.getAttribute("aria-describedby") ?? "").split(" ")
        .map((id) => document.getElementById(id)?.textContent ?? "").join("").trim();
    return [...document.querySelectorAll(':is(button, input, textarea):disabled, [aria-disabled="true"]')]
        .filter((one) => one.getAttribute("aria-busy") !== "true")
        .filter((one) => !one.closest("[data-why]:not([data-why=''])") && !words(one))
        .map((one) => `no reason: ${one.outerHTML.slice(0, 160)}`);
}"""


async def violations(page: Page) -> list[str]:
    """Each element that does not do as it must, with the rule and what is wrong with it."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_axe())
    return [*await page.evaluate(_RUN, LEVELS), *await unreasoned(page)]


async def unreasoned(page: Page) -> list[str]:
    """What cannot be pressed or filled in, and neither is busy nor says why."""
    return list(await page.evaluate(_UNREASONED))


@cache
def _axe() -> str:
    return AXE.read_text()
