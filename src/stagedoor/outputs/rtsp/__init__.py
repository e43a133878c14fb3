"""A publisher for RTSP and RTSPS servers (RFC 2326), RTP interleaved in the same TCP connection."""
