"""The table of rules about data: what each looks at, where it comes from, how often it is right."""

from __future__ import annotations

from dataclasses import replace

from helder.glass.doctor.data import columns, order, rows, spelling, target, testing
from helder.glass.doctor.data.case import DataCase
from helder.glass.doctor.data.noted import noted
from helder.glass.doctor.data.rates import RATES
from helder.glass.doctor.rules import Rule

LISTED: tuple[Rule[DataCase], ...] = (
    Rule("one-column", "problem", columns.one_column, "ours"),
    Rule("no-header", "problem", spelling.header_is_a_row, "ours"),
    Rule("numbers-as-text", "problem", noted("numbers-as-text"), "ours", threshold=0.5),
    Rule("numbers-with-sign", "problem", noted("numbers-with-sign"), "ours", threshold=0.5),
    Rule("marks-disagree", "problem", noted("marks-disagree"), "ours"),
    Rule("labels-spelt-differently", "problem", spelling.label_variants, "deepchecks"),
    Rule(
        "class-too-small",
        "problem",
        target.class_too_small,
        "ours",
        threshold=target.FEWEST_OF_CLASS,
    ),
    Rule("target-in-a-column", "problem", target.tells_all, "ours", threshold=target.TELLS_ALL),
    Rule(
        "same-rows-in-train-and-test",
        "problem",
        rows.rows_in_both,
        "ours",
        threshold=rows.CHANCE,
    ),
    Rule(
        "column-predicts-target",
        "note",
        target.tells_much,
        "deepchecks",
        threshold=target.TELLS_MUCH,
    ),
    Rule("imbalance", "note", target.imbalance, "SageMaker Debugger", threshold=target.RARE),
    Rule(
        "same-inputs-different-target",
        "note",
        rows.conflicting_rows,
        "deepchecks; the ceiling ours",
        threshold=rows.CEILING,
    ),
    Rule(
        "duplicate-rows",
        "note",
        rows.duplicate_rows,
        "ydata-profiling; chance ours",
        threshold=rows.MANY_TWICE,
    ),
    Rule("looks-grouped", "note", columns.looks_grouped, "ours"),
    Rule("sorted-by-target", "note", order.sorted_by_target, "ours"),
    Rule(
        "neighbours-alike",
        "note",
        order.neighbours_alike,
        "Wald and Wolfowitz",
        threshold=order.SURE,
    ),
    Rule("drift", "note", testing.drift, "pointblank", threshold=testing.MAJOR),
    Rule("unseen-categories", "note", noted("unseen-categories"), "deepchecks"),
    Rule("not-utf-8", "note", noted("not-utf-8"), "ours"),
    Rule("thousands-or-decimals", "note", noted("thousands-or-decimals"), "ours"),
    Rule("day-or-month", "note", noted("day-or-month"), "ours"),
    Rule("dates-as-text", "note", noted("dates-as-text"), "ydata-profiling", threshold=0.5),
    Rule("text-of-numbers", "note", noted("text-of-numbers"), "ours"),
    Rule("perhaps-an-identifier", "note", noted("perhaps-an-identifier"), "ydata-profiling"),
    Rule("spelling-variants", "note", spelling.spelling_variants, "deepchecks"),
    Rule("mixed-missing-marks", "note", columns.mixed_missing, "deepchecks", threshold=1),
    Rule("stand-in-values", "note", columns.stand_ins, "ours"),
    Rule(
        "mostly-missing",
        "note",
        columns.mostly_missing,
        "ours",
        threshold=columns.MOSTLY_EMPTY,
    ),
    Rule("near-constant", "note", columns.near_constant, "ours", threshold=columns.ONE_VALUE),
    Rule(
        "high-cardinality",
        "note",
        columns.high_cardinality,
        "ydata-profiling",
        threshold=columns.MANY_CATEGORIES,
    ),
    Rule("column-scales", "note", columns.column_scales, "ours", threshold=columns.SPREAD_RATIO),
)


def rated(rule: Rule[DataCase]) -> Rule[DataCase]:
    """The rule with what was measured of it, if anything was."""
    healthy, faulty = RATES.get(rule.name, (None, None))
    return replace(rule, healthy=healthy, faulty=faulty)


RULES = tuple(map(rated, LISTED))
