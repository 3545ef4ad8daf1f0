"""Somebody's file as text and trees: read, parsed and sifted, never run."""
