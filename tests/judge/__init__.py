"""The tests of report/judge."""
