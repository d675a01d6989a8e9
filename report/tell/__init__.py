"""Reports of a result. Each form is a pure function of the result and its context.

A form is a module with a function `files`. `results.json` is no form: it is the data that every form is made from.
"""
