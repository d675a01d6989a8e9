"""What can go wrong around a run: each time a clear message, the right exit code, and whole files."""
