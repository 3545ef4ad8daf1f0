"""Adapters made of the person's own lines, and tried before they are printed."""
