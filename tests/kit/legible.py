"""How large the letters of a page are, and whether all have room. What each size is for: `web/README.md`."""

from typing import Final

from playwright.async_api import Page

SHOW_PX: Final = 16.0
NEAR_PX: Final = 14.0
USUAL_ROOT_PX: Final = 16.0
"""What sizes are told at: on a large screen all of them grow alike."""

NEAR: Final = (
    ".desk-hint, .desk-cost, .reason, .language-menu, .canvas-state, .strip-loudness small, .invites-until",
    ".thumbnail-old",
    ".field-label, .field-note, .checkbox-hint, .drawer-title, .incident dt, .chat-who",
    ".arrival-title, .arrival-rows, .guest-notice h2, .self-view-hint, .cue-message h2, .cue-countdown-title",
)
"""Hints, help, titles of what is larger itself. All else is needed during a show."""

NEAR_ON_A_PHONE: Final = ".guest-bar .button, .prompter-bar .button"
"""A phone is held in the hand."""

_TEXTS = """
const seen = (element) => !element.closest(".only-heard")
    && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const texts = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const { data, parentElement: element } = walker.currentNode;
    if (!data.trim() || element.closest("script, style, option, title") || !seen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    texts.push({ element, data: data.trim(), place: range.getBoundingClientRect() });
}
const written = "input:not([type=range], [type=checkbox], [type=radio], [type=color]), select, textarea";
for (const element of document.querySelectorAll(written))
    if (seen(element)) texts.push({ element, data: element.value, place: element.getBoundingClientRect() });
const nameOf = (element) => `${element.tagName.toLowerCase()}.${element.className}`;
const named = ({ element, data }) => `${nameOf(element)}: ${data.slice(0, 40)}`;
"""

_SMALL = f"""([near, show, least]) => {{
    {_TEXTS}
    return texts.flatMap((text) => {{
        const px = parseFloat(getComputedStyle(text.element).fontSize);
        const needed = text.element.closest(near) ? least : show;
        return px < needed - 0.01 ? [`${{px}} px, ${{named(text)}}`] : [];
    }});
}}"""

_CRAMPED = f"""() => {{
    {_TEXTS}
    const boxes = "button, .button, .chip, .strip, .scene, .tile, .drawer, dialog, main";
    const isCut = (element, end) => {{
        for (let each = element; each && each !== end.parentElement; each = each.parentElement)
            if (getComputedStyle(each).overflowX !== "visible") return true;
        return false;
    }};
    const runsOut = ({{ element, place }}) => {{
        const box = element.closest(boxes);
        if (!box || isCut(element, box)) return false;
        const {{ left, right }} = box.getBoundingClientRect();
        return place.left < left - 1 || place.right > right + 1;
    }};
    const pen = document.createElement("canvas").getContext("2d");
    const isNarrow = ({{ element }}) => {{
        if (!(element instanceof HTMLSelectElement)) return false;
        const {{ font, paddingLeft, paddingRight }} = getComputedStyle(element);
        pen.font = font;
        const wide = pen.measureText(element.selectedOptions[0]?.text ?? "").width;
        return wide > element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    }};
    const isCramped = (text) => runsOut(text) || isNarrow(text);
    const found = texts.filter(isCramped).map((text) => `no room: ${{named(text)}}`);
    const {{ scrollWidth, clientWidth }} = document.documentElement;
    const isWide = scrollWidth > clientWidth;
    return isWide ? [...found, `the page is ${{scrollWidth}} wide in ${{clientWidth}}`] : found;
}}"""


async def too_small(page: Page, *, phone: bool = False) -> list[str]:
    """Every text that is smaller than its class is made for."""
    root = float(await page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)"))
    near = ", ".join((*NEAR, NEAR_ON_A_PHONE) if phone else NEAR)
    scale = root / USUAL_ROOT_PX
    return list(await page.evaluate(_SMALL, [near, SHOW_PX * scale, NEAR_PX * scale]))


async def cramped(page: Page) -> list[str]:
    """Every text that runs out of what it stands in, and a page that is wider than its window."""
    return list(await page.evaluate(_CRAMPED))
