"""What helder says: sentences kept as data, a file per language and area, and their layout."""

from helder.text.catalogue import say
from helder.text.formatting import aligned

__all__ = ["aligned", "say"]
