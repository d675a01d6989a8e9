"""Code that runs in every environment, with old releases too: CONTRIBUTING.md says what it may use."""
