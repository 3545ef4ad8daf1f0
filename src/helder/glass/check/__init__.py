"""Somebody's own network, checked: is each function right, is the whole, and if not, why."""
