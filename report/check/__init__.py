"""Checks an article that has no claims yet, in three layers: its names, its code as printed, its statements.

`passages` divides a file, and keeps the place of each character. `code`, `shell` and `templates` find the names that
it uses; `names` asks the index of names about them. `printed` parses its code. `statements` compares its sentences with
what has been measured. `checking` puts the findings together; the other modules write them down.
"""
