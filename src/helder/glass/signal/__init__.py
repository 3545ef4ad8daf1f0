"""Signal: whether there is anything to learn, by a probe on true and on shuffled labels."""

from helder.glass.signal.verdict import signal

__all__ = ["signal"]
