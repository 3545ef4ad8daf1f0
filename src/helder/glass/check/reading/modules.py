"""The full names of modules, as imports mean them."""

from __future__ import annotations


def absolute(module: str, level: int, importer: str, is_package: bool) -> str | None:
    """The full name of what a relative import means; None where it leaves the folder."""
    if level == 0:
        return module
    package = importer.split(".") if importer else []
    up = level - 1 if is_package or not package else level
    if up > len(package):
        return None
    return ".".join([*package[: len(package) - up], *([module] if module else [])])
