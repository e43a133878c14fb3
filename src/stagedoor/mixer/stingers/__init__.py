"""Stingers: clips with alpha that are played over program while it is cut below them."""
