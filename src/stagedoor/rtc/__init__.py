"""WebRTC: the only importer of aiortc."""
