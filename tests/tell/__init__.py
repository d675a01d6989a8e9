"""Tests of what is told of a result."""
