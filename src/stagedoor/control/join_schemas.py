"""What the routes of invites and joining take and answer, as JSON."""

from datetime import datetime

from pydantic import Field

from stagedoor.control.schemas import Answer, Body, GuestView, Id, Name, Text
from stagedoor.domain.carrier import CarrierKind
from stagedoor.domain.invite import Admit

WEEK_S = 7 * 86400
YEAR_S = 366 * 86400


class InviteBody(Body):
    """A link to be made.

    Attributes:
        seat: The seat that it leads to; none: the lobby.
        admit: `direct` leads to the seat at once, `lobby` lets the operator decide.
        carrier: By which its guest comes; null leaves it to seat and settings.
        expires_s: Seconds from now; null for never.
    """

    seat: Id | None = None
    name: Text | None = None
    admit: Admit = Admit.DIRECT
    carrier: CarrierKind | None = None
    expires_s: int | None = Field(default=WEEK_S, ge=1, le=YEAR_S)


class InviteView(Answer):
    """A signed link that lets somebody in, also as a QR code (an SVG element)."""

    id: str
    token: str
    url: str
    qr_svg: str
    seat: str | None
    name: str | None
    admit: Admit
    carrier: CarrierKind | None
    expires_at: datetime | None


class InviteList(Answer):
    """The links that work."""

    invites: tuple[InviteView, ...]


class SyntheticBody(Body):
    """A test guest to be brought in.

    Attributes:
        seat: The seat that they get; none: a free one, and if there is none, the lobby.
        admit: `lobby` has them wait there.
    """

    seat: Id | None = None
    admit: Admit = Admit.DIRECT


class InviteSummary(Answer):
    """What a guest may know of the own link; `seat_label` is what people read of the seat."""

    seat: str | None
    seat_label: str | None
    name: str | None
    admit: Admit


class JoinInfo(Answer):
    """What the page shows before Join.

    Attributes:
        notice_version: What `consent` must name.
        usual_notice: Whether nobody has set another notice: a page has that one in its own languages.
        open: Anybody gets a free seat.
        max_bitrate: Bits a second for the picture.
        records: Whether a take is being recorded now; one may begin at any time.
        streams: Whether guests are published to other servers.
        returns: Whether something comes back to guests, at the path `return-` and their own.
        https_url: The same page by HTTPS, where the request came without and one is known.
    """

    production: str
    notice: str
    notice_version: str
    usual_notice: bool
    open: bool
    invite: InviteSummary | None
    guest: GuestView | None
    max_bitrate: int
    records: bool
    streams: bool
    returns: bool
    https_url: str | None = None


class JoinBody(Body):
    """A person pressed Join.

    Attributes:
        consent: The version of the notice that was ticked.
        instance: The page's own id, the same after a reload.
        visit: What the page calls this visit, another one after a reload; a `leave` of another ends nothing.
        takeover: The person said to close the page that is open elsewhere.
        checks: The page checks devices and line first, unseen by operators; another join lets the guest in.
    """

    name: Name
    consent: str = Field(default="", max_length=64)
    instance: Id
    visit: Id | None = None
    takeover: bool = False
    checks: bool = False


class Joined(Answer):
    """What the page goes on with: `token` as Bearer, `endpoint` for its offers."""

    guest: GuestView
    token: str
    endpoint: str
