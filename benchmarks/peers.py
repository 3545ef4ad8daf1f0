"""The peers, each trained as its own documentation says is fast; who is missing is left out."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from shapes import RATE, Shape

Run = Callable[[], object]
MODULES = {
    "scikit-learn": "sklearn",
    "PyTorch": "torch",
    "JAX": "jax",
    "onnxruntime": "onnxruntime",
}


def present() -> dict[str, str]:
    """The peers that are installed, with their versions."""
    found = {}
    for name, module in MODULES.items():
        try:
            found[name] = importlib.import_module(module).__version__
        except ImportError:
            continue
    return found


def sklearn_training(shape: Shape) -> Run:
    """A whole fit, with its validation of the data, as there is no other door to its loop."""
    from sklearn.neural_network import MLPClassifier

    X, y = shape.data()
    model = MLPClassifier(
        shape.sizes[1:-1],
        solver=shape.optimizer,
        momentum=0,
        alpha=0,
        batch_size=shape.batch,
        learning_rate_init=RATE,
        max_iter=shape.epochs,
        tol=0,
        n_iter_no_change=shape.epochs + 1,
    )

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has not converged, and need not
            model.fit(X, y)

    return run


def torch_model(shape: Shape) -> Any:
    """The network as a chain of modules."""
    import torch

    parts: list[Any] = []
    for n, m in shape.layers:
        parts += [torch.nn.Linear(n, m), torch.nn.ReLU()]
    return torch.nn.Sequential(*parts[:-1])


def torch_training(shape: Shape, compiled: bool = False) -> Run:
    """The usual loop, with the fused optimizer; optionally the network compiled."""
    import torch

    torch.set_num_threads(1)
    X, y = (torch.from_numpy(part) for part in shape.data())
    model = torch_model(shape)
    kind = torch.optim.Adam if shape.optimizer == "adam" else torch.optim.SGD
    optimizer = kind(model.parameters(), lr=RATE, fused=True)
    forward = torch.compile(model) if compiled else model

    def run() -> None:
        for _ in range(shape.epochs):
            for rows in torch.randperm(shape.rows).split(shape.batch):
                whole = len(rows) == shape.rows  # one batch needs no shuffle
                x, target = (X, y) if whole else (X[rows], y[rows])
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(forward(x), target).backward()
                optimizer.step()

    return run


def torch_batched(shape: Shape, members: int) -> Run:
    """So many networks in one batched product."""
    import torch

    torch.set_num_threads(1)
    X, y = (torch.from_numpy(part) for part in shape.data())
    W = [torch.randn(members, n, m).div(n**0.5).requires_grad_() for n, m in shape.layers]
    b = [torch.zeros(members, 1, m, requires_grad=True) for _, m in shape.layers]
    optimizer = torch.optim.Adam([*W, *b], lr=RATE, fused=True)

    def run() -> None:
        for _ in range(shape.epochs):
            orders = torch.stack([torch.randperm(shape.rows) for _ in range(members)])
            for rows in orders.split(shape.batch, 1):
                a, last = X[rows], len(W) - 1  # (K, B, n_in)
                for layer, (weights, bias) in enumerate(zip(W, b, strict=True)):
                    z = torch.baddbmm(bias, a, weights)
                    a = z if layer == last else z.relu()
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(a.flatten(0, 1), y[rows].flatten())
                (loss * members).backward()
                optimizer.step()

    return run


def jax_epoch(shape: Shape) -> Any:
    """One epoch of one network: `(state, key) -> state`, its updates in `lax.scan`."""
    import jax
    from jax import numpy as jnp

    X, y = (jnp.asarray(part) for part in shape.data())

    def loss(theta: Any, rows: Any) -> Any:
        whole = len(rows) == shape.rows  # one batch needs no shuffle
        a, target = (X, y) if whole else (X[rows], y[rows])
        for W, b in theta[:-1]:
            a = jax.nn.relu(a @ W + b)
        W, b = theta[-1]
        chosen = jnp.take_along_axis(jax.nn.log_softmax(a @ W + b), target[:, None], 1)
        return -chosen.mean()

    def update(state: Any, rows: Any) -> Any:
        theta, m, v, t = state
        g = jax.grad(loss)(theta, rows)
        over = jax.tree_util.tree_map
        if shape.optimizer == "sgd":
            return (over(lambda p, dp: p - RATE * dp, theta, g), m, v, t), None
        t = t + 1
        m = over(lambda old, dp: 0.9 * old + 0.1 * dp, m, g)
        v = over(lambda old, dp: 0.999 * old + 0.001 * dp * dp, v, g)
        rate = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        theta = over(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), theta, m, v)
        return (theta, m, v, t), None

    def epoch(state: Any, key: Any) -> Any:
        one = shape.rows == shape.batch
        order = jnp.arange(shape.rows) if one else jax.random.permutation(key, shape.rows)
        order = order.reshape(-1, shape.batch)
        return jax.lax.scan(update, state, order)[0]

    return epoch


def jax_training(shape: Shape, members: int = 1) -> Run:
    """All epochs in one compiled scan of scans; many networks by `vmap`."""
    import jax
    from jax import numpy as jnp

    rng = np.random.default_rng(0)
    lead = () if members == 1 else (members,)

    def start(*size: int) -> Any:
        values = rng.standard_normal((*lead, *size)) / size[0] ** 0.5
        return jnp.asarray(values, jnp.float32)

    theta = [(start(n, m), jnp.zeros((*lead, m), jnp.float32)) for n, m in shape.layers]
    zero = jax.tree_util.tree_map(jnp.zeros_like, theta)
    one = jax_epoch(shape)
    epoch = one if members == 1 else jax.vmap(one)
    keys = jax.random.split(jax.random.PRNGKey(0), (shape.epochs, *lead))
    epochs = jax.jit(
        lambda state: jax.lax.scan(lambda now, key: (epoch(now, key), None), state, keys)[0]
    )
    state = (theta, zero, zero, jnp.zeros(lead))

    def run() -> None:
        nonlocal state
        state = jax.block_until_ready(epochs(state))

    return run


def sklearn_predicting(shape: Shape, X: np.ndarray) -> Run:
    """`predict_proba` of a network that was fitted for one epoch."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(shape.sizes[1:-1], max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(*shape.data())
    return lambda: model.predict_proba(X)


