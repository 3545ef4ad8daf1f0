"""Both engines against JAX: random networks, written again and differentiated by JAX.

Nothing here is shared with the book but the numbers: the forward pass below is its own, in
jax.numpy, and `jax.grad` finds the gradients in float64.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helder import Architecture, Hidden
from helder.core import ACTIVATIONS, LOSSES, Huber, Quantile

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_disable_most_optimizations", True)  # compiled once, used once

BENDS = {
    "relu": jax.nn.relu,
    "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.01),
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "identity": lambda z: z,
    "elu": jax.nn.elu,
    "selu": jax.nn.selu,
    "silu": jax.nn.silu,
    "mish": jax.nn.mish,
    "gelu": lambda z: jax.nn.gelu(z, approximate=True),
    "gelu_exact": lambda z: jax.nn.gelu(z, approximate=False),
    "softplus": jax.nn.softplus,
}


def pinball(z, y, level):
    return jnp.where(y >= z, level * (y - z), (1 - level) * (z - y))


def huber(z, y, delta):
    far = jnp.abs(z - y)
    return jnp.where(far <= delta, far**2 / 2, delta * far - delta**2 / 2)


# Each loss for every row, from z and y of shape (B, n_out).
ROW_LOSSES = {
    "categorical_cross_entropy": lambda z, y, _: -(y * jax.nn.log_softmax(z)).sum(1),
    "binary_cross_entropy": lambda z, y, _: (
        -(y * jax.nn.log_sigmoid(z) + (1 - y) * jax.nn.log_sigmoid(-z)).sum(1)
    ),
    "mean_squared_error": lambda z, y, _: ((z - y) ** 2).mean(1),
    "mean_absolute_error": lambda z, y, _: jnp.abs(z - y).mean(1),
    "huber": lambda z, y, loss: huber(z, y, loss.delta).mean(1),
    "poisson": lambda z, y, _: (jnp.exp(z) - y * z).mean(1),
    "quantile": lambda z, y, loss: pinball(z, y, loss.level).mean(1),
}


def normalised(x, axis):
    return (x - x.mean(axis, keepdims=True)) / jnp.sqrt(x.var(axis, keepdims=True) + 1e-5)


def jax_loss(trained, x, y, share, masks, architecture):
    """The mean loss and the penalties, from one dict of arrays per dense layer."""
    penalty = 0.0
    strengths = [(layer.l1, layer.l2) for layer in architecture.hidden_layers]
    strengths.append((architecture.l1, architecture.l2))
    for mine, (l1, l2) in zip(trained, strengths, strict=True):
        penalty += l1 * jnp.abs(mine["W"]).sum() + l2 / 2 * (mine["W"] ** 2).sum()
    masks = iter(masks)
    for mine, layer in zip(trained[:-1], architecture.hidden_layers, strict=True):
        x = x @ mine["W"] + mine["b"]
        if layer.normalisation != "none":
            axis = 0 if layer.normalisation == "batch" else 1
            x = mine["gamma"] * normalised(x, axis) + mine["beta"]
        x = BENDS[layer.activation.name](x)
        if layer.dropout:
            x = x * next(masks)
    z = x @ trained[-1]["W"] + trained[-1]["b"]
    loss = architecture.loss
    return (ROW_LOSSES[loss.name](z, y, loss) * share).sum() + penalty


def by_dense_layer(made, *, gradient):
    """Arrays, or their gradients, as one dict for each dense layer and what follows it."""
    dicts = []
    for layer, theta, page in zip(made.network.layers, made.thetas, made.tape.pages, strict=True):
        names = layer.parameters()
        if "W" in names:
            dicts.append({})
        for name in names:
            dicts[-1][name] = getattr(page, f"d{name}") if gradient else getattr(theta, name)
    return dicts


hidden_layers = st.builds(
    Hidden,
    units=st.sampled_from([1, 4]),  # few sizes: JAX compiles each shape that it meets
    activation=st.sampled_from(list(ACTIVATIONS)),
    dropout=st.sampled_from([0.0, 0.0, 0.4]),
    normalisation=st.sampled_from(["none", "none", "batch", "layer"]),
    l1=st.sampled_from([0.0, 0.02]),
    l2=st.sampled_from([0.0, 0.03]),
)
losses = st.sampled_from([*(loss() for loss in LOSSES.values()), Huber(0.3), Quantile(0.9)])
architectures = st.builds(
    Architecture,
    inputs=st.sampled_from([1, 4]),
    hidden=st.lists(hidden_layers, max_size=3),
    outputs=st.sampled_from([2, 4]),
    output=losses,
    l1=st.sampled_from([0.0, 0.01]),
    l2=st.sampled_from([0.0, 0.02]),
)


def agree(found, expected, largest, what):
    # An array whose true gradient is zero (a bias before a normalisation) holds rounding alone,
    # of the size of the gradients around it.
    allowed = 1e-9 * np.abs(expected).max() + 1e-12 * largest
    assert np.abs(found - np.asarray(expected)).max() <= allowed, what


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    architecture=architectures,
    rows=st.sampled_from([2, 6]),
    weighted=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_loss_and_gradients_of_random_networks(
    one_pass, engines, architecture, rows, weighted, seed
):
    passes = [
        one_pass(architecture, one, rows=rows, seed=seed, weighted=weighted) for one in engines
    ]
    made = passes[0]
    masks = [mask for _, _, mask in made.tape.masks]
    share, trained = made.share[:, 0], by_dense_layer(made, gradient=False)
    loss, (theirs, dx) = jax.value_and_grad(jax_loss, (0, 1))(
        trained, made.X, made.y, share, masks, architecture
    )
    largest = max(np.abs(gradient).max() for layer in theirs for gradient in layer.values())
    for made in passes:
        np.testing.assert_allclose(made.loss(), loss, rtol=1e-12)
        ours = by_dense_layer(made, gradient=True)
        for place, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            assert set(mine) == set(other)
            for name in mine:
                agree(mine[name], other[name], largest, f"{name} of dense layer {place}")
        agree(made.tape.pages[0].dx, dx, largest, "x")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_slopes(name):
    z = np.linspace(-9, 9, 200)
    activation, bend = ACTIVATIONS[name], BENDS[name]
    a = activation.function(z)
    np.testing.assert_allclose(a, bend(z), rtol=1e-12, atol=1e-14)
    slope = jax.vmap(jax.grad(bend))(z)
    np.testing.assert_allclose(activation.slope(z, a), slope, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_keep_their_digits_in_float32(name):
    z = np.linspace(-20, 20, 200, dtype=np.float32)
    expected = BENDS[name](z.astype(float))
    np.testing.assert_allclose(ACTIVATIONS[name].function(z), expected, rtol=2e-6, atol=1e-6)


def test_every_activation_and_loss_of_the_book_is_written_here_again():
    assert set(BENDS) == set(ACTIVATIONS)
    assert set(ROW_LOSSES) == set(LOSSES)
