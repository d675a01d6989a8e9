"""Tests of the search for mutants."""
