"""Where what the mixer makes goes: streams with readers, the hub, destinations."""
