"""Settings of the mixer."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator

from stagedoor.domain.ids import Canvas
from stagedoor.settings.values import Part, whole

Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]
EncoderName = Literal["x264", "nvenc", "qsv", "amf", "videotoolbox", "v4l2m2m"]
FrameRate = Annotated[Literal[24, 25, 30, 50, 60], BeforeValidator(whole)]
ReturnFrameRate = Annotated[Literal[15, 25, 30], BeforeValidator(whole)]


class ReturnSettings(Part):
    """The picture that goes back to guests, encoded once for all of them."""

    width: int = Field(640, ge=160, le=1920, multiple_of=2, description="Pixels.")
    height: int = Field(360, ge=90, le=1080, multiple_of=2, description="Pixels.")
    frame_rate: ReturnFrameRate = Field(30, description="Pictures a second, at most mixer.frame_rate.")
    bitrate: int = Field(700_000, ge=100_000, le=10_000_000, description="Bits a second.")
    key_interval_s: int = Field(1, ge=1, le=10, description="Seconds from one key frame to the next.")
    without_mixer: bool = Field(
        True,
        description="Whether there are returns and talkback where mixer.enabled = false; no saves a process.",
    )


class MultiviewSettings(Part):
    """Preview, program and all sources in one picture, for operators; made only while one watches it."""

    width: int = Field(1280, ge=640, le=1920, multiple_of=2, description="Pixels.")
    height: int = Field(720, ge=360, le=1080, multiple_of=2, description="Pixels.")
    frame_rate: ReturnFrameRate = Field(30, description="Pictures a second.")
    bitrate: int = Field(2_500_000, ge=300_000, le=20_000_000, description="Bits a second.")


class SecondCanvasSettings(Part):
    """What program shows, in another shape beside it; made only while somebody takes it."""

    enabled: bool = Field(False, description="Whether there is one.")
    width: int = Field(720, ge=180, le=3840, multiple_of=2, description="Pixels.")
    height: int = Field(1280, ge=180, le=3840, multiple_of=2, description="Pixels.")
    bitrate: int = Field(3_000_000, ge=200_000, le=50_000_000, description="Of its picture, bits a second.")
    preset: Preset = Field("veryfast", description="How much time x264 takes for its picture.")


class MixerSettings(Part):
    """The mixer: program, what guests see and hear of it, and the multiview."""

    enabled: bool = Field(True, description="False where OBS, vMix or another program is the mixer.")
    width: int = Field(1920, ge=320, le=3840, multiple_of=2, description="Of program, pixels.")
    height: int = Field(1080, ge=180, le=2160, multiple_of=2, description="Of program, pixels.")
    frame_rate: FrameRate = Field(30, description="Pictures a second of program.")
    encoder: EncoderName = Field(
        "x264",
        description="Encodes program and the second canvas; where a hardware encoder fails, x264 goes on.",
    )
    preset: Preset = Field("veryfast", description="How much time x264 takes for program's picture.")
    bitrate: int = Field(
        6_000_000, ge=200_000, le=50_000_000, description="Of program's picture, bits a second."
    )
    key_interval_s: int = Field(
        2, ge=1, le=10, description="Seconds from one key frame of program to the next."
    )
    audio_bitrate: int = Field(
        160_000, ge=32_000, le=320_000, description="Of program's sound, bits a second."
    )
    guest_url: str = Field(
        "hub",
        max_length=500,
        examples=["rtsp://127.0.0.1:8554/{path}"],
        description="Where guests are read from: `hub`, or the URL of a server, with `{path}`.",
    )
    lobby_hears: Literal["program", "silence"] = Field(
        "program", description="What guests in the lobby hear while nobody speaks to them."
    )
    black_is_silent: bool = Field(
        True,
        description="Whether program's sound goes with its picture when it is faded to black; returns go on.",
    )
    realtime: bool = Field(
        True,
        description=(
            "Whether what is on air runs before everything else on the machine, where the system lets it: "
            "program's picture and sound, what hands them on in mixer and relay, and what other threads of "
            "these two do while they keep that waiting. On Linux, with two cores or more, for root, with "
            "CAP_SYS_NICE or by `LimitRTPRIO=`."
        ),
    )
    returns: ReturnSettings = Field(default_factory=lambda: ReturnSettings())
    multiview: MultiviewSettings = Field(default_factory=lambda: MultiviewSettings())
    second_canvas: SecondCanvasSettings = Field(default_factory=lambda: SecondCanvasSettings())

    @property
    def in_use(self) -> Self:
        """The same, where another program mixes with a canvas as small as what goes back to guests."""
        if self.enabled:
            return self
        back = self.returns
        return self.model_copy(
            update={"width": back.width, "height": back.height, "frame_rate": back.frame_rate}
        )

    def has(self, canvas: Canvas) -> bool:
        """Tell whether there is such a canvas: only where the mixer is ours."""
        return self.enabled and (canvas is Canvas.PROGRAM or self.second_canvas.enabled)

    @property
    def takes_destinations(self) -> bool:
        """Whether guests come to what mixes them by their destinations, and not from the hub."""
        return not self.enabled or self.guest_url != "hub"

    @property
    def runs(self) -> bool:
        """Whether there is a mixer process: for program, or for returns alone."""
        return self.enabled or self.returns.without_mixer

    @field_validator("guest_url")
    @classmethod
    def _has_path(cls, value: str) -> str:
        if value != "hub" and ("{path}" not in value or "://" not in value):
            raise ValueError("is `hub`, or a URL with `{path}`")
        return value
