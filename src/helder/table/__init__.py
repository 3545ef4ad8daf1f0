"""Tables: from a file or a data frame to inputs, nothing dropped without being said."""

from helder.table.beside import column_values, group_notes, read_groups, read_time, read_weights
from helder.table.columns import Column, describe_columns
from helder.table.contents import Table, unknown_column
from helder.table.dialect import Dialect
from helder.table.frame_columns import describe_frame
from helder.table.frames import table_of
from helder.table.hashing import data_hash
from helder.table.labels import TargetPlan
from helder.table.marks import marks_of
from helder.table.notes import LeftOut, Note
from helder.table.numbers import column_numbers, parse_numbers
from helder.table.plan import Layout, TablePlan
from helder.table.reading import read_table
from helder.table.splitting import MAX_COLUMNS
from helder.table.steps import (
    PLAIN,
    BooleanStep,
    CategoryStep,
    DateStep,
    NumericStep,
    Step,
)
from helder.table.strong_steps import (
    STRONG,
    OneHotStep,
    PairStep,
    RobustDateStep,
    RobustStep,
    SignStep,
)
from helder.table.target import Target, read_target

__all__ = [
    "MAX_COLUMNS",
    "PLAIN",
    "STRONG",
    "BooleanStep",
    "CategoryStep",
    "Column",
    "DateStep",
    "Dialect",
    "Layout",
    "LeftOut",
    "Note",
    "NumericStep",
    "OneHotStep",
    "PairStep",
    "RobustDateStep",
    "RobustStep",
    "SignStep",
    "Step",
    "Table",
    "TablePlan",
    "Target",
    "TargetPlan",
    "column_numbers",
    "column_values",
    "data_hash",
    "describe_columns",
    "describe_frame",
    "group_notes",
    "marks_of",
    "parse_numbers",
    "read_groups",
    "read_table",
    "read_target",
    "read_time",
    "read_weights",
    "table_of",
    "unknown_column",
]
