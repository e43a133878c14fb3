"""The keys that say what brings a guest's media here, and the account at Cloudflare Realtime."""

from pydantic import Field, model_validator

from stagedoor.domain.carrier import CarrierKind
from stagedoor.settings.values import AccountUrl, CloudflareId, FilePath, Part, Secret

WANTED = "carrier.cloudflare.app_id, and app_secret or app_secret_file"
"""What must be set before guests can come by Cloudflare."""


class CloudflareSettings(Part):
    """The account at Cloudflare Realtime, for guests who come by its SFU."""

    app_id: CloudflareId | None = Field(
        None, examples=["0123456789abcdef0123456789abcdef"], description="App ID of the SFU application."
    )
    app_secret: Secret | None = Field(
        None,
        repr=False,
        examples=["what-the-dashboard-shows-once"],
        description="App Secret of the SFU application.",
    )
    app_secret_file: FilePath | None = Field(
        None,
        examples=["/run/credentials/stagedoor.service/app_secret"],
        description="File that holds app_secret, as systemd and Docker give it.",
    )
    base_url: AccountUrl = Field(
        "https://rtc.live.cloudflare.com/v1",
        description="Root of the API; another one for an emulator, by HTTP only at a private address.",
    )
    turn_key_id: CloudflareId | None = Field(
        None,
        examples=["fedcba9876543210fedcba9876543210"],
        description="ID of the TURN key, for guests whose networks let no UDP through.",
    )
    turn_key_token: Secret | None = Field(
        None, repr=False, examples=["what-the-dashboard-shows-once"], description="API token of the TURN key."
    )
    turn_key_token_file: FilePath | None = Field(
        None,
        examples=["/run/credentials/stagedoor.service/turn_key_token"],
        description="File that holds turn_key_token.",
    )
    price_per_gb: float = Field(
        0.05, ge=0, le=1000, description="US dollars for a gigabyte that Cloudflare sends."
    )

    @property
    def is_configured(self) -> bool:
        """Whether guests can come by Cloudflare."""
        return self.app_id is not None and self.app_secret is not None

    @model_validator(mode="after")
    def _pairs_are_whole(self) -> "CloudflareSettings":
        """A half is always a mistake; it would be noticed only when the first guest comes."""
        if (self.app_id is None) is not (self.app_secret is None):
            lone, missing = ("app_id", "app_secret") if self.app_id else ("app_secret", "app_id")
            raise ValueError(f"{lone} wants {missing} beside it")
        if (self.turn_key_id is None) is not (self.turn_key_token is None):
            lone, missing = "turn_key_id", "turn_key_token"
            lone, missing = (lone, missing) if self.turn_key_id else (missing, lone)
            raise ValueError(f"{lone} wants {missing} beside it")
        return self


class CarrierSettings(Part):
    """What brings a guest's media here."""

    kind: CarrierKind = Field(
        CarrierKind.BUILTIN,
        description="`builtin`: browsers publish straight to here. `cloudflare`: they meet this machine at "
        "Cloudflare Realtime. A seat or an invite may name the other one.",
    )
    cloudflare: CloudflareSettings = Field(default_factory=lambda: CloudflareSettings())

    @model_validator(mode="after")
    def _account_is_there(self) -> "CarrierSettings":
        if self.kind is CarrierKind.CLOUDFLARE and not self.cloudflare.is_configured:
            raise ValueError(f"kind = cloudflare wants {WANTED}")
        return self
