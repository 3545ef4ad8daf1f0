"""Single-bug variants of a correct network, made from its source text."""

from mutations.variants import Variant, variants

__all__ = ["Variant", "variants"]
