"""Each rule about data sees its fault, says it in numbers, and is silent without it."""

from __future__ import annotations

import numpy as np
import pytest

ROWS = 300


@pytest.fixture
def healthy():
    """Columns without a fault: two numbers, a word, and a class that they tell in part."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, ROWS)).round(3)
    word = rng.choice(["red", "green", "blue"], ROWS)
    answer = np.where(a + b + rng.normal(size=ROWS) > 0, "yes", "no")
    return {"a": a, "b": b, "word": word, "answer": answer}


@pytest.fixture
def amounts(healthy):
    """The same with a number to predict."""
    noise = np.random.default_rng(1).normal(size=ROWS)
    return healthy | {"answer": (healthy["a"] - healthy["b"] + noise).round(4)}


def test_a_healthy_table_has_no_findings(found, healthy, amounts):
    assert found(healthy, "answer", test=healthy | {"a": healthy["a"] + 0.01}) == {}
    assert found(amounts, "answer") == {}


def test_one_column_that_holds_the_cells_of_many(found):
    (finding,) = found("a;b;c\n1;2;3\n2;3;4\n", sep=",")["one-column"]
    assert "';'" in finding.saw
    assert found("a;b;c\n1;2;3\n2;3;4\n") == {}
    assert found("a\n1\n2\n") == {}


@pytest.mark.parametrize("task", ["classes", "numbers"])
def test_a_column_that_is_the_target_in_other_words(found, healthy, amounts, task):
    table = healthy if task == "classes" else amounts
    answers = table["answer"]
    copy = np.where(answers == "yes", 17.5, 3.25) if task == "classes" else np.exp(answers)
    (finding,) = found(table | {"copy": copy}, "answer")["target-in-a-column"]
    assert finding.level == "problem"
    assert finding.where == "copy"
    assert "'copy' alone puts right " in finding.saw
    assert "--drop" in finding.try_first


def test_a_column_that_is_nearly_the_target_is_a_note(found, healthy):
    rng = np.random.default_rng(2)
    wrong = rng.random(ROWS) < 0.05
    copy = np.where((healthy["answer"] == "yes") ^ wrong, "p", "q")
    findings = found(healthy | {"copy": copy}, "answer")
    assert findings["column-predicts-target"][0].level == "note"
    assert "target-in-a-column" not in findings


def test_rows_of_the_training_file_in_the_test_file(found, healthy):
    rng = np.random.default_rng(3)
    fresh = {"a": rng.normal(size=100), "b": rng.normal(size=100)}
    test = {name: np.concatenate([cells[:12], fresh.get(name, cells[-100:])])
            for name, cells in healthy.items()}  # fmt: skip
    (finding,) = found(healthy, "answer", test=test)["same-rows-in-train-and-test"]
    assert finding.level == "problem"
    assert finding.saw.startswith("12 of the 112 rows of ")
    assert "(its rows 1, 2, 3, ...)" in finding.saw


def test_equal_rows_of_coarse_columns_are_no_problem(found):
    rng = np.random.default_rng(4)
    train, test = (
        {"a": rng.integers(4, size=size), "b": rng.integers(3, size=size),
         "answer": rng.choice(["yes", "no"], size)} for size in (ROWS, 100)
    )  # fmt: skip
    findings = found(train, "answer", test=test)
    assert "same-rows-in-train-and-test" not in findings
    assert "duplicate-rows" not in findings


def test_duplicate_rows_and_how_many_chance_would_give(found, healthy):
    twice = {name: np.concatenate([cells, cells[:30]]) for name, cells in healthy.items()}
    (finding,) = found(twice, "answer")["duplicate-rows"]
    assert finding.saw.startswith("30 rows (9.1 %)")
    assert "are 1, 2, 3;" in finding.saw
    assert "about 0 pairs" in finding.saw
    cases = np.arange(len(twice["a"])) % 40
    assert "duplicate-rows" not in found(twice | {"case": cases}, "answer", case="groups")


def test_rows_that_contradict_each_other_bound_the_score(found):
    table = {"a": [1, 2] * 50, "answer": ["yes", "no", "no", "no"] * 25}
    (finding,) = found(table, "answer")["same-inputs-different-target"]
    assert "75.0" in finding.saw


def test_classes_spelt_differently(found, healthy):
    answers = np.where(np.arange(ROWS) % 9, healthy["answer"], "Yes ")
    (finding,) = found(healthy | {"answer": answers}, "answer")["labels-spelt-differently"]
    assert "'Yes', 'yes'" in finding.saw


def test_categories_spelt_differently(found, healthy):
    words = np.where(np.arange(ROWS) % 9, healthy["word"], "Red")
    (finding,) = found(healthy | {"word": words}, "answer")["spelling-variants"]
    assert "'Red', 'red'" in finding.saw
    long = np.array(["x" * 300 + end for end in "abc"])[np.arange(ROWS) % 3]
    assert "spelling-variants" not in found(healthy | {"word": long}, "answer")
    signs = np.where(np.arange(ROWS) % 9, "A+", "A-")
    assert "spelling-variants" not in found(healthy | {"word": signs}, "answer")


def test_a_class_of_hardly_any_rows(found, healthy):
    answers = np.where(np.arange(ROWS) < 2, "perhaps", healthy["answer"])
    findings = found(healthy | {"answer": answers}, "answer")
    (finding,) = findings["class-too-small"]
    assert finding.saw == "1 class has fewer than 4 rows: 'perhaps' (2 rows)."
    assert "2 rows" in findings["imbalance"][0].saw


def test_rows_sorted_by_the_target(found, healthy, amounts):
    for table in (healthy, amounts):
        order = np.argsort(table["answer"], kind="stable")
        table = {name: cells[order] for name, cells in table.items()}
        assert "sorted-by-target" in found(table, "answer")


def test_neighbouring_rows_that_are_alike(found, healthy, amounts):
    runs = np.repeat(np.random.default_rng(5).choice(["yes", "no"], ROWS // 3), 3)
    (finding,) = found(healthy | {"answer": runs}, "answer")["neighbours-alike"]
    assert "random order" in finding.saw
    walk = np.random.default_rng(6).normal(size=ROWS).cumsum().round(3)
    assert "neighbours-alike" in found(amounts | {"answer": walk}, "answer")
    when = {"when": np.arange(ROWS)}
    assert "neighbours-alike" not in found(amounts | {"answer": walk} | when, "answer", when="time")


def test_a_column_that_names_cases_of_several_rows(found, healthy):
    cases = np.random.default_rng(7).integers(1000, 1060, ROWS)
    (finding,) = found(healthy | {"patient_id": cases}, "answer")["looks-grouped"]
    assert "--groups" in finding.try_first


def test_a_column_that_has_moved_in_the_test_file(found, healthy):
    findings = found(healthy, "answer", test=healthy | {"a": healthy["a"] * 100})
    (finding,) = findings["drift"]
    assert finding.where == "a"


def test_numbers_that_stand_for_nothing(found, healthy):
    odd = np.arange(ROWS) % 20 == 0
    pressure = np.random.default_rng(8).integers(80, 180, ROWS)
    table = healthy | {"a": np.where(odd, -999, healthy["a"]), "b": np.where(odd, 0, pressure)}
    findings = found(table, "answer")["stand-in-values"]
    assert [finding.where for finding in findings] == ["a", "b"]
    assert "holds -999 in 15 rows" in findings[0].saw


def test_missing_values_spelt_in_several_ways(found, healthy):
    cells = [("", "NA", "?", "1.5", "2.5")[row % 5] for row in range(ROWS)]
    findings = found(healthy | {"a": cells}, "answer")
    assert "'', '?', 'na'" in findings["mixed-missing-marks"][0].saw
    assert "60 % of the rows" in findings["mostly-missing"][0].saw


def test_columns_that_say_little_or_too_much(found, healthy):
    flag = np.where(np.arange(ROWS) % 150, "no", "yes")
    town = [f"town {row % 97}" for row in range(ROWS)]
    findings = found(healthy | {"flag": flag, "town": town}, "answer")
    assert "'no' in 99.3 %" in findings["near-constant"][0].saw
    assert "97 categories" in findings["high-cardinality"][0].saw


def test_scales_that_differ_a_thousandfold(found, healthy):
    (finding,) = found(healthy | {"a": healthy["a"] * 5000}, "answer")["column-scales"]
    assert "'a' varies" in finding.saw
    assert finding.level == "note"


def test_numbers_so_large_that_their_spread_is_none_are_no_matter(found, healthy):
    huge = np.where(np.arange(ROWS) % 7, 1e308, -1e308)
    assert found(healthy | {"a": huge}, "answer") == {}


def test_a_header_that_is_a_row(found):
    rows = "\n".join(("A,G,yes", "T,G,no", "A,C,no", "T,C,yes") * 10)
    (finding,) = found(rows)["no-header"]
    assert "'A'" in finding.saw
    assert "no-header" in found("1,2\n3,4\n5,6\n")


def test_numbers_that_are_read_as_text(found):
    amounts = "\n".join(["7.5,5 %", "6,6 %", "about 5,7 %"] * 10)
    findings = found(f"hours,share\n{amounts}\n")
    assert findings["numbers-as-text"][0].where == "hours"
    assert findings["numbers-with-sign"][0].where == "share"


def test_a_finding_escapes_what_the_file_says(found, healthy):
    table = dict(healthy)
    table["\x1b[31m\u202eevil"] = table.pop("word")
    table["answer"] = np.where(healthy["answer"] == "yes", "\x1b[2J", "ok")
    table["\x07copy"] = table["answer"]
    for finding in (one for same in found(table, "answer").values() for one in same):
        assert (finding.saw + finding.why + finding.try_first).isprintable()
