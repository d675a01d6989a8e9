"""Tests of what runs in any environment."""
