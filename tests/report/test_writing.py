"""Reports and plots in files, by the real command line."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from report_samples import HISTORY, answers, predictor

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.report.writing import Places, require

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "data" / "sample.csv"
WHAT = answers(30)


@pytest.fixture
def installed():
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")


@pytest.mark.usefixtures("installed")
def test_evaluate_writes_a_report_and_plots_and_tells_nothing_of_it(run, tmp_path):
    plain = run("evaluate", str(SAMPLE))

    ended = run("evaluate", str(SAMPLE), "--report", "report.html", "--plots", "plots")

    assert ended == plain
    assert "Evaluation of <bdi>default</bdi>" in (tmp_path / "report.html").read_text("utf-8")
    plots = sorted(path.name for path in (tmp_path / "plots").iterdir())
    assert len(plots) == 10
    for name in plots:
        root = ElementTree.parse(tmp_path / "plots" / name).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(--" not in (tmp_path / "plots" / name).read_text("utf-8")


@pytest.mark.usefixtures("installed")
def test_an_older_report_is_kept_without_force_and_replaced_with_it(run, tmp_path):
    (tmp_path / "report.html").write_text("old")

    refused = run("evaluate", str(SAMPLE), "--report", "report.html")

    assert refused.code == 1
    assert refused.err.count("\n") == 1
    assert "--force" in refused.err
    assert (tmp_path / "report.html").read_text() == "old"
    assert run("evaluate", str(SAMPLE), "--report", "report.html", "--force").code == 0
    assert "</html>" in (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.usefixtures("installed")
def test_a_folder_of_settings_that_cannot_be_written_is_no_matter(run):
    ended = run(
        "evaluate", str(SAMPLE), "--report", "report.html", MPLCONFIGDIR="/dev/null/matplotlib"
    )

    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("missing", ["matplotlib", "jinja2"])
def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(SentimentError, match=r"pip install 'lstm-sentiment-cli\[report\]'$"):
        require()


def test_asking_for_the_extra_does_not_import_it():
    ask = "import sys; from lstm_sentiment_cli.report.writing import require\n"
    ask += "try: require()\nexcept Exception: pass\nprint(*sys.modules)"

    imported = subprocess.check_output([sys.executable, "-c", ask], text=True, cwd=ROOT).split()

    assert not {"matplotlib", "jinja2"} & set(imported)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (".", "is a folder"),
        ("no/report.html", "there is no folder"),
        ("old.html", "--force"),
        ("-", "standard output"),
        ("old.html/report.html", "there is no folder"),
        ("a" * 300, "File name too long"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_where_no_report_can_be_written_one_line_says_why(tmp_path, monkeypatch, path, words):
    monkeypatch.chdir(tmp_path)
    Path("old.html").write_text("old")

    with pytest.raises(SentimentError, match=words):
        Places(report=Path(path)).check()

    assert [entry.name for entry in tmp_path.iterdir()] == ["old.html"]


@pytest.mark.usefixtures("installed")
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["a.json", "a.pdf", "a.csv"])
def test_a_report_is_a_page_of_html(tmp_path, name):
    with pytest.raises(
        SentimentError, match=r"a page of HTML, but .* is not; name the file a\.html"
    ):
        Places(report=tmp_path / name).check()


def test_asking_whether_a_report_can_be_written_leaves_nothing(tmp_path):
    Places(tmp_path / "report.html", tmp_path / "plots").check()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("installed")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line():
    with pytest.raises(SentimentError, match="cannot write /dev/full: No space left on device"):
        Places(Path("/dev/full")).write(WHAT, predictor(), HISTORY)


@pytest.mark.usefixtures("installed")
def test_a_report_that_fails_leaves_the_older_one(tmp_path):
    report = tmp_path / "report.html"
    report.write_text("old")

    with pytest.raises(AttributeError):
        Places(report, force=True).write(None, predictor(), HISTORY)

    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("report.html", "old")
    ]


@pytest.mark.usefixtures("installed")
def test_plots_replace_plots_and_nothing_else(tmp_path):
    folder = tmp_path / "deep" / "plots"
    Places(plots=folder).write(WHAT, predictor(), HISTORY)
    first = {each.name for each in folder.iterdir()}
    (folder / "of_before.svg").write_text("<svg/>")

    Places(plots=folder, force=True).write(WHAT, predictor(), [])

    again = {each.name for each in folder.iterdir()}
    assert first - again == {"loss.svg", "accuracy.svg"}
    assert again < first
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(SentimentError, match=r"it contains notes\.txt, which is not a plot"):
        Places(plots=folder, force=True).write(WHAT, predictor(), HISTORY)
    assert (folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.usefixtures("installed")
def test_a_file_is_no_place_for_plots(tmp_path, force):
    (tmp_path / "plots").write_text("mine")

    with pytest.raises(SentimentError, match="it is a file"):
        Places(plots=tmp_path / "plots", force=force).check()
    with pytest.raises(SentimentError, match="cannot write"):
        Places(plots=tmp_path / "plots" / "in it", force=force).check()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
@pytest.mark.usefixtures("installed")
def test_a_folder_that_may_not_be_written_is_one_line(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(SentimentError, match="cannot write"):
        Places(plots=tmp_path / "plots").check()
