"""Where the application of the Quickstart stands: in a module, or in a package."""

LAYOUTS = {"module": "application.py", "package": "application/__init__.py"}


def laid_out(folder, layout, code):
    """Write the source *code* of an application into *folder*, as a module or a package; returns where it stands."""
    path = folder / LAYOUTS[layout]
    path.parent.mkdir(exist_ok=True)
    path.write_text(code, encoding="utf-8")
    return path.parent


def write(folder, name, text):
    """Write *text* into the file *name*, in a folder which is made if need be."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
