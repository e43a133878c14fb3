"""The mixer process: sources, canvas, sound, transitions, program."""
