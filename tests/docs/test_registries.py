"""The documentation names everything that the registries hold, and nothing else."""

from pathlib import Path

import pytest

from helder.core import ACTIVATIONS, INITIALISERS, LOSSES
from helder.core.losses import OUTPUTS
from helder.learn import OPTIMIZERS, SCHEDULES
from helder.model import METRICS

DOCS = Path(__file__).parents[2] / "docs"


def first_cells(file: str, header: str) -> list[str]:
    """The names in the first column of the table with this first header, without backticks."""
    lines = (DOCS / file).read_text(encoding="utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {header} |"))
    names = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        names.append(line.split("|")[1].strip().strip("`"))
    return names


@pytest.mark.parametrize(
    ("header", "registry"),
    [
        ("name", set(ACTIVATIONS)),
        ("loss", set(LOSSES)),
        ("optimizer", {*OPTIMIZERS, "lbfgs"}),
        ("schedule", set(SCHEDULES)),
    ],
)
def test_each_table_of_the_network_page_lists_its_registry(header: str, registry: set[str]) -> None:
    names = first_cells("network.md", header)
    assert len(names) == len(set(names))
    assert set(names) == registry


def test_each_loss_is_listed_with_the_output_that_stands_for_it() -> None:
    text = (DOCS / "network.md").read_text(encoding="utf-8")
    for output, loss in OUTPUTS.items():
        assert f"| `{loss.name}` | `{output}` |" in text


def test_every_initialiser_is_named() -> None:
    text = (DOCS / "network.md").read_text(encoding="utf-8")
    section = text[text.index("## Initialisers") : text.index("## Training")]
    assert all(f"`{name}`" in section for name in INITIALISERS)


def test_every_metric_is_named() -> None:
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in METRICS)
