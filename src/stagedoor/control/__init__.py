"""The control process: HTTP API, pages, store, auth and events."""
