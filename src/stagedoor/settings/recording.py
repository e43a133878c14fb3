"""Settings of recordings."""

from pydantic import Field

from stagedoor.settings.values import FilePath, Part


class RecordingSettings(Part):
    """Where recordings are kept, and how much room they may take."""

    dir: FilePath | None = Field(
        None,
        examples=["/srv/recordings"],
        description="Folder of the recordings; `recordings` in server.data_dir where it is left out.",
    )
    min_free_mb: int = Field(
        1024,
        ge=1,
        le=10_000_000,
        description="Megabytes that stay free on its disk: no recording starts with less, and one that "
        "runs stops.",
    )
    max_take_gb: int = Field(
        0, ge=0, le=100_000, description="Gigabytes at which a take stops by itself; 0 is no limit."
    )

    @property
    def min_free_bytes(self) -> int:
        """What stays free."""
        return self.min_free_mb * 1_000_000

    @property
    def max_take_bytes(self) -> int:
        """What a take may have; 0 is no limit."""
        return self.max_take_gb * 1_000_000_000
