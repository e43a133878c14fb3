"""The base of everything that our processes say to each other."""

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """Base of all messages: closed, so that a misspelt field is an error on both sides."""

    model_config = ConfigDict(extra="forbid", frozen=True)
