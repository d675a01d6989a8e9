"""What runs in any environment: Python 3.9, the standard library and pytest."""
