"""Opus to AAC, for readers that take nothing else."""

from stagedoor.media.aac.encoder import AacEncoder
from stagedoor.media.aac.worker import AacStream, AacWorker

__all__ = ["AacEncoder", "AacStream", "AacWorker"]
