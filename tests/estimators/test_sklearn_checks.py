"""scikit-learn's own checks of every estimator."""

from __future__ import annotations

from sklearn.utils.estimator_checks import parametrize_with_checks

from helder import MLPClassifier, MLPRegressor

# Small networks and few epochs, for the sake of time; RMSE, as the interval of R2 takes as long as
# all the rest.
FAST = {"members": 3, "hidden": (16,), "epochs": 30, "learning_rate": 0.01}
ESTIMATORS = [
    MLPClassifier(**FAST),
    MLPRegressor(metric="rmse", **FAST),
    MLPClassifier(members=1, hidden=(16,), epochs=30, learning_rate=0.01),
]

# A row of weight 2 is to do what the row twice does, to nine digits. That cannot be where rows are
# dealt to folds, shuffled into batches, and scaled by medians: each of these looks at how many
# rows there are. scikit-learn expects its own networks to fail here too.
UNEQUAL = "folds, batches and medians depend on the number of rows"
EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": UNEQUAL,
    "check_sample_weight_equivalence_on_sparse_data": UNEQUAL,
}


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=lambda estimator: EXPECTED)
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)
