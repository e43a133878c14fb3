"""Typed messages between the processes, and their client."""
