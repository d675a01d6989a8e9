"""The tests of report/, and the lint of the claims.

A folder has the tests of the package with its name; those of top-level modules and of `playground` stand here.
`faults/` has whole runs in which something goes wrong. `demo/` holds no tests: it has the claims and plugins of small
projects that the tests run.
"""
