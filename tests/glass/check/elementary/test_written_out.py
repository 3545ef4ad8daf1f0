"""Formulas that are written out where they are used are judged as functions of that name are."""

from __future__ import annotations

import pytest


def test_activations_and_softmax_within_a_forward_pass_are_judged_under_its_name(judged):
    checks = judged("""
        def forward(X, W1, b1, W2, b2, W3, b3):
            h = np.maximum(0, X @ W1 + b1)
            g = 1 / (1 + np.exp(-(h @ W2 + b2)))
            e = np.exp(g @ W3 + b3)
            return e / e.sum(axis=1, keepdims=True)
    """)
    assert [(c.name, c.line, c.kind, c.verdict, c.causes) for c in checks] == [
        ("forward", 5, "relu", "ok", ()),
        ("forward", 6, "sigmoid", "fragile", ("sigmoid-overflow",)),
        ("forward", 8, "softmax", "fragile", ("softmax-unstable",)),
    ]


def test_a_lambda_with_a_name_is_one_function(judged):
    checks = judged("""
        tanh = lambda z: np.tanh(z)
        if True:
            sig = lambda z: 1.0 / (1.0 + np.exp(-z))
        tables = {"relu": lambda z: np.maximum(0, z)}
    """)
    assert {(c.line, c.name, c.kind) for c in checks} == {
        (4, "tanh", "tanh"),
        (6, "sig", "sigmoid"),
        (7, "np.maximum(0, z)", "relu"),
    }


@pytest.mark.parametrize(
    ("formula", "cause"),
    [
        ("1 / 1 + np.exp(-(X @ W + b))", "operator-precedence"),
        ("1 / (1 + np.exp(X @ W + b))", "activation-formula"),
    ],
)
def test_a_slip_in_a_written_out_sigmoid_is_shown_with_its_numbers(found, formula, cause):
    check = found(f"def forward(X, W, b):\n    a = {formula}\n    return a @ W", "sigmoid")
    assert check.causes == (cause,)
    assert "with z = 0.4 is" in check.evidence


def test_a_softmax_that_is_divided_in_place_is_one_and_its_loss_is_known_by_it(judged):
    checks = judged("""
        def cost_and_slope(B, h, T):
            u = h @ B
            q = np.exp(u - u.max(axis=1, keepdims=True))
            q /= q.sum(axis=1, keepdims=True)
            return -np.einsum('nk,nk->', T, np.log(q + 1e-12)), q - T
    """)
    assert [(c.kind, c.verdict) for c in checks] == [("softmax", "ok"), ("cross-entropy", "ok")]


def test_a_sigmoid_of_minus_what_stands_before_it_is_no_slip(judged):
    checks = judged("def other(z):\n    q = -z\n    return 1 / (1 + np.exp(q))")
    assert [(c.kind, c.verdict) for c in checks] == [("sigmoid", "fragile")]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def make_sigmoid(): return lambda z: 1 / (1 + np.exp(-z))", "make_sigmoid"),
        ("TABLE = {'sigmoid': lambda z: 1 / (1 + np.exp(-z))}", "1 / (1 + np.exp(-z))"),
    ],
)
def test_a_lambda_without_a_name_is_judged_where_it_stands(judged, source, name):
    assert [(c.name, c.kind) for c in judged(source)] == [(name, "sigmoid")]


def test_a_softmax_over_a_whole_matrix_is_wrong_where_the_code_has_batches(found):
    check = found(
        """
        def step(X, Y, W, b):
            z = X @ W + b
            e = np.exp(z - np.max(z))
            p = e / np.sum(e)
            d = p - Y
            return X.T @ d, d.sum(axis=0), np.argmax(p, axis=1)
        """,
        "softmax",
    )
    assert check.causes == ("softmax-whole-matrix",)


SCRIPT_LOSS = "P = np.ones((4, 3)) / 3\nT = np.eye(4)[:, :3]\nX = T\nloss = {}\n"


@pytest.mark.parametrize(
    ("formula", "verdict", "causes"),
    [
        ("-np.sum(T * np.log(P + 1e-12)) / len(X)", "ok", ()),
        ("-np.sum(T * np.log(P)) / len(X)", "fragile", ("loss-log-of-zero",)),
        ("np.sum(T * np.log(P + 1e-12)) / len(X)", "wrong", ("loss-sign",)),
        ("-np.sum(T * P) / len(X)", "wrong", ("loss-formula",)),
        ("-np.sum(P * np.log(P)) / len(X)", "wrong", ("loss-ignores-labels",)),
        ("-np.sum(T * np.log(T + 1e-12)) / len(X)", "wrong", ("loss-log-of-label",)),
    ],
)
def test_a_loss_in_a_script_is_judged_by_the_names_in_it(judged, formula, verdict, causes):
    (check,) = judged(SCRIPT_LOSS.format(formula))
    assert (check.name, check.line, check.verdict, check.causes) == ("loss", 6, verdict, causes)


