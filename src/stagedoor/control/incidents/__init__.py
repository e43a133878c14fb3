"""Incidents: what control knows of that is wrong, in words for people."""
