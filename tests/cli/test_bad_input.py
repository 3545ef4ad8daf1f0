"""Every bad file and every slip is one clear message and its exit status; nothing is written."""

from __future__ import annotations

import pytest

GOOD = "a,b,kind\n" + "".join(f"{row}.5,{row % 7},{'xy'[row % 2]}\n" for row in range(100))


def refused(said, status: int, *parts: str) -> None:
    """The command said no in one or two lines, and said what is wrong and where."""
    assert said.status == status, said
    assert said.out == ""
    assert 1 <= len(said.err.splitlines()) <= 2, said.err
    assert said.err.startswith("helder: ")
    assert said.err.replace("\n", "").isprintable()
    assert "Traceback" not in said.err
    assert "inside helder" not in said.err
    for part in parts:
        assert part in said.err, said.err


WIDE = (",".join(f"c{at}" for at in range(200_000)) + "\n").encode()
BAD_FILES = {
    "empty": (b"", "empty"),
    "header only": (b"a,b,kind\n", "no rows"),
    "a row too long": (b"a,b,kind\n1,2,x\n1,2,3,y\n", "line 3", "4 fields", "header has 3"),
    "a row too short": (b"a,b,kind\n1,2,x\n3,4,y\n1,y\n", "line 4", "2 fields"),
    "text among numbers": (
        (GOOD + "what,1,x\n").encode(),
        "line 102",
        "column 'a'",
        "'what'",
        "--category a",
    ),
    "infinity": ((GOOD + "inf,1,x\n").encode(), "line 102", "column 'a'", "infinite"),
    "a single class": (GOOD.replace("x\n", "y\n").encode(), "column 'kind'", "same in every row"),
    "binary": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-16", "UTF-8"),
    "an unclosed quote": ((GOOD + '"never,1,x\n1,2,y\n').encode(), "line 102", "never closed"),
    "one name twice": (b"a,a,kind\n1,2,x\n3,4,y\n", "line 1", "same name", "'a'"),
    "200 000 columns": (WIDE + WIDE, "line 1", "too many columns", "200000"),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file_trains_nothing(helder, write, folder, what):
    content, *parts = BAD_FILES[what]
    file = write(content)
    refused(helder("train", file, "--target", "kind", "--json"), 1, file, *parts)
    assert [path.name for path in folder.iterdir()] == [file]


@pytest.mark.parametrize("what", [what for what in BAD_FILES if what != "a single class"])
def test_a_bad_file_cannot_be_looked_at(helder, write, what):
    content, *parts = BAD_FILES[what]
    file = write(content)
    refused(helder("look", file, "--json"), 1, file, *parts)
    refused(helder("look", file), 1, file, *parts)


def test_a_bad_file_changes_no_model_and_predicts_nothing(helder, well, write, small, folder):
    well("train", small, "--target", "answer", "--epochs", 2, "--quiet")
    before = (folder / "small.helder").read_bytes()
    bad = write("a,b,colour,answer\n1,2,red,yes\n1,2\n", name="small.csv")
    refused(helder("train", bad, "--target", "answer"), 1, "line 3")
    refused(helder("predict", "small.helder", bad, "--out", "p.csv"), 1, "line 3")
    refused(helder("evaluate", "small.helder", bad, "--json"), 1, "line 3")
    assert (folder / "small.helder").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["small.csv", "small.helder"]


def test_a_missing_file_suggests_the_nearest(helder, small):
    refused(helder("train", "smal.csv", "--target", "answer", "--json"), 1, "smal.csv", small)
    refused(helder("look", "nowhere/a.csv"), 1, "nowhere/a.csv", "no such file")


@pytest.mark.parametrize("name", [".", "..", "/", "deep", ""])
def test_a_folder_is_no_table(helder, folder, name):
    (folder / "deep").mkdir()
    refused(helder("train", name, "--target", "answer", "--json"), 1, "folder")
    refused(helder("look", name), 1, "folder")


def test_a_spreadsheet_gets_a_hint(helder, write):
    file = write(b"PK\x03\x04", name="data.xlsx")
    refused(helder("train", file, "--target", "kind", "--json"), 1, file, "CSV")


def test_a_target_that_does_not_exist_suggests_the_nearest(helder, small, folder):
    said = helder("train", small, "--target", "anwser", "--json")
    refused(said, 1, small, "'anwser'", "did you mean 'answer'")
    refused(helder("look", small, "--target", "anwser"), 1, "did you mean 'answer'")
    assert [path.name for path in folder.iterdir()] == [small]


def test_weights_that_leave_nothing_to_score(helder, write, folder):
    rows = [(row % 7, "xy"[row % 2], int(row < 3)) for row in range(100)]
    file = write(("a", "kind", "w"), rows)
    asked = ("--weights", "w", "--recipe", "plain", "--json")
    said = helder("train", file, "--target", "kind", *asked)
    refused(said, 1, "data.csv, column 'w'", "weight zero")


def test_a_place_that_cannot_take_the_model(helder, small, folder):
    (folder / "deep").mkdir()
    for place in ("deep", "nowhere/a.helder"):
        refused(helder("train", small, "--target", "answer", "--model", place), 1, place, "--model")
    well = helder("train", small, "--target", "answer", "--epochs", 2, "--quiet")
    assert well.status == 0
    for place in ("deep", "nowhere/p.csv"):
        refused(helder("predict", "small.helder", small, "--out", place), 1, place)


def test_nothing_is_written_over_a_file_that_is_read(helder, small, folder):
    before = (folder / small).read_bytes()
    for name in (small, f"./{small}"):
        refused(helder("train", small, "--target", "answer", "--model", name), 2, small)
    (folder / "data.helder").write_bytes(before)
    refused(helder("train", "data.helder", "--target", "answer"), 2, "data.helder")
    assert helder("train", small, "--target", "answer", "--epochs", 2, "--quiet").status == 0
    refused(helder("predict", "small.helder", small, "--out", small), 2, small)
    refused(helder("predict", "small.helder", small, "--out", "small.helder"), 2)
    assert (folder / small).read_bytes() == (folder / "data.helder").read_bytes() == before


SLIPS = {
    ("--activation", "rellu"): ("'rellu'", "did you mean 'relu'"),
    ("--metric", "nonsense"): ("'nonsense'", "accuracy"),
    ("--metric", "r2"): ("classification", "accuracy"),
    ("--hidden", "0"): ("got 0",),
    ("--epochs", "0"): ("--epochs", "0 is not in the range"),
    ("--batch-size", "0"): ("--batch-size", "0 is not in the range"),
    ("--learning-rate", "-1"): ("--learning-rate", "-1.0 is not in the range"),
    ("--learning-rate", "nan"): ("got nan", "above 0"),
    ("--seed", "-1"): ("--seed", "-1 is not in the range"),
    ("--drop", "colur"): ("'colur'", "did you mean 'colour'", "--drop"),
    ("--keep", "colur"): ("'colur'", "did you mean 'colour'", "--keep"),
    ("--category", "colur"): ("'colur'", "did you mean 'colour'", "--category"),
    ("--weights", "a", "--groups", "a"): ("two roles", "'a'"),
    ("--groups", "a", "--time", "b"): ("--groups or --time",),
    ("--classes", "yes"): ("two or more",),
    ("--bins", "a<1<b"): ("'a<1<b'",),
    ("--bins", "a<1<=b", "--classes", "a,b"): ("--classes",),
    ("--task", "regression", "--classes", "a,b"): ("--classes",),
    ("--sep", "x"): ("'x'", "tab"),
    ("--decimal", "x"): ("'x'",),
}


@pytest.mark.parametrize("options", SLIPS, ids=" ".join)
def test_a_slip_in_an_option(helder, small, folder, options):
    said = helder("train", small, "--target", "answer", "--json", *options)
    refused(said, 2, *SLIPS[options])
    assert [path.name for path in folder.iterdir()] == [small]


WRONG = {
    ("train", "small.csv", "--target", "answer", "--nonsense"): "--nonsense",
    ("train", "small.csv"): "--target",
    ("train", "--target", "answer"): "FILE",
    ("train", "small.csv", "--target", "answer", "--hidden", "a,b"): "'a,b'",
    ("train", "small.csv", "--target", "answer", "--epochs", "many"): "'many'",
    ("train", "small.csv", "--target", "answer", "--task", "guess"): "'guess'",
    ("train", "small.csv", "--target", "answer", "--drop", "a,,b"): "'a,,b'",
    ("look", "small.csv", "more.csv"): "more.csv",
    ("predict", "small.csv"): "FILE",
    ("trian", "small.csv"): "trian",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_is_status_2(helder, small, folder, arguments):
    said = helder(*arguments)
    assert (said.status, said.out) == (2, "")
    assert WRONG[arguments] in said.err
    assert "help" in said.err
    assert "Traceback" not in said.err
    assert [path.name for path in folder.iterdir()] == [small]


def test_no_verb_shows_the_verbs(helder):
    said = helder()
    assert (said.status, said.err) == (0, "")
    assert all(verb in said.out for verb in ("look", "train", "evaluate", "predict"))


def test_help_and_version_are_status_0(helder):
    for arguments in (("--help",), ("--version",), ("train", "-h"), ("predict", "--help")):
        said = helder(*arguments)
        assert (said.status, said.err) == (0, "")
        assert said.out


def test_debug_shows_the_traceback(helder, small):
    from helder.errors import DataError

    with pytest.raises(DataError, match="anwser"):
        helder("train", small, "--target", "anwser", "--debug")


@pytest.mark.parametrize("model", ["nowhere.helder", ".", "small.csv"])
def test_what_is_no_model_file(helder, small, model):
    refused(helder("predict", model, small), 1, model)
    refused(helder("evaluate", model, small, "--json"), 1, model)


def test_a_training_that_runs_off_at_once_leaves_no_model(helder, folder):
    (folder / "data.csv").write_text(GOOD)
    said = helder("train", "data.csv", "--target", "kind", "--learning-rate", "1e30")
    assert said.status == 1
    assert "a smaller learning rate" in said.err
    assert not list(folder.glob("*.helder"))


@pytest.mark.parametrize("option", ["--weights", "--groups", "--time"])
def test_a_column_with_a_role_that_does_not_exist_is_named_with_its_option(helder, folder, option):
    (folder / "data.csv").write_text(GOOD.replace("a,b", "alpha,beta", 1))
    said = helder("train", "data.csv", "--target", "kind", option, "alpa")
    refused(said, 1, option, "did you mean 'alpha'?")