def torch_predicting(shape: Shape, X: np.ndarray) -> Run:
    """Softmax of the network without gradients."""
    import torch

    torch.set_num_threads(1)
    model, rows = torch_model(shape).eval(), torch.from_numpy(X)

    def run() -> None:
        with torch.inference_mode():
            torch.softmax(model(rows), 1)

    return run


def onnx_predicting(shape: Shape, X: np.ndarray) -> Run:
    """The network as an ONNX graph of Gemm, Relu and Softmax, in one thread."""
    import onnx
    import onnxruntime
    from onnx import helper, numpy_helper

    rng, last = np.random.default_rng(0), len(shape.layers) - 1
    nodes, numbers, a = [], [], "X"
    for layer, (n, m) in enumerate(shape.layers):
        W, b = rng.standard_normal((n, m), np.float32), np.zeros(m, np.float32)
        numbers += [
            numpy_helper.from_array(W, f"W{layer}"),
            numpy_helper.from_array(b, f"b{layer}"),
        ]
        nodes.append(helper.make_node("Gemm", [a, f"W{layer}", f"b{layer}"], [f"z{layer}"]))
        a = f"a{layer}"
        nodes.append(helper.make_node("Softmax" if layer == last else "Relu", [f"z{layer}"], [a]))
    door = helper.make_tensor_value_info("X", onnx.TensorProto.FLOAT, [None, shape.sizes[0]])
    out = helper.make_tensor_value_info(a, onnx.TensorProto.FLOAT, [None, shape.sizes[-1]])
    graph = helper.make_graph(nodes, "mlp", [door], [out], numbers)
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return lambda: session.run(None, {"X": X})
