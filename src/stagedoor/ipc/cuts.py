"""The lines of a take's cut log: the mixer writes them, and whoever cuts the show again reads them.

A line stands for each change of what program shows: a cut, the beginning and the end of a transition, black
at the end of a fade, a visible source that begins to show another of its streams, or its slate, and a visible
clip that begins to play, stands, is sought or begins its next round.
"""

from stagedoor.ipc.message import Message


class Moment(Message):
    """What one source showed in a line's frame; nothing but its name of a slate, a still or a colour.

    Attributes:
        source: Itself, or what stood in for it.
        slot_of: The id that the scene has, where another source stood in for it; empty otherwise.
        path: What its pieces are of.
        path_ms: The picture's time on the path's own line; null where it is read elsewhere, by other times,
            and what comes from there is not the same data as the path's.
        delay_ms: Then, by how much it is held back in the mixer; what its way there takes is not known.
        piece: The piece that has the picture; empty where nothing of the source is recorded, and until the
            take ends where the line is older than the piece (`outputs.files.cut_pieces`).
        piece_ms: The picture's time in that file; negative where the piece begins so long after it.
        file: Of a clip, its name in the media folder; empty of one that lies elsewhere.
        file_ms: The picture's time in that file, from the file's beginning.
        plays: Whether the clip goes on from there; else it stands on this picture.
    """

    source: str
    slot_of: str = ""
    path: str = ""
    path_ms: int | None = None
    piece: str = ""
    piece_ms: int | None = None
    delay_ms: int | None = None
    file: str = ""
    file_ms: int | None = None
    plays: bool = False


class Cut(Message):
    """A change of program.

    Attributes:
        frame: The first program frame that shows it, by the mixer that wrote it.
        frame_rate: Program frames a second.
        take_ms: When that frame was due, from the take's beginning.
        program: The scene that is on, or that a transition leaves.
        incoming: The scene that a transition leads to; empty without one.
        transition: Its kind; empty without one. The line without it, or with another, is its end.
        frames: How many frames it takes by itself; 0 while the T-bar moves it, and without one.
        black: Whether program is faded to black.
        layers: The sources of `program`, the lowest first, by the ids that its slots have in that frame.
        incoming_layers: The same of `incoming`.
        sources: Those that are seen, of both scenes.
    """

    frame: int
    frame_rate: int
    take_ms: int
    program: str
    incoming: str = ""
    transition: str = ""
    frames: int = 0
    black: bool = False
    layers: tuple[str, ...] = ()
    incoming_layers: tuple[str, ...] = ()
    sources: tuple[Moment, ...] = ()
