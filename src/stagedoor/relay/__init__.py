"""The relay process: guest relays and the hub."""
