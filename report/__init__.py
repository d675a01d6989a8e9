"""Checks articles by execution: probe → measure → judge → tell. docs/architecture.md lists the other packages."""
