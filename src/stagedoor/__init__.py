"""Stagedoor: remote guests walk into a live production through a browser link."""

__version__ = "0.1.0"
