"""WHIP conformance (RFC 9725): status codes, header fields, tokens, and what is refused."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from stagedoor.control.http import MAX_BODY
from stagedoor.domain.errors import BadOfferError, CapacityError, NegotiationError
from tests.kit.control_app import OFFER, OPERATOR, SDP, House, bearer, running_house

pytestmark = pytest.mark.api

FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
TURN = {"urls": ["turn:turn.example.org"], "username": "u", "credential": 'c"d'}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    servers = {"ice_servers": [{"urls": "stun:stun.example.org"}, TURN]}
    async with running_house(tmp_path, webrtc=servers) as made:
        yield made


class TestEndpoint:
    async def test_an_offer_gets_an_answer(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        answer = await house.whip("guest1", token)
        assert answer.status_code == 201
        assert answer.headers["content-type"].startswith("application/sdp")
        assert answer.headers["etag"] == '"first"'
        assert answer.headers["accept-patch"] == "application/trickle-ice-sdpfrag"
        assert answer.headers["location"] == f"/api/calls/whip/guest1/{house.relay.newest()}"
        assert answer.text.startswith("v=0")
        assert answer.headers.get_list("link") == [
            '<stun:stun.example.org>; rel="ice-server"',
            '<turn:turn.example.org>; rel="ice-server"; username="u"; credential="c\\"d"; '
            'credential-type="password"',
        ]

    async def test_session_ids_cannot_be_guessed(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        for _ in range(3):
            await house.whip("guest1", token)
        ids = [request.session for request in house.relay.requests]
        assert len(set(ids)) == 3
        assert all(len(key) >= 32 for key in ids)

    async def test_an_offer_that_is_broken_off_is_no_bug_of_ours(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        head = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/sdp")]
        scope = {"type": "http", "method": "POST", "path": "/api/calls/whip/guest1", "query_string": b""}
        said: list[MutableMapping[str, Any]] = []

        async def leaves() -> dict[str, str]:
            return {"type": "http.disconnect"}

        async def take(message: MutableMapping[str, Any]) -> None:
            said.append(message)

        await house.app({**scope, "headers": head}, leaves, take)
        assert said[0]["status"] == 400
        assert house.relay.requests == []

    async def test_options(self, house: House) -> None:
        answer = await house.client.options("/api/calls/whip/guest1")
        assert answer.status_code == 200
        assert answer.headers["accept-post"] == "application/sdp"
        assert answer.headers["access-control-allow-origin"] == "*"

    async def test_preflight(self, house: House) -> None:
        asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
        answer = await house.client.options("/api/calls/whip/guest1", headers=asked)
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert "Authorization" in answer.headers["access-control-allow-headers"]

    async def test_other_origins_may_read_location_and_tag(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        answer = await house.whip("guest1", token)
        assert {"Location", "ETag", "Link"} <= set(
            answer.headers["access-control-expose-headers"].split(", ")
        )

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("url", ["/api/calls/whip/guest1", "/api/calls/whip/guest1/s", "/whep/guest1"])
    async def test_there_is_nothing_to_get(self, house: House, method: str, url: str) -> None:
        answer = await house.client.request(method, url)
        assert (answer.status_code, answer.content) == (204, b"")

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "FOO"])
    async def test_other_methods_are_refused(self, house: House, method: str) -> None:
        answer = await house.client.request(method, "/api/calls/whip/guest1")
        assert answer.status_code == 405
        assert {"POST", "OPTIONS"} <= set(answer.headers["allow"].split(", "))
        assert answer.json()["code"] == "method_not_allowed"

    @pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/sdp2", ""])
    async def test_other_types_are_refused(self, house: House, kind: str) -> None:
        token = await house.invite(seat="guest1")
        headers = {**bearer(token), "Content-Type": kind}
        answer = await house.client.post("/api/calls/whip/guest1", content=OFFER, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_type")

    @pytest.mark.parametrize("body", [b"", b" \r\n ", b"\xff\xfe\x00", b"hello", b"{}"])
    async def test_bodies_that_are_no_sdp_are_refused(self, house: House, body: bytes) -> None:
        token = await house.invite(seat="guest1")
        headers = {**SDP, **bearer(token)}
        answer = await house.client.post("/api/calls/whip/guest1", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_offer")
        assert await house.sessions() == {}

    async def test_long_bodies_are_refused_unread(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        answer = await house.whip("guest1", token, offer="v=0" + "x" * MAX_BODY)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    async def test_long_bodies_without_a_length_are_cut_off(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while sent < 100:
                sent += 1
                yield b"v=0\r\n" * 4000

        headers = {**SDP, **bearer(token)}
        answer = await house.client.post("/api/calls/whip/guest1", content=endless(), headers=headers)
        assert answer.status_code == 413

    @pytest.mark.parametrize(
        "error", [NegotiationError("no codec"), BadOfferError("bad line 3"), CapacityError("no port is free")]
    )
    async def test_the_relays_refusals_come_through(
        self, house: House, error: NegotiationError | BadOfferError | CapacityError
    ) -> None:
        token = await house.invite(seat="guest1")
        house.relay.refusal = error
        answer = await house.whip("guest1", token)
        assert (answer.status_code, answer.json()["detail"]) == (error.status, error.message)
        assert answer.headers["content-type"] == "application/problem+json"
        assert ("retry-after" in answer.headers) == (error.status == 503)

    async def test_a_refused_offer_leaves_the_session_before_alone(self, house: House) -> None:
        token = await house.invite(seat="guest1")
        await house.whip("guest1", token)
        before = await house.sessions()
        house.relay.refusal = BadOfferError("bad")
        await house.whip("guest1", token)
        assert await house.sessions() == before


class TestTokens:
    async def test_without_one(self, house: House) -> None:
        answer = await house.whip("guest1", None)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("token", ["x", "a.b", "é", "x" * 5000])
    async def test_a_wrong_one(self, house: House, token: str) -> None:
        headers = [(b"Content-Type", b"application/sdp"), (b"Authorization", f"Bearer {token}".encode())]
        answer = await house.client.post("/api/calls/whip/guest1", content=OFFER, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "invite_unknown")

    async def test_other_schemes(self, house: House) -> None:
        answer = await house.client.post(
            "/api/calls/whip/guest1", content=OFFER, headers={**SDP, "Authorization": "Basic Zm9vOmJhcg=="}
        )
        assert answer.status_code == 401

    async def test_one_of_another_seat(self, house: House) -> None:
        token = await house.invite(seat="guest2")
        assert (await house.whip("guest1", token)).status_code == 403

    async def test_a_place_that_there_is_not(self, house: House) -> None:
        token = await house.invite(seat="guest2")
        assert (await house.whip("guest9", token)).status_code == 404
        assert (await house.whip("guest9", OPERATOR)).status_code == 404

    @pytest.mark.parametrize("name", ["a b", "..", "%00", "x" * 200, "guest1%2F"])
    async def test_names_that_cannot_be(self, house: House, name: str) -> None:
        token = await house.invite(seat="guest2")
        assert (await house.whip(name, token)).status_code in (404, 405, 422)

    async def test_an_expired_one(self, house: House) -> None:
        token = await house.invite(seat="guest1", expires_s=10)
        house.late_ms = 11_000
        answer = await house.whip("guest1", token)
        assert (answer.status_code, answer.json()["code"]) == (410, "invite_expired")

    async def test_the_operators(self, house: House) -> None:
        assert (await house.whip("guest3", OPERATOR)).status_code == 201
        assert (await house.whip("guest3", OPERATOR)).status_code == 201
        assert list(await house.sessions()) == ["guest3"]

    async def test_the_operators_by_the_guests_id(self, house: House) -> None:
        await house.whip("guest3", OPERATOR)
        made = (await house.guest("guest3"))["id"]
        await house.operator("POST", f"/api/guests/{made}/hold")
        assert (await house.whip(made, OPERATOR)).status_code == 201
        await house.operator("POST", f"/api/guests/{made}/seat", json={"seat": "guest1"})
        assert (await house.whip(f"{made}-screen", OPERATOR)).status_code == 201
        assert (await house.whip("guest1", OPERATOR)).status_code == 201
        assert set(await house.sessions()) == {"guest1", "guest1-screen"}
        other = (await house.join(None)).json()["guest"]["id"]
        answer = await house.whip(other, OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (409, "seat_taken")
        await house.operator("POST", f"/api/guests/{made}/remove")
        answer = await house.whip(made, OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (403, "removed")


class TestResource:
    @pytest.fixture
    async def resource(self, house: House) -> tuple[str, str]:
        token = await house.invite(seat="guest1")
        return (await house.whip("guest1", token)).headers["location"], token

    async def patch(
        self, house: House, resource: tuple[str, str], match: str | None, kind: str | None = None
    ) -> tuple[int, dict[str, str], str]:
        headers = {**FRAGMENT, **bearer(resource[1])}
        if kind is not None:
            headers["Content-Type"] = kind
        if match is not None:
            headers["If-Match"] = match
        answer = await house.client.patch(resource[0], content="a=ice-ufrag:x", headers=headers)
        return answer.status_code, dict(answer.headers), answer.text

    async def test_candidates(self, house: House, resource: tuple[str, str]) -> None:
        status, headers, text = await self.patch(house, resource, '"first"')
        assert (status, text, headers.get("etag")) == (204, "", None)

    async def test_a_restart(self, house: House, resource: tuple[str, str]) -> None:
        status, headers, text = await self.patch(house, resource, "*")
        assert (status, headers["etag"], text) == (200, '"second"', "a=ice-ufrag:new\r\n")
        assert headers["content-type"].startswith("application/trickle-ice-sdpfrag")

    async def test_an_old_tag(self, house: House, resource: tuple[str, str]) -> None:
        assert (await self.patch(house, resource, '"other"'))[0] == 412

    async def test_no_tag(self, house: House, resource: tuple[str, str]) -> None:
        assert (await self.patch(house, resource, None))[0] == 428

    async def test_another_type(self, house: House, resource: tuple[str, str]) -> None:
        assert (await self.patch(house, resource, "*", "application/sdp"))[0] == 415

    async def test_delete(self, house: House, resource: tuple[str, str]) -> None:
        answer = await house.client.delete(resource[0], headers=bearer(resource[1]))
        assert answer.status_code == 200
        assert house.relay.sessions == {}
        assert (await house.client.delete(resource[0], headers=bearer(resource[1]))).status_code == 404

    async def test_by_another_guests_name(self, house: House, resource: tuple[str, str]) -> None:
        session = resource[0].rpartition("/")[2]
        await house.whip("guest2", await house.invite(seat="guest2"))
        for name in ("guest2", "guest1-screen", "guest9"):
            moved = (f"/api/calls/whip/{name}/{session}", resource[1])
            assert (await self.patch(house, moved, "*"))[0] == 404
            assert (await house.client.delete(moved[0], headers=bearer(OPERATOR))).status_code == 404
        guest = (await house.guest("guest1"))["id"]
        assert (await self.patch(house, (f"/api/calls/whip/{guest}/{session}", resource[1]), "*"))[0] == 200

    async def test_after_a_move(self, house: House, resource: tuple[str, str]) -> None:
        await house.operator("POST", "/api/guests/guest1/seat", json={"seat": "guest3"})
        await house.whip("guest1", OPERATOR)
        assert (await self.patch(house, resource, "*"))[0] == 200
        session = resource[0].rpartition("/")[2]
        assert (await self.patch(house, (f"/api/calls/whip/guest3/{session}", resource[1]), "*"))[0] == 200

    async def test_without_or_with_another_token(self, house: House, resource: tuple[str, str]) -> None:
        assert (await house.client.delete(resource[0])).status_code == 401
        other = await house.invite(seat="guest2")
        assert (await house.client.delete(resource[0], headers=bearer(other))).status_code == 403
        assert len(house.relay.sessions) == 1

    @pytest.mark.parametrize("method", ["POST", "PUT"])
    async def test_other_methods(self, house: House, resource: tuple[str, str], method: str) -> None:
        answer = await house.client.request(method, resource[0], headers=bearer(resource[1]))
        assert answer.status_code == 405
        assert {"PATCH", "DELETE"} <= set(answer.headers["allow"].split(", "))

    async def test_options(self, house: House, resource: tuple[str, str]) -> None:
        answer = await house.client.options(resource[0])
        assert answer.headers["accept-patch"] == "application/trickle-ice-sdpfrag"


async def test_two_hundred_offers_at_once(house: House) -> None:
    token = await house.invite(seat="guest1")
    other = await house.invite(seat="guest2")
    await house.whip("guest2", other)
    bystander = house.relay.at("guest2")

    async def attempt(number: int) -> int:
        match number % 4:
            case 0:
                return (await house.whip("guest1", token)).status_code
            case 1:
                return (await house.whip("guest1", "nonsense")).status_code
            case 2:
                return (await house.whip("guest1", token, offer="garbage")).status_code
            case _:
                return (await house.whip("guest1", token, offer="v" * (MAX_BODY + 1))).status_code

    found = await asyncio.gather(*(attempt(number) for number in range(200)))
    assert set(found[0::4]) == {201}
    assert set(found[1::4]) == {401}
    assert set(found[2::4]) == {400}
    assert set(found[3::4]) == {413}
    assert house.relay.at("guest2") == bystander
    assert len(house.relay.sessions) == 2
