"""Takes the pictures of the switcher page in `docs/images`: `make pictures`."""
