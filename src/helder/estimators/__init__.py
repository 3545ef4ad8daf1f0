"""Estimators for scikit-learn: a table goes in as it is, networks and an honest score come out."""

from helder.estimators.classifier import MLPClassifier
from helder.estimators.loading import load
from helder.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor", "load"]
