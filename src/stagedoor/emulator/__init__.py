"""A stand-in for Cloudflare Realtime SFU on this machine, for development and tests."""
