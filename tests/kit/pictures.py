"""Pictures of pages for the documents, taken by the tests that walk through their states.

`make pictures` takes them anew; other runs of the tests take none.
"""

import os
from pathlib import Path

from playwright.async_api import Page

from tests.kit.accessibility import violations
from tests.kit.browser import DESKTOP, PHONE
from tests.kit.legible import too_small

FOLDER = "STAGEDOOR_PICTURES"
"""The environment's name for the folder that they go to."""


async def picture(page: Page, name: str, *, phone: bool = True) -> None:
    """Take `name.png` as on a desktop, and `name-phone.png` as on a phone held upright."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    sizes = {"": DESKTOP, "-phone": PHONE} if phone else {"": DESKTOP}
    before = page.viewport_size
    for suffix, (width, height) in sizes.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=Path(folder, f"{name}{suffix}.png"))
    if before is not None:
        await page.set_viewport_size(before)


async def looked_at(page: Page, name: str, *, phone: bool = True) -> None:
    """A state that everybody can use and read, by axe, and on a phone held upright; with its picture."""
    assert await violations(page) == []
    assert await too_small(page) == []
    assert await cut_off(page) == []
    await picture(page, name, phone=phone)


async def plain_devices(page: Page) -> None:
    """Load a page anew where devices have plain names, which those of the browser's stand-ins are not."""
    await page.add_init_script(f"({_PLAIN_NAMES})()")
    await page.reload()


async def cut_off(page: Page) -> list[str]:
    """What a phone held upright does not show whole at the sides or large enough, for eyes or for a thumb."""
    before = page.viewport_size
    width, height = PHONE
    await page.set_viewport_size({"width": width, "height": height})
    found = [*await page.evaluate(_CUT_OFF), *await too_small(page, phone=True)]
    if before is not None:
        await page.set_viewport_size(before)
    return found


_PLAIN_NAMES = """() => {
    if (!window.isSecureContext) return;
    const names = { videoinput: "Camera", audioinput: "Microphone", audiooutput: "Headphones" };
    const label = { get() { return names[this.kind]; } };
    Object.defineProperty(MediaDeviceInfo.prototype, "label", label);
    Object.defineProperty(InputDeviceInfo.prototype, "label", label);
}"""
_CUT_OFF = """() => [...document.querySelectorAll(
    "button, input, select, h1, p, video, li"
)].flatMap((each) => {
    const box = each.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return [];
    const name = `${each.tagName} ${each.textContent || each.getAttribute("aria-label")}`;
    const out = box.left < 0 || box.right > innerWidth + 0.5 ? [`${name}: cut off`] : [];
    const low = each.tagName === "BUTTON" && box.height < 40 ? [`${name}: ${box.height} high`] : [];
    return [...out, ...low];
})"""
