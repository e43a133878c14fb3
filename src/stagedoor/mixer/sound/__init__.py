"""The mixer's sound: sources in, buses out, 20 ms at a time; NumPy and threads, no event loop."""
