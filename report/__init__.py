"""Checks articles by execution: probe → measure → judge → tell.

What else is here checks an article without claims (`check`), claims themselves (`mutation`), or shows one to a reader
(`script`, `playground`). docs/architecture.md lists every package.
"""
