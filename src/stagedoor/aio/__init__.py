"""Supervision, back-off, bounded channels and closing; nothing of ours is imported here."""
