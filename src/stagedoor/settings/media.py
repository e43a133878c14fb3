"""Settings of stills and clips that operators upload."""

from pydantic import Field

from stagedoor.settings.values import Part


class MediaSettings(Part):
    """Stills and clips that operators upload, into the folder `media` of server.data_dir."""

    max_file_mb: int = Field(2000, ge=1, le=1_000_000, description="Megabytes that one file may have.")
    max_total_mb: int = Field(
        20_000, ge=1, le=10_000_000, description="Megabytes that all uploaded files together may have."
    )

    @property
    def max_file_bytes(self) -> int:
        """What one file may have."""
        return self.max_file_mb * 1_000_000

    @property
    def max_total_bytes(self) -> int:
        """What all files together may have."""
        return self.max_total_mb * 1_000_000
