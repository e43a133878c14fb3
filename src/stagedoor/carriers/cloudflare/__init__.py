"""Guests by way of Cloudflare Realtime: they publish to its SFU, and the relay dials out and pulls."""
