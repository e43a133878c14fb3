"""WebRTC: the only importer of aiortc and aioice, of which the seams choose what is loaded."""

from stagedoor.rtc import aiortc_seams as aiortc_seams
