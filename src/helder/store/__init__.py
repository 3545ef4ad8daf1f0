"""The model file: one file that runs no code, whatever is in it."""

from helder.store.reading import load
from helder.store.writing import FORMAT, save, write_whole

__all__ = ["FORMAT", "load", "save", "write_whole"]
