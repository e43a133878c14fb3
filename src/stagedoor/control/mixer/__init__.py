"""Control's side of the mixer: what the operator set, what the mixer is told, and what it says."""
