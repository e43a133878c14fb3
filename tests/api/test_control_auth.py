"""Who may do what: tokens, cookies, other sites, proxies; and the header fields of pages."""

import re
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import segno

from stagedoor.control import core
from stagedoor.control.app import openapi_document
from stagedoor.control.door import qr_svg
from stagedoor.control.events import Listener
from stagedoor.control.routes import pages
from stagedoor.domain.house import SHOWN_MS
from stagedoor.ipc.tokens import sign
from tests.kit.control_app import AS_OPERATOR, OPERATOR, SDP, SECRETS, House, bearer, running_house
from tests.kit.wait import until

pytestmark = pytest.mark.api

OPERATORS_ONLY = [
    ("GET", "/api/guests"),
    ("GET", "/api/guests/guest1"),
    ("GET", "/api/seats"),
    ("POST", "/api/guests/guest1/seat"),
    ("POST", "/api/guests/guest1/hold"),
    ("POST", "/api/guests/guest1/remove"),
    ("POST", "/api/guests/guest1/rename"),
    ("POST", "/api/guests/guest1/carrier"),
    ("GET", "/api/carrier/cost"),
    ("POST", "/api/carrier/cost/reset"),
    ("GET", "/api/invites"),
    ("POST", "/api/invites"),
    ("DELETE", "/api/invites/x"),
    ("GET", "/api/calls/sessions"),
    ("GET", "/api/health"),
    ("GET", "/api/events"),
    ("GET", "/api/events/next"),
    ("GET", "/metrics"),
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    server = {"trusted_proxies": ["10.0.0.0/8"]}
    async with running_house(tmp_path, server=server) as made:
        yield made


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "static"
    (made / "assets").mkdir(parents=True)
    for name in ("guest", "switcher"):
        (made / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (made / "assets" / "a-1.js").write_text("1")
    monkeypatch.setattr(pages, "STATIC", made)
    return made


async def log_in(house: House) -> dict[str, str]:
    answer = await house.client.get(f"/switcher?token={OPERATOR}")
    assert answer.status_code == 303
    house.client.cookies.clear()
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


class TestOperator:
    @pytest.mark.parametrize(("method", "url"), OPERATORS_ONLY)
    async def test_strangers_and_guests_are_refused(self, house: House, method: str, url: str) -> None:
        answer = await house.client.request(method, url)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert "www-authenticate" in answer.headers
        assert (await house.client.request(method, url, headers=bearer("wrong"))).status_code == 401
        if url != "/api/guests/guest1":
            token = await house.invite(seat="guest1")
            assert (await house.client.request(method, url, headers=bearer(token))).status_code == 403

    async def test_the_link_becomes_a_cookie(self, house: House) -> None:
        answer = await house.client.get(f"/switcher?token={OPERATOR}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/switcher")
        cookie = answer.headers["set-cookie"]
        assert OPERATOR not in cookie
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie

    async def test_the_links_language_stays(self, house: House) -> None:
        answer = await house.client.get(f"/switcher?token={OPERATOR}&lang=nb%0d%0aX-Y:%20z")
        assert answer.headers["location"] == "/switcher?lang=nb%0D%0AX-Y%3A+z"

    async def test_by_https_the_cookie_is_for_https_only(self, house: House) -> None:
        house.client.base_url = "https://testserver"
        answer = await house.client.get(f"/switcher?token={OPERATOR}")
        assert "Secure" in answer.headers["set-cookie"]

    async def test_a_wrong_link(self, house: House) -> None:
        answer = await house.client.get("/switcher?token=wrong")
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert "stagedoor link" in answer.text

    async def test_a_cookie_reads(self, house: House) -> None:
        cookie = await log_in(house)
        assert (await house.client.get("/api/guests", headers=cookie)).status_code == 200

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({}, 403),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "https://testserver"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-origin"}, 201),
            ({"Origin": "http://testserver"}, 201),
        ],
    )
    async def test_it_changes_something_only_from_our_own_pages(
        self, house: House, fields: dict[str, str], status: int
    ) -> None:
        cookie = await log_in(house)
        answer = await house.client.post("/api/invites", json={}, headers={**cookie, **fields})
        assert answer.status_code == status
        if status == 403:
            assert answer.json()["code"] == "cross_origin"

    @pytest.mark.parametrize("value", ["x", "a.b", sign(SECRETS.signing_key, "operator", {"t": "0"}, None)])
    async def test_cookies_that_are_not_ours(self, house: House, value: str) -> None:
        answer = await house.client.get("/api/guests", headers={"Cookie": f"stagedoor_operator={value}"})
        assert answer.status_code == 401

    async def test_a_cookie_ends(self, house: House) -> None:
        cookie = await log_in(house)
        house.late_ms = 31 * 86_400_000
        assert (await house.client.get("/api/guests", headers=cookie)).status_code == 401


