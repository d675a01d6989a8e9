"""Wheels made for a test: releases that never came out."""

import zipfile
from pathlib import Path


def wheel(folder: Path, name: str, version: str, source: str = "", needs: tuple[str, ...] = (), **modules: str) -> Path:
    """A wheel in *folder* with one package of that name and its *modules*; installers take it as any other."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        f"{name}/__init__.py": source,
        **{f"{name}/{module}.py": text for module, text in modules.items()},
        f"{info}/METADATA": metadata + "".join(f"Requires-Dist: {need}\n" for need in needs),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"]))
    return path
