"""From frames to RTP packets for a viewer."""
