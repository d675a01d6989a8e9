"""The tests of report/tell."""
