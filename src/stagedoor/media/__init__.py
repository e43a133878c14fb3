"""Packets, codec parameters, timelines, GOP cache, muxers and demuxers."""