class TestGuests:
    async def test_guests_see_themselves_only(self, house: House) -> None:
        mine, other = await house.invite(seat="guest1"), await house.invite(seat="guest2")
        guest = (await house.join(mine)).json()["guest"]["id"]
        assert (await house.client.get(f"/api/guests/{guest}", headers=bearer(mine))).status_code == 200
        for method, url in (("GET", ""), ("POST", "/leave"), ("POST", "/report")):
            answer = await house.client.request(
                method,
                f"/api/guests/{guest}{url}",
                headers=bearer(other),
                json={"camera": "on", "mic": "on"} if method == "POST" else None,
            )
            assert answer.status_code == 403

    async def test_ice_servers_want_an_invite_or_the_operator(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        url = "/api/calls/ice-servers"
        assert (await house.client.get(url)).status_code == 401
        assert (await house.client.get(url, headers=bearer(token))).json() == {"ice_servers": []}
        assert (await house.client.get(url, headers=AS_OPERATOR)).status_code == 200


async def _texts(listener: Listener) -> AsyncIterator[str]:
    """Everything that waits for somebody who listens."""
    while (event := await listener.next()) is not None:
        yield event[1]


class TestInvites:
    async def test_a_link_and_a_qr_code(self, house: House) -> None:
        made = (await house.operator("POST", "/api/invites", json={"seat": "guest1", "name": "Ann"})).json()
        assert made["url"] == f"http://testserver/guest_join?invite={made['token']}"
        assert made["qr_svg"].startswith("<svg")
        assert (made["seat"], made["name"], made["admit"]) == ("guest1", "Ann", "direct")
        assert made["expires_at"].endswith("Z")

    async def test_one_that_never_ends(self, house: House) -> None:
        made = (await house.operator("POST", "/api/invites", json={"expires_s": None})).json()
        assert made["expires_at"] is None
        house.late_ms = 10**12
        assert (await house.join(made["token"])).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {"seat": ""},
            {"seat": 7},
            {"seatt": "guest1"},
            {"expires_s": 0},
            {"expires_s": 10**12},
            {"name": "x" * 81},
            {"name": "a\x00b"},
            {"admit": "never"},
            [],
        ],
    )
    async def test_bodies_that_cannot_be(self, house: House, body: object) -> None:
        answer = await house.operator("POST", "/api/invites", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")

    async def test_operators_are_told_that_other_links_work(self, house: House) -> None:
        async def number() -> int:
            return int(
                (await house.operator("GET", "/api/events/next")).json()["events"][0]["data"]["invites"]
            )

        seen = [await number()]
        made = (await house.operator("POST", "/api/invites", json={"seat": "guest1"})).json()
        seen.append(await number())
        listener = Listener()
        with house.control.stage.events.listening(listener, house.control.snapshot()):
            await house.operator("DELETE", f"/api/invites/{made['id']}")
            listener.end()
            told = [text async for text in _texts(listener)]
        assert sum('"type":"invites"' in text for text in told) == 1
        seen.append(await number())
        assert seen[0] < seen[1] < seen[2]

    async def test_an_unknown_seat(self, house: House) -> None:
        answer = await house.operator("POST", "/api/invites", json={"seat": "guest9"})
        assert (answer.status_code, answer.json()["code"]) == (404, "seat_unknown")

    async def test_through_a_proxy_that_is_trusted(self, house: House) -> None:
        fields = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "show.example"}
        made = await house.client.post("/api/invites", json={}, headers={**AS_OPERATOR, **fields})
        assert made.json()["url"].startswith("http://testserver/")
        house.come_from("10.1.2.3")
        made = await house.client.post("/api/invites", json={}, headers={**AS_OPERATOR, **fields})
        assert made.json()["url"].startswith("https://show.example/")

    @pytest.mark.parametrize(
        ("fields", "root"),
        [
            (
                {"Forwarded": 'for=203.0.113.9;proto=https;host="show.example:8443"'},
                "https://show.example:8443",
            ),
            ({"Forwarded": "host=evil.example, host=show.example;proto=https"}, "https://show.example"),
            ({"Forwarded": "host=evil.example", "X-Forwarded-Proto": "https"}, "https://testserver"),
            ({"X-Forwarded-Host": "evil.example, show.example"}, "http://show.example"),
            (
                {"X-Forwarded-Host": "[2001:db8::1]:8443", "X-Forwarded-Proto": "wss"},
                "https://[2001:db8::1]:8443",
            ),
            ({"X-Forwarded-Host": 'a"onload=b'}, "http://testserver"),
            ({"X-Forwarded-Proto": "gopher"}, "http://testserver"),
            ({"Forwarded": "this is; not, a = header"}, "http://testserver"),
        ],
    )
    async def test_what_a_trusted_proxy_says(self, house: House, fields: dict[str, str], root: str) -> None:
        house.come_from("10.1.2.3")
        made = await house.client.post("/api/invites", json={}, headers={**AS_OPERATOR, **fields})
        assert made.json()["url"].partition("/guest_join")[0] == root
        house.come_from("192.0.2.1")
        made = await house.client.post("/api/invites", json={}, headers={**AS_OPERATOR, **fields})
        assert made.json()["url"].startswith("http://testserver/")


