"""Recordings: which take runs, what is on the disk, and its download."""
