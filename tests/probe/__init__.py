"""The tests of report/probe."""