class TestJoinInfo:
    async def test_names_a_seat_as_people_read_it(self, tmp_path: Path) -> None:
        seats = [{"name": "guest1", "label": "Host"}]
        async with running_house(tmp_path, guests={"seats": seats}) as house:
            token = await house.invite(seat="guest1")
            info = (await house.client.get("/api/join", headers=bearer(token))).json()
            assert info["invite"]["seat_label"] == "Host"
            await house.join(token)
            assert [each["seat_label"] for each in await house.guests()] == ["Host"]

    async def test_by_invite(self, house: House) -> None:
        token = await house.invite(seat="guest1", name="Ann")
        info = (await house.client.get("/api/join", headers=bearer(token))).json()
        invite = {"seat": "guest1", "seat_label": "guest1", "name": "Ann", "admit": "direct"}
        assert info["invite"] == invite
        assert info["guest"] is None
        assert not any(info[what] for what in ("records", "streams", "returns"))
        assert (await house.guests())[0]["state"] == "checking"
        await house.join(token)
        info = (await house.client.get("/api/join", headers=bearer(token))).json()
        assert info["guest"]["state"] == "seated"

    async def test_without_one(self, house: House) -> None:
        info = (await house.client.get("/api/join")).json()
        assert (info["invite"], info["guest"], info["open"]) == (None, None, False)
        assert info["notice_version"]
        assert info["usual_notice"]
        assert await house.guests() == []

    async def test_consent_to_another_version_is_no_consent(self, house: House) -> None:
        body = {"name": "Ann", "consent": "old", "instance": "p"}
        answer = await house.client.post("/api/join", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "consent_needed")
        assert await house.guests() == []

    async def test_a_knock_gets_a_token_of_its_own(self, house: House) -> None:
        joined = (await house.join(None)).json()
        assert joined["endpoint"] == f"/api/calls/whip/{joined['guest']['id']}"
        again = (await house.join(joined["token"])).json()
        assert again["guest"]["id"] == joined["guest"]["id"]

    async def test_a_knock_that_is_over_makes_nobody_expected(self, house: House) -> None:
        joined = (await house.join(None)).json()
        token, guest = joined["token"], joined["guest"]["id"]
        await house.client.post(f"/api/guests/{guest}/leave", headers=bearer(token))
        house.late_ms = SHOWN_MS
        await until(lambda: not house.control.stage.house.guests)
        info = (await house.client.get("/api/join", headers=bearer(token))).json()
        assert (info["guest"], await house.guests()) == (None, [])
        assert not house.control.stage.house.invites
        again = (await house.join(token)).json()["guest"]
        assert (again["state"], again["id"] == guest) == ("lobby", False)

    async def test_the_https_address_where_the_page_came_without(self, tmp_path: Path) -> None:
        server = {"public_url": "https://show.example"}
        async with running_house(tmp_path, server=server) as house:
            info = (await house.client.get("/api/join")).json()
            assert info["https_url"] == "https://show.example/guest_join"
            house.client.base_url = "http://localhost"
            assert (await house.client.get("/api/join")).json()["https_url"] is None