@pytest.mark.parametrize(
    "body",
    [
        "picked = P[range(len(y)), y]\n    loss = -np.log(picked).mean()",
        "probs = P[range(len(y)), y]\n    loss = -np.log(probs).mean()",
        "entropy = -np.sum(P * np.log(P))",
        "reg_loss = 0.5 * np.sum(P * P)",
        "probs = chosen(P, y)\n    loss = -np.mean(np.log(probs))",
        "loss = -np.mean(np.log(P[y == 1]))",
        "mask = y == 1\n    loss = -np.mean(np.log(P[mask]))",
        "loss = -np.mean(np.log(P[y.astype(bool)]))",
        "loss = -np.mean(np.log(P[np.where(y)]))",
        "loss = -np.mean(np.log(np.take_along_axis(P, y[:, None], axis=1)))",
        "loss = -np.mean(np.log(np.choose(y, P.T)))",
        "P[y == 0] = 1 - P[y == 0]\n    loss = -np.log(P).mean()",
    ],
)
def test_a_loss_whose_labels_were_looked_at_before_ignores_none(judged, body):
    checks = judged(f"def f(P, y):\n    {body}")
    assert not [check for check in checks if check.verdict == "wrong"]


KEPT_LABELS = """
class Net:
    def __init__(self, Y):
        self.Y = Y

    def choose(self, P):
        self.probs = P[range(len(P)), self.Y]

    def cost(self, A):
        self.loss = {}
"""


@pytest.mark.parametrize(
    ("formula", "wrong"),
    [
        ("-np.mean(self.A * np.log(self.A) + (1 - self.A) * np.log(1 - self.A))", True),
        ("-np.sum(np.log(self.probs)) / len(self.probs)", False),
    ],
)
def test_labels_that_an_object_keeps_are_missed_where_probabilities_stand_for_them(
    judged, formula, wrong
):
    causes = [check.causes for check in judged(KEPT_LABELS.format(formula))]
    assert (("loss-ignores-labels",) in causes) == wrong


def test_a_cost_called_j_with_logarithms_of_labels_is_wrong(judged):
    checks = judged("def f(h, a1, Y):\n    J = -np.sum(Y * np.log(Y)) / len(Y)\n    return J")
    assert ("loss-log-of-label",) in [check.causes for check in checks]


def test_a_loss_of_several_statements_is_judged_as_a_whole(judged):
    checks = judged("""
        def data_loss(model, X, y):
            probs = predict_proba(model, X)
            total = np.log(probs[range(len(X)), y])
            total = np.sum(total)
            return -total / len(X)
    """)
    assert [(c.kind, c.causes) for c in checks] == [("cross-entropy", ("loss-log-of-zero",))]


@pytest.mark.parametrize(
    "line",
    [
        "p = np.maximum(p, 1e-12)",
        "g = np.clip(g, -1, 1)",
        "kept = np.random.rand(*p.shape) < 0.5",
        "X = (X - X.mean(axis=0)) / X.std(axis=0)",
        "r = np.exp(-distance(g)) / np.sum(np.exp(-distance(g)))",
        "a = own(X @ W)",
        "error = np.mean(y - p)",
    ],
)
def test_what_is_no_activation_is_left_alone(judged, line):
    assert not judged(f"def f(p, g, X, W, y=None):\n    {line}\n    return g")


def test_calls_of_the_persons_own_functions_are_never_made(judged):
    checks = judged("""
        def boom(z):
            raise SystemExit
        def forward(X, W):
            return np.tanh(boom(X @ W))
    """)
    assert [(c.name, c.line, c.kind) for c in checks] == [("forward", 7, "tanh")]


@pytest.mark.parametrize(("formula", "causes"), [("-z", ()), ("z", ("activation-formula",))])
def test_a_loss_that_also_gives_its_probabilities_is_looked_at_for_slips_in_them(
    judged, formula, causes
):
    source = f"""
    def out_binary_cross_entropy(z, y):
        p = 1 / (1 + np.exp({formula}))
        return p, np.mean(np.logaddexp(0, z) - y * z), (p - y) / y.size
    """
    assert judged(source)[0].verdict == "ok"
    assert tuple(cause for check in judged(source)[1:] for cause in check.causes) == causes


def test_probabilities_of_turned_weights_are_made_of_no_labels(judged):
    source = """
    def cost(theta, X, y):
        Y = np.eye(3)[y]
        h = 1 / (1 + np.exp(-X.dot(theta.T)))
        J = np.mean(-h * np.log(h) - (1 - h) * np.log(1 - h))
        return J, X.T.dot(h - Y)
    """
    assert "loss-ignores-labels" in [cause for check in judged(source) for cause in check.causes]
