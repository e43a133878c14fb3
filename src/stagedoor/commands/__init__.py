"""What the commands do, one module each, so that a command loads only what it needs."""
