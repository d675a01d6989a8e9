"""The tests of report/names."""
