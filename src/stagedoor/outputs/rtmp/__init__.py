"""A publisher for RTMP and RTMPS servers (Adobe, "RTMP 1.0"; Veovera, "Enhanced RTMP version 2")."""
