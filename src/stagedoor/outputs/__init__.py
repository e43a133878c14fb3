"""Destinations (RTMP, RTSP) and files, for relay and mixer alike."""
