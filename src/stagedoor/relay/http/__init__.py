"""The relay's doors: what is read and written over HTTP."""
