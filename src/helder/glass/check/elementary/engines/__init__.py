"""Automatic differentiation by hand: each operation's derivative, held against its own values."""
