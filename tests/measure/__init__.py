"""The tests of report/measure."""
