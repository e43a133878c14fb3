"""The door: invites made, read and revoked; people let in, asked to wait, or told to close another page."""

import asyncio
import hashlib
import io
import logging
import secrets as random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import segno

from stagedoor.control.event_schemas import Ended
from stagedoor.control.join_schemas import InviteBody, InviteView, JoinBody
from stagedoor.control.stage import Stage
from stagedoor.control.store import Consent, Store
from stagedoor.control.views import moment
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.errors import ConflictError, GoneError, StagedoorError, UnauthenticatedError
from stagedoor.domain.guest import Guest
from stagedoor.domain.house import require_welcome
from stagedoor.domain.ids import guest_id, secret_id
from stagedoor.domain.invite import Admit, Invite, Origin
from stagedoor.domain.session import EndReason
from stagedoor.ipc.tokens import sign, verify

log = logging.getLogger(__name__)

SCOPE = "invite"
KNOCK_MS = 24 * 3600 * 1000
"""How long the token lasts that somebody gets who came without one."""


class Door:
    """Who may come in.

    Args:
        stage: The state of the show.
        store: Where consents are kept.
        key: The installation's signing key.
    """

    def __init__(self, stage: Stage, store: Store, key: bytes) -> None:
        self._stage = stage
        self._store = store
        self._key = key
        notice = stage.settings.guests.notice
        self.notice_version = hashlib.sha256(notice.encode()).hexdigest()[:12] if notice else ""
        store.put_notice(self.notice_version, notice, stage.now_ms())

    def token(self, invite: Invite) -> str:
        """Return the token of an invite; it says everything, so that an empty database knows it again."""
        claims: dict[str, Any] = {
            "i": invite.id,
            "s": invite.seat,
            "n": invite.name,
            "a": invite.admit.value,
            "o": invite.origin.value,
            "c": None if invite.carrier is None else invite.carrier.value,
            "x": invite.expires_ms,
        }
        expires = None if invite.expires_ms is None else invite.expires_ms // 1000
        return sign(self._key, SCOPE, claims, expires)

    def read(self, token: str) -> Invite:
        """Return the invite that a token stands for, whether or not it still works.

        Raises:
            UnauthenticatedError: It is none of ours.
            GoneError: It has expired, and nobody of it is here.
        """
        now_ms = self._stage.now_ms()
        try:
            claims = verify(self._key, SCOPE, token, now=0)
        except UnauthenticatedError as error:
            raise UnauthenticatedError(
                "this link is not known here",
                code="invite_unknown",
                blame=error.blame,
                hint="Ask the producer for a new one.",
            ) from None
        known = self._stage.house.invites.get(str(claims["i"]))
        invite = known if known is not None else _from_claims(claims)
        if known is None and invite.expired(now_ms):
            raise GoneError(
                "this link has expired", code="invite_expired", hint="Ask the producer for a new one."
            )
        return invite

    async def make(self, body: InviteBody) -> Invite:
        """Make an invite, and expect its guest.

        Raises:
            NotFoundError: There is no such seat.
            ConflictError: Nobody can come by this carrier.
            CapacityError: No more guests can be expected.
        """
        self._stage.carriers.require(body.carrier)
        expires_ms = None if body.expires_s is None else self._stage.now_ms() + body.expires_s * 1000
        key = secret_id(random.token_bytes(16))
        invite = Invite(
            key, body.seat, body.name or None, body.admit, carrier=body.carrier, expires_ms=expires_ms
        )
        house = self._stage.house.with_invite(invite).expecting(_new_guest_id(), invite)
        await self._stage.apply(house)
        log.info("Invite made", extra={"fields": {"invite": key[:8], "seat": body.seat or "lobby"}})
        return invite

    async def views(self, invites: Iterable[Invite], base_url: str) -> tuple[InviteView, ...]:
        """Return invites as links and QR codes, which are drawn beside the loop."""
        made = tuple(invites)
        return await asyncio.to_thread(lambda: tuple(self._view(each, base_url) for each in made))

    def _view(self, invite: Invite, base_url: str) -> InviteView:
        token = self.token(invite)
        url = f"{base_url}/guest_join?invite={token}"
        return InviteView(
            id=invite.id,
            token=token,
            url=url,
            qr_svg=qr_svg(url),
            seat=invite.seat,
            name=invite.name,
            admit=invite.admit,
            carrier=invite.carrier,
            expires_at=None if invite.expires_ms is None else moment(invite.expires_ms),
        )

    async def opened(self, invite: Invite) -> Guest | None:
        """Take note that the page of an invite is open; return its guest if they are in already.

        Nobody is expected by what a knock has left: whoever opens the page with it may knock anew.

        Raises:
            StagedoorError: The link lets nobody in.
        """
        now_ms = self._stage.now_ms()
        house = self._stage.house
        guest = house.of_invite(invite.id)
        require_welcome(invite, guest, now_ms)
        if guest is None and invite.origin is Origin.LINK:
            house = house.with_invite(invite).expecting(_new_guest_id(), invite)
            guest = house.of_invite(invite.id)
        if guest is None:
            return None
        if guest.leave_ms is not None:
            house = house.leaving(guest.id, now_ms)
        await self._stage.apply(house.opened(guest.id, now_ms))
        return guest if guest.present else None

    async def join(self, invite: Invite | None, body: JoinBody) -> tuple[Guest, Invite]:
        """Let somebody in, to the seat or to the lobby.

        Raises:
            ConflictError: The notice was not agreed to, the seat is taken, or the link is open elsewhere.
            StagedoorError: The link lets nobody in, or there is no room.
        """
        if invite is None:
            invite = self._knock()
        before = self._stage.house.of_invite(invite.id)
        require_welcome(invite, before, self._stage.now_ms())
        if body.consent != self.notice_version:
            raise ConflictError(
                "the notice has to be read and agreed to", code="consent_needed", hint="Load the page again."
            )
        if before is not None and self._is_elsewhere(before, body.instance) and not body.takeover:
            raise ConflictError(
                "this link is open on another page",
                code="opened_elsewhere",
                hint="Join here and close the other one?",
            )
        guest = await self.let_in(invite, body.name, body.instance, visit=body.visit, checks=body.checks)
        self._store.put_consent(Consent(invite.id, guest.name, self.notice_version, self._stage.now_ms()))
        return guest, invite

    async def let_in(
        self,
        invite: Invite,
        name: str,
        instance: str | None,
        *,
        visit: str | None = None,
        checks: bool = False,
    ) -> Guest:
        """Put the guest of an invite where it leads to, and let this page speak for them.

        With `checks` they may send, which operators are not shown, and come in by another join.

        Raises:
            StagedoorError: The link lets nobody in, the seat is taken, or there is no room.
        """
        now_ms = self._stage.now_ms()
        house = self._stage.house.with_invite(invite).expecting(_new_guest_id(), invite)
        guest = house.of_invite(invite.id)
        if guest is None:
            raise StagedoorError("an invite has no guest")
        house = house.joined(guest.id, name, now_ms, checks=checks)
        joined = replace(house.guest(guest.id), instance=instance, visit=visit)
        moved_here = guest.publishes and guest.instance != instance
        await self._stage.apply(house.with_guest(joined))
        if moved_here:
            await self._close_others(joined)
        self._stage.notice(joined.id)
        return self._stage.house.guest(joined.id)

    async def _close_others(self, guest: Guest) -> None:
        for page in self._stage.events.pages(guest.id):
            if page.instance != guest.instance:
                self._stage.events.ended(page, Ended(reason="opened_elsewhere"))
        for session in self._stage.sessions.all_of(guest.id):
            if session.instance != guest.instance:
                await self._stage.close(session, EndReason.OPENED_ELSEWHERE)

    def _knock(self) -> Invite:
        expires_ms = self._stage.now_ms() + KNOCK_MS
        return Invite(secret_id(random.token_bytes(16)), origin=Origin.KNOCK, expires_ms=expires_ms)

    def _is_elsewhere(self, guest: Guest, instance: str) -> bool:
        return guest.publishes and guest.instance != instance and (guest.page or guest.media)


@lru_cache(maxsize=1024)
def qr_svg(url: str) -> str:
    """Return an SVG element that shows a URL as a QR code; it takes tens of milliseconds to make."""
    buffer = io.BytesIO()
    segno.make(url, error="m").save(
        buffer, kind="svg", scale=4, border=2, xmldecl=False, svgns=True, light="#fff"
    )
    return buffer.getvalue().decode()


def _new_guest_id() -> str:
    return guest_id(random.token_bytes(5))


def _from_claims(claims: Mapping[str, Any]) -> Invite:
    """Return the invite that a token's claims say; tokens of earlier versions name no carrier."""
    carrier = claims.get("c")
    return Invite(
        claims["i"],
        claims["s"],
        claims["n"],
        Admit(claims["a"]),
        Origin(claims["o"]),
        claims["x"],
        None if carrier is None else CarrierKind(carrier),
    )
