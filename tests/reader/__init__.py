"""The tests of report/reader."""