class TestPublicUrl:
    """Behind a proxy that nobody has named in `trusted_proxies`, which takes TLS away."""

    PUBLIC = "https://show.example:8443"

    @pytest.fixture
    async def public(self, tmp_path: Path) -> AsyncIterator[House]:
        server = {"public_url": "HTTPS://Show.Example:8443/"}
        async with running_house(tmp_path, server=server) as made:
            made.client.base_url = "http://show.example:8443"
            yield made

    async def test_every_link(self, public: House) -> None:
        for base in ("http://show.example:8443", "http://127.0.0.1:8000"):
            public.client.base_url = base
            made = (await public.operator("POST", "/api/invites", json={"seat": "guest1"})).json()
            assert made["url"] == f"{self.PUBLIC}/guest_join?invite={made['token']}"
            assert made["qr_svg"] == qr_svg(made["url"])
            listed = (await public.operator("GET", "/api/invites")).json()["invites"]
            assert {invite["url"].partition("/guest_join")[0] for invite in listed} == {self.PUBLIC}

    async def test_codes_are_drawn_once_and_beside_the_loop(
        self, public: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn: list[int] = []
        make = segno.make

        def drawing(*args: Any, **named: Any) -> segno.QRCode:
            drawn.append(threading.get_ident())
            return make(*args, **named)

        monkeypatch.setattr(segno, "make", drawing)
        for _ in range(3):
            await public.operator("POST", "/api/invites", json={"seat": "guest1"})
        for _ in range(2):
            assert len((await public.operator("GET", "/api/invites")).json()["invites"]) == 3
        assert len(drawn) == 3
        assert threading.get_ident() not in drawn

    async def test_a_new_session_is_where_its_publisher_came(self, public: House) -> None:
        token = await public.invite(seat="guest1")
        answer = await public.whip("guest1", token)
        assert answer.headers["location"].startswith(f"{self.PUBLIC}/api/calls/whip/guest1/")
        public.client.base_url = "http://127.0.0.1:8000"
        answer = await public.whip("guest1", token)
        assert answer.headers["location"].startswith("/api/calls/whip/guest1/")
        viewed = await public.client.post("/whep/guest1", content="v=0", headers={**SDP, **AS_OPERATOR})
        assert viewed.headers["location"].startswith("/whep/guest1/")

    async def test_the_cookie_is_for_https(self, public: House) -> None:
        answer = await public.client.get(f"/switcher?token={OPERATOR}")
        assert "; Secure" in answer.headers["set-cookie"]
        assert answer.headers["location"] == "/switcher"
        public.client.base_url = "http://127.0.0.1:8000"
        answer = await public.client.get(f"/switcher?token={OPERATOR}")
        assert "Secure" not in answer.headers["set-cookie"]

    @pytest.mark.parametrize(
        ("base", "origin", "status"),
        [
            ("http://show.example:8443", PUBLIC, 201),
            ("http://127.0.0.1:8000", PUBLIC, 201),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000", 201),
            ("http://show.example:8443", "http://show.example:8443", 403),
            ("http://show.example:8443", "https://show.example", 403),
            ("http://show.example:8443", "https://evil.example", 403),
        ],
    )
    async def test_whose_pages_may_change_something(
        self, public: House, base: str, origin: str, status: int
    ) -> None:
        cookie = await log_in(public)
        public.client.base_url = base
        answer = await public.client.post("/api/invites", json={}, headers={**cookie, "Origin": origin})
        assert answer.status_code == status

    @pytest.mark.usefixtures("static")
    async def test_the_pages_may_open_its_websockets(self, public: House) -> None:
        for base in ("http://show.example:8443", "http://127.0.0.1:8000"):
            public.client.base_url = base
            policy = (await public.client.get("/guest_join")).headers["content-security-policy"]
            assert "wss://show.example:8443" in policy


class TestPages:
    @pytest.mark.usefixtures("static")
    async def test_header_fields(self, house: House) -> None:
        answer = await house.client.get("/guest_join?invite=x")
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "ws://testserver" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "camera=(self)" in answer.headers["permissions-policy"]
        assert answer.headers["cache-control"] == "no-cache"

    @pytest.mark.usefixtures("static")
    async def test_the_switcher_wants_the_operator(self, house: House) -> None:
        answer = await house.client.get("/switcher")
        assert answer.status_code == 401
        assert "stagedoor link" in answer.text
        answer = await house.client.get("/switcher", headers=await log_in(house))
        assert "<title>switcher" in answer.text

    async def test_a_page_and_its_events_name_the_same_build_until_another_one_is_served(
        self, tmp_path: Path, static: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(core, "STATIC", static)
        for name in ("guest", "switcher"):
            (static / f"{name}.html").write_text(f"<!doctype html><head><title>{name}</title></head>")
        async with running_house(tmp_path) as house:
            cookie = await log_in(house)

            async def told() -> str:
                news = (await house.operator("GET", "/api/events/next")).json()
                build: str = news["events"][0]["data"]["build"]
                return build

            async def marked(url: str) -> str:
                text = (await house.client.get(url, headers=cookie)).text
                found = re.search(r'<head><meta name="stagedoor-build" content="([0-9a-f]{16})" />', text)
                assert found is not None
                return found[1]

            first = await told()
            assert await marked("/switcher") == first
            guest = (await house.join(await house.invite(seat="guest1"))).json()["guest"]["id"]
            own = house.control.guest_snapshot(house.control.stage.house.guests[guest]).build
            assert await marked("/guest_join") == own != first
            (static / "switcher.html").write_text("<!doctype html><head><title>newer</title></head>")
            assert await marked("/switcher") != first
            assert await told() != first

    async def test_without_the_built_files(
        self, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages, "STATIC", tmp_path / "nothing")
        answer = await house.client.get("/guest_join")
        assert (answer.status_code, answer.json()["code"]) == (404, "pages_missing")

    async def test_unknown_places(self, house: House) -> None:
        for url in ("/nothing", "/assets/nothing.js", "/assets/../app.py", "/api/nothing"):
            answer = await house.client.get(url)
            assert answer.status_code == 404
            assert answer.headers["content-type"] == "application/problem+json"

    async def test_the_root_leads_to_the_guest_page(self, house: House) -> None:
        assert (await house.client.get("/")).headers["location"] == "/guest_join"


class TestHealth:
    async def test_all_is_well(self, house: House) -> None:
        assert (await house.client.get("/healthz")).text == "ok\n"
        assert (await house.client.get("/readyz")).text == "ready\n"
        health = (await house.operator("GET", "/api/health")).json()
        assert health == {"status": "ok", "parts": {"control": "ok", "relay": "ok"}, "warnings": []}

    async def test_metrics_of_both(self, house: House) -> None:
        await house.join(None)
        text = (await house.operator("GET", "/metrics")).text
        assert 'stagedoor_guests{state="lobby"} 1.0' in text
        assert "stagedoor_fake_total 1" in text


class TestOpenapi:
    def test_operations_have_readable_names(self) -> None:
        document = openapi_document()
        names = [op["operationId"] for path in document["paths"].values() for op in path.values()]
        assert len(names) == len(set(names))
        assert {"publish", "join", "list_guests", "seat_guest", "make_invite"} <= set(names)

    def test_events_are_described(self) -> None:
        schemas = openapi_document()["components"]["schemas"]
        assert {"SnapshotEvent", "GuestEvent", "EndedEvent", "Problem", "SessionView"} <= set(schemas)
        assert not [name for name in schemas if "__" in name]

    async def test_it_is_served(self, house: House) -> None:
        assert (await house.client.get("/openapi.json")).json() == openapi_document()


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"nul", b'{"name": 1}', b"x" * 300_000])
async def test_garbage_is_refused(house: House, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await house.client.post("/api/join", content=body, headers=headers)
    assert answer.status_code in (400, 413, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_long_json_without_a_length_is_cut_off(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    headers = {"Content-Type": "application/json"}
    answer = await house.client.post("/api/join", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
