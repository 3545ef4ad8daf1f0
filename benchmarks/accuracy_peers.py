"""The models of the accuracy benchmark: each at its defaults, on one thread, imported when used."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

OURS, LINEAR = "helder", "linear"


@dataclass
class Behind:
    """A model behind what its columns need first; that counts in its time."""

    prepare: Any
    model: Any

    def fit(self, X: pd.DataFrame, y: Any) -> Behind:
        self.model.fit(self.prepare.fit_transform(X), y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.asarray(self.model.predict(self.prepare.transform(X)))

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        return np.asarray(self.model.predict_proba(self.prepare.transform(X)))

    @property
    def classes_(self) -> np.ndarray:
        return np.asarray(self.model.classes_)


class Columns:
    """Words as categories, their codes from the training rows; a word unseen there is missing."""

    def __init__(self, text: list[str], fill: bool = False) -> None:
        self.text, self.fill = text, fill  # fill: medians for the numbers that are missing

    def fit_transform(self, X: pd.DataFrame) -> pd.DataFrame:
        self.known = {name: sorted(X[name].dropna().unique()) for name in self.text}
        self.medians = X.drop(columns=self.text).median()
        return self.transform(X)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        X = X.fillna(self.medians) if self.fill else X.copy()
        for name, words in self.known.items():
            codes = pd.Categorical(X[name], categories=words).codes
            X[name] = pd.Categorical.from_codes(codes, categories=np.arange(len(words)))
        return X


class Words:
    """Words as words, a missing one as an empty one: CatBoost has its own way with them."""

    def __init__(self, text: list[str]) -> None:
        self.text = text

    def fit_transform(self, X: pd.DataFrame) -> pd.DataFrame:
        return self.transform(X)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        return X.assign(**{name: X[name].fillna("").astype(object) for name in self.text})


def ours(classify: bool, seed: int, text: list[str]) -> Any:
    """helder takes the data frame as it is."""
    import helder

    kind = helder.MLPClassifier if classify else helder.MLPRegressor
    return kind(random_state=seed)


def standard(text: list[str]) -> Any:
    """One-hot words, medians for missing numbers, and standard scores."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_column_transformer(
        (words, text), (numbers, make_column_selector(dtype_include="number"))
    )


def linear(classify: bool, seed: int, text: list[str]) -> Any:
    """The linear model: logistic regression, or ridge regression that chooses its own strength."""
    from sklearn.linear_model import LogisticRegression, RidgeCV

    model = LogisticRegression(max_iter=1000) if classify else RidgeCV(np.logspace(-3, 3, 13))
    return Behind(standard(text), model)


def sklearn_mlp(classify: bool, seed: int, text: list[str]) -> Any:
    """A standard score of a numeric target too."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    prepare = standard(text)
    if classify:
        return Behind(prepare, MLPClassifier(random_state=seed))
    scaled = TransformedTargetRegressor(
        MLPRegressor(random_state=seed), transformer=StandardScaler()
    )
    return Behind(prepare, scaled)


def hist(classify: bool, seed: int, text: list[str]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    return Behind(Columns(text), kind(random_state=seed))  # takes a category as one of itself


def lightgbm(classify: bool, seed: int, text: list[str]) -> Any:
    from lightgbm import LGBMClassifier, LGBMRegressor

    kind = LGBMClassifier if classify else LGBMRegressor
    return Behind(Columns(text), kind(random_state=seed, n_jobs=1, verbosity=-1))


def xgboost(classify: bool, seed: int, text: list[str]) -> Any:
    from xgboost import XGBClassifier, XGBRegressor

    kind = XGBClassifier if classify else XGBRegressor
    return Behind(Columns(text), kind(random_state=seed, n_jobs=1, enable_categorical=True))


def catboost(classify: bool, seed: int, text: list[str]) -> Any:
    from catboost import CatBoostClassifier, CatBoostRegressor

    kind = CatBoostClassifier if classify else CatBoostRegressor
    model = kind(
        random_seed=seed,
        thread_count=1,
        cat_features=text,
        verbose=False,
        allow_writing_files=False,
    )
    return Behind(Words(text), model)


def realmlp(classify: bool, seed: int, text: list[str]) -> Any:
    """RealMLP with its tuned defaults: one network, which takes no missing numbers."""
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)  # it says what it has not found
    kind = RealMLP_TD_Classifier if classify else RealMLP_TD_Regressor
    model = kind(random_state=seed, device="cpu", n_threads=1, n_cv=1, verbosity=0)
    return Behind(Columns(text, fill=True), model)


def tabm(classify: bool, seed: int, text: list[str]) -> Any:
    """TabM with its defaults: 32 networks that share most of their weights."""
    from pytabkit import TabM_D_Classifier, TabM_D_Regressor

    kind = TabM_D_Classifier if classify else TabM_D_Regressor
    model = kind(random_state=seed, device="cpu", n_threads=1, n_cv=1, verbosity=0)
    return Behind(Columns(text, fill=True), model)


@dataclass(frozen=True)
class Entrant:
    """A model in the race: how it is made, and the package whose version is said."""

    build: Callable[[bool, int, list[str]], Any]
    package: str

    @property
    def version(self) -> str:
        return f"{self.package} {importlib.metadata.version(self.package)}"


ENTRANTS = {
    OURS: Entrant(ours, "helder"),
    LINEAR: Entrant(linear, "scikit-learn"),
    "sklearn_mlp": Entrant(sklearn_mlp, "scikit-learn"),
    "hist": Entrant(hist, "scikit-learn"),
    "lightgbm": Entrant(lightgbm, "lightgbm"),
    "xgboost": Entrant(xgboost, "xgboost-cpu"),
    "catboost": Entrant(catboost, "catboost"),
    "realmlp": Entrant(realmlp, "pytabkit"),
    "tabm": Entrant(tabm, "pytabkit"),
}
