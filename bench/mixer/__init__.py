"""The mixer: beside GStreamer's compositor, whole, how soon things are seen, what losses cost."""
