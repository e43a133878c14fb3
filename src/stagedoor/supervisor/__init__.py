"""Starts the processes, keeps them running, and ends them."""
