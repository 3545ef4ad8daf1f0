"""What helder says: sentences kept as data, a file per language and area, and their layout."""

from helder.text.catalogue import entries, say
from helder.text.formatting import Count, aligned, filled

__all__ = ["Count", "aligned", "entries", "filled", "say"]
