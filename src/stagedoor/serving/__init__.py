"""HTTP servers inside a running loop: sockets, protocol, messages and failures."""
