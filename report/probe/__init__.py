"""Code that runs in every environment: Python 3.9, the standard library, pytest."""
