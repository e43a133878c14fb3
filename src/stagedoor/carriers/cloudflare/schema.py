"""What the SFU's API takes and answers; answers may hold more than we know."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """Base: names as on the wire, unknown members are passed over."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="ignore")


class Description(Part):
    """An SDP."""

    sdp: str
    type: Literal["offer", "answer"]


class TrackLocator(Part):
    """A track in a request: one that we push (`local`), or one of another session that we pull (`remote`)."""

    location: Literal["local", "remote"]
    track_name: str = Field(serialization_alias="trackName")
    mid: str | None = None
    session_id: str | None = Field(default=None, serialization_alias="sessionId")


class Answer(Part):
    """What every answer may carry: an error in the middle of a success."""

    error_code: str | None = Field(default=None, validation_alias="errorCode")
    error_description: str | None = Field(default=None, validation_alias="errorDescription")


class NewSession(Answer):
    """`sessions/new`."""

    session_id: str = Field(default="", validation_alias="sessionId")


class TrackItem(Answer):
    """What became of one track; `mid` is empty where it failed."""

    mid: str = ""
    track_name: str = Field(default="", validation_alias="trackName")
    session_id: str = Field(default="", validation_alias="sessionId")
    status: str = ""


class Tracks(Answer):
    """`tracks/new`, `tracks/update`, `tracks/close`, and the state of a session."""

    tracks: tuple[TrackItem, ...] = ()
    description: Description | None = Field(default=None, validation_alias="sessionDescription")
    must_renegotiate: bool = Field(default=False, validation_alias="requiresImmediateRenegotiation")


class Renegotiated(Answer):
    """`renegotiate`."""


class TurnServer(Part):
    """One entry of `generate-ice-servers`."""

    urls: tuple[str, ...] | str
    username: str | None = None
    credential: str | None = Field(default=None, repr=False)


class TurnServers(Part):
    """`generate-ice-servers`: a list, or one object as in older answers."""

    servers: tuple[TurnServer, ...] | TurnServer = Field(validation_alias="iceServers")
