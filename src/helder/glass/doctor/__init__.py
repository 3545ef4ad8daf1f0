"""The doctor: findings from data before training, and from training while it runs and after."""

from helder.glass.doctor.rules import Rate, Rule, Sighting

__all__ = ["Rate", "Rule", "Sighting"]
