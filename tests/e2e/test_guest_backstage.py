"""What the producer sends to a guest's page, and what the guest says: one walk through every state.

With `make pictures` the same walk takes the pictures of the documents.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.kit.app import App, running_app
from tests.kit.backstage import command, done, fate, refused
from tests.kit.browser import chromium, visitor
from tests.kit.pages import join, plays, seated
from tests.kit.pictures import looked_at, plain_devices
from tests.kit.show import Show, camera_file, microphone_file
from tests.kit.wait import until

pytestmark = pytest.mark.e2e

SHOW = Show(640, 360, color=(70, 120, 170), tone=300, seconds=2)
MIXER: Mapping[str, Any] = {
    "width": 640,
    "height": 360,
    "preset": "ultrafast",
    "bitrate": 800_000,
    "returns": {"width": 640, "height": 360, "frame_rate": 15},
}
PROMPTED = (
    "Good evening, and welcome to Evening Talk. Tonight we look back at a year on the water, "
    "and ahead at what the harbour will be. Later we hear from those who work there every day. " * 8
)
_TRACK_ON = """() => [...document.querySelectorAll(".self-view video")]
    .some((video) => video.srcObject?.getVideoTracks().some((track) => track.readyState === "live"))"""


async def microphone_and_camera(app: App, page: Page, guest: str) -> None:
    """Off when asked, on only by the person; what cannot be done is refused."""
    await done(app, guest, "mute")
    await expect(page.get_by_text("The producer has muted your microphone.")).to_be_visible()
    asked = await command(app, guest, "unmute_request")
    await fate(app, guest, asked, "delivered")
    await expect(page.get_by_text("The producer asks you to unmute")).to_be_visible()
    await expect(page.get_by_role("button", name="Unmute").first).to_be_visible()
    await looked_at(page, "guest-asked")
    await page.get_by_role("button", name="Stay muted").click()
    assert (await fate(app, guest, asked))["reason"] == "the guest stays muted"
    again = await command(app, guest, "unmute_request")
    await page.get_by_role("alert").get_by_role("button", name="Unmute").click()
    assert (await fate(app, guest, again))["state"] == "done"
    await expect(page.locator(".guest-bar").get_by_role("button", name="Mute")).to_be_visible()
    await done(app, guest, "camera_off")
    assert not await page.evaluate(_TRACK_ON)
    await expect(page.get_by_text("The producer has switched your camera off.")).to_be_visible()
    assert "camera is off" in await refused(app, guest, "device", device="camera")
    await page.locator(".guest-bar").get_by_role("button", name="Camera on").click()
    await plays(page.locator(".self-view video"))
    assert "Cellar" in await refused(app, guest, "device", device="microphone", label="Cellar")
    assert "no more than 640×360" in await refused(app, guest, "quality", quality="1080p")
    await expect(page.get_by_text("no more than 640×360")).to_be_visible()
    await done(app, guest, "quality", quality="360p")
    await expect(page.get_by_text("has set your picture to 360p")).to_be_visible()
    await page.get_by_role("button", name="OK", exact=True).click()
    await expect(page.get_by_text("has set your picture")).to_have_count(0)
    await until(lambda: _tells_its_devices(app, guest), what="the page's own word of its devices")


async def _tells_its_devices(app: App, guest: str) -> bool:
    devices = (await app.api.get(f"/api/guests/{guest}")).json()["devices"]
    in_use = [devices[kind]["now"] in devices[kind]["names"] for kind in ("camera", "microphone")]
    return all(in_use) and devices["quality"] == "360p"


async def words_and_countdown(app: App, page: Page, guest: str) -> None:
    """A message stays over a reload until it is read; the countdown runs to the moment that was named."""
    await done(app, guest, "message", text="Please look into the camera.\nYou are next.")
    await done(app, guest, "countdown", seconds=600)
    clock = page.get_by_role("timer")
    await expect(clock).to_have_text("9:58", timeout=15_000)
    await looked_at(page, "guest-message")
    await page.reload()
    await seated(page)
    message = page.locator(".cue-message")
    await expect(message).to_contain_text("Please look into the camera.")
    await expect(clock).to_contain_text("9:")
    await message.get_by_role("button", name="I have read it").click()
    await expect(message).to_have_count(0)
    await looked_at(page, "guest-countdown")
    await done(app, guest, "countdown", seconds=1)
    await expect(clock).to_have_text("Now")
    await done(app, guest, "countdown", seconds=0)
    await expect(clock).to_have_count(0)


async def prompter(app: App, page: Page, guest: str) -> None:
    """It runs by, stands when the guest says so, and is as large as the guest wants it."""
    await plays(page.get_by_label("From the studio").locator("video"))
    await done(app, guest, "prompter", text=PROMPTED, speed=300, size=6)
    text = page.get_by_role("region", name="Prompter")

    async def runs() -> bool:
        return bool(await text.evaluate("(each) => each.scrollTop") > 20)

    await until(runs, 15, interval=0.1, what="the prompter to run")
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("button", name="Go on")).to_be_visible()
    stands = await text.evaluate("(each) => each.scrollTop")
    await looked_at(page, "guest-prompter")
    assert await text.evaluate("(each) => each.scrollTop") == stands
    size = "(each) => parseFloat(getComputedStyle(each.firstElementChild).fontSize)"
    before = await text.evaluate(size)
    await page.get_by_role("button", name="Larger").click()
    assert await text.evaluate(size) > before
    await done(app, guest, "prompter", text="")
    await expect(text).to_have_count(0)


async def chat_and_hand(app: App, page: Page, guest: str) -> None:
    """What is said is counted until it is looked at; the hand is up once control says so."""
    said = await app.api.post("/api/chat", json={"text": "Can you hear the host?", "guest": guest})
    assert said.status_code == 201, said.text
    button = page.locator(".guest-bar").get_by_role("button", name="Chat")
    await expect(button).to_contain_text("1")
    await looked_at(page, "guest-unread")
    await button.click()
    chat = page.get_by_role("region", name="Chat")
    await expect(chat).to_contain_text("Can you hear the host?")
    await expect(button).not_to_contain_text("1")
    await page.keyboard.type("Loud and clear")
    await page.keyboard.press("Enter")
    await expect(chat.get_by_label("Your message")).to_have_value("")
    await chat.get_by_role("button", name="Everyone").click()
    await chat.get_by_label("Your message").fill("Good evening to all of you")
    await chat.get_by_role("button", name="Send").click()
    await expect(chat.get_by_role("article")).to_have_count(3)
    found = (await app.api.get("/api/chat")).json()["messages"]
    assert [(each["text"], each["guest"], each["sender"]) for each in found[1:]] == [
        ("Loud and clear", guest, guest),
        ("Good evening to all of you", None, guest),
    ]
    await looked_at(page, "guest-chat")
    before = page.viewport_size
    assert before is not None
    # What a phone's keyboard leaves: what is written, what was said last, and whether one is on air.
    await page.set_viewport_size({"width": 390, "height": 430})
    await expect(chat.get_by_label("Your message")).to_be_in_viewport(ratio=1)
    await expect(chat.get_by_text("Good evening to all of you")).to_be_in_viewport(ratio=1)
    await expect(page.locator(".tally-line")).to_be_in_viewport(ratio=1)
    await expect(page.locator(".guest-bar")).to_be_hidden()
    await page.set_viewport_size({"width": before["width"], "height": before["height"]})
    await page.keyboard.press("Escape")
    await expect(chat).to_have_count(0)
    await expect(button).to_be_focused()
    await page.get_by_role("button", name="Raise hand").click()
    await expect(page.get_by_role("button", name="Lower hand")).to_be_visible()
    assert [each["hand_raised"] is not None for each in await app.guests()] == [True]
    await looked_at(page, "guest-hand")
    lowered = await app.api.post(f"/api/guests/{guest}/hand", json={"raised": False})
    assert lowered.is_success, lowered.text
    await expect(page.get_by_role("button", name="Raise hand")).to_be_visible()


async def test_what_the_producer_sends_and_the_guest_says() -> None:
    async with (
        running_app(with_mixer=True, mixer=MIXER, guests={"production": "Evening Talk"}) as app,
        chromium(camera=camera_file(SHOW), microphone=microphone_file(SHOW)) as browser,
    ):
        invite = await app.invite("guest1", name="Ada")
        async with visitor(browser, invite["url"]) as guest:
            page = guest.page
            await plain_devices(page)
            await join(page)
            await seated(page)
            await app.logged("guest1 is live after")
            (found,) = await app.guests()
            await microphone_and_camera(app, page, found["id"])
            await words_and_countdown(app, page, found["id"])
            await prompter(app, page, found["id"])
            await chat_and_hand(app, page, found["id"])
            assert guest.errors == []
