"""Tests of the forms of a result."""
