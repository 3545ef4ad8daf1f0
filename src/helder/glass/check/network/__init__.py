"""Somebody's whole network: bound, run for a step, and recognised, right or wrong."""

from helder.glass.check.network.checking import check_network

__all__ = ["check_network"]
