"""Cutting a take again: constant-rate copies of its pieces, and an edit list in OpenTimelineIO."""
