"""A process that looks at one file which somebody has sent, within narrow limits, and ends."""
