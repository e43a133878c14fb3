"""Stills and clips that operators upload."""
