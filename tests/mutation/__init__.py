"""The tests of report/mutation."""
