"""The sentences that helder says, kept as data: one file per language and area."""

from helder.text.catalogue import say

__all__ = ["say"]
