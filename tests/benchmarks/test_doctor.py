"""The doctor's benchmark keeps trainings as the doctor sees them, and counts which rules fire."""

from __future__ import annotations

import json

import numpy as np
import pytest
from doctor import faulty_case, healthy_case
from doctor_cases import case_of, described
from doctor_faults import FAULTS
from doctor_healthy import Altered, other_loss
from doctor_report import VERDICT, counts, fault_table, rule_table
from doctor_tables import Drawn, prepared

from helder.glass.doctor.training import RULES, diagnosed
from helder.model.verdict import NOTHING


def kept(kind, seed, drawn, case):
    return json.dumps({"kind": kind, "seed": seed, "drawn": drawn, "case": described(case)})


@pytest.mark.parametrize("kind", ["all weights zero", "loss of another output", "hardly trained"])
def test_a_training_is_judged_the_same_from_the_results_file(tmp_path, kind):
    drawn, case = faulty_case(tmp_path, FAULTS[kind], seed=0)
    again = case_of(json.loads(kept(kind, 0, drawn, case))["case"])
    rules = [finding.rule for finding in diagnosed(case)]
    assert FAULTS[kind].finds in rules
    assert [finding.rule for finding in diagnosed(again)] == rules


def test_what_fires_is_counted_by_kind_and_noise_by_its_verdict(tmp_path):
    seeds = [seed for seed in range(40) if seed % 6 == 0][:1]
    lines = [json.dumps({"kind": VERDICT, "seed": seeds[0], "said": NOTHING})]
    lines += [kept("healthy", seed, *healthy_case(tmp_path, seed)) for seed in seeds]
    zero = faulty_case(tmp_path, FAULTS["all weights zero"], seed=2)
    lines += [kept("all weights zero", 2, *zero)]
    results = tmp_path / "results.jsonl"
    results.write_text("\n".join(lines))
    counted = counts(results)
    assert counted.noise == 1
    assert counted.healthy("symmetric-weights") == (0, 1)
    assert counted.faulty("symmetric-weights") == (1, 1)
    assert counted.faulty("saturation") == (0, 0)
    assert any("all weights zero" in line and "1 of 1" in line for line in fault_table(counted))
    assert len(rule_table(counted)) == len(RULES) + 3  # the head, the rule below it, a line after


def test_every_fault_has_a_rule_to_find_it_and_every_problem_a_fault():
    names = {rule.name for rule in RULES}
    assert {fault.finds for fault in FAULTS.values()} == names


def test_other_losses_of_healthy_trainings_suit_their_targets(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("ripple", "blobs"):
        problem = prepared(tmp_path, Drawn(name, 60, "plain", 0)).problem
        for _ in range(12):
            found = other_loss(problem, rng)
            found.loss.target(found.rows.y, found.outputs)  # raises where they do not fit


def test_a_recipe_with_nothing_altered_is_the_recipe(tmp_path):
    from helder.model.recipes import recipe_with

    problem = prepared(tmp_path, Drawn("ripple", 60, "plain", 0)).problem
    recipe = recipe_with("plain", {})
    assert Altered(recipe).architecture(problem) == recipe.architecture(problem)
    assert Altered(recipe).settings(problem) == recipe.settings(problem)
