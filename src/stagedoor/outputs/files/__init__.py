"""Recordings as files: pieces, the disk that they are on, and what records them."""
