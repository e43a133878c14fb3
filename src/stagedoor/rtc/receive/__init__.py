"""From RTP packets to whole frames on one clock; pure, but for `track`, which ties it to a path."""
