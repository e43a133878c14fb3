"""Encoders of what the mixer makes: each in a thread of its own, fed through a short queue."""
