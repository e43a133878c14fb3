"""Containers for readers: each packet goes out in the call that brings it, without an interleaver's wait."""

from stagedoor.media.mux.muxer import Container, Muxer

__all__ = ["Container", "Muxer"]
