"""The tests of report/check."""
