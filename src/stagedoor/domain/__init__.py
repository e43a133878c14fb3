"""Nouns and rules, pure: no I/O, no clock, no third-party import."""
